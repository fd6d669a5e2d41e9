#pragma once
// Reading what the configuration is made of, within bounds.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bytes.hpp"
#include "protocol/result.hpp"

namespace failover::config {

// A file's text, which may hold passwords: wiped when it goes, and never copied on the way.
class FileText {
 public:
  explicit FileText(std::size_t most) { text_.reserve(most); }
  FileText(const FileText&) = delete;
  FileText& operator=(const FileText&) = delete;
  FileText(FileText&&) noexcept = default;
  FileText& operator=(FileText&&) = delete;
  ~FileText() { wipe({reinterpret_cast<std::uint8_t*>(text_.data()), text_.size()}); }

  // Together not more than the `most` of the constructor.
  void append(std::string_view part) { text_.append(part); }
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string text_;
};

// What is wrong with a file as a whole, to be put behind its name: "does not exist".
struct FileError {
  std::string message;
};

// The whole file, if it has at most `most` bytes. Blocks as long as the file does.
[[nodiscard]] Result<FileText, FileError> read_file(const std::filesystem::path& file,
                                                    std::size_t most);

// The beginning of a regular file on which others have no rights: up to `most` bytes.
[[nodiscard]] Result<FileText, FileError> read_private_file(const std::filesystem::path& file,
                                                            std::size_t most);

// The *.toml of a directory in the order of their names (as strcmp has it), hidden ones left out,
// as the shell does. None when there is no such directory.
[[nodiscard]] Result<std::vector<std::filesystem::path>, FileError> list_toml_files(
    const std::filesystem::path& directory);

}  // namespace failover::config
