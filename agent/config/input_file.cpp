#include "agent/config/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "agent/descriptor.hpp"
#include "protocol/limits.hpp"

namespace failover::config {
namespace {

FileError refused(int error) {
  if (error == ENOENT) return {"does not exist"};
  return {"cannot be read: " + std::generic_category().message(error)};
}

class OpenFile {
 public:
  // Waits for the other end of a FIFO unless the flags have O_NONBLOCK.
  OpenFile(const std::filesystem::path& file, int flags)
      : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | flags)) {}

  // Type and rights; what open() or fstat() said against it.
  [[nodiscard]] Result<mode_t, FileError> mode() const {
    struct stat status {};
    if (!descriptor_.is_open() || ::fstat(descriptor_.number(), &status) != 0)
      return failure(refused(errno));
    if (S_ISDIR(status.st_mode)) return failure(FileError{"is a directory, not a file"});
    return status.st_mode;
  }

  // Up to `most` bytes from here on.
  [[nodiscard]] Result<FileText, FileError> read(std::size_t most) const {
    FileText text(most);
    std::array<char, 4096> part;
    int error = 0;
    while (text.text().size() < most) {
      const auto wanted = std::min(part.size(), most - text.text().size());
      const auto count = ::read(descriptor_.number(), part.data(), wanted);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) error = errno;
      if (count <= 0) break;
      text.append({part.data(), static_cast<std::size_t>(count)});
    }
    wipe({reinterpret_cast<std::uint8_t*>(part.data()), part.size()});
    if (error != 0) return failure(refused(error));
    return text;
  }

 private:
  Descriptor descriptor_;
};

std::string octal(mode_t rights) {
  std::string text = "0000";
  for (std::size_t digit = text.size(); digit-- > 0; rights >>= 3)
    text[digit] = static_cast<char>('0' + (rights & 7));
  return text;
}

bool is_toml_file(const std::filesystem::path& file) {
  return file.extension() == ".toml" && !file.filename().string().starts_with('.');
}

}  // namespace

Result<FileText, FileError> read_file(const std::filesystem::path& file, std::size_t most) {
  const OpenFile open_file(file, 0);
  if (const auto mode = open_file.mode(); !mode) return failure(mode.error());
  auto text = open_file.read(most + 1);
  if (text && text->text().size() > most)
    return failure(FileError{"is too large; accepted: at most " +
                             std::to_string(limits::configuration_bytes) +
                             " bytes in all files together"});
  return text;
}

Result<FileText, FileError> read_private_file(const std::filesystem::path& file, std::size_t most) {
  const OpenFile open_file(file, O_NONBLOCK);
  const auto mode = open_file.mode();
  if (!mode) return failure(mode.error());
  if (!S_ISREG(*mode)) return failure(FileError{"is not a regular file"});
  if ((*mode & S_IRWXO) != 0)
    return failure(FileError{"is open to others (mode " + octal(*mode & 07777) +
                             "); accepted: no rights for others; use: chmod o= " + file.string()});
  return open_file.read(most);
}

Result<std::vector<std::filesystem::path>, FileError> list_toml_files(
    const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  auto entry = std::filesystem::directory_iterator(directory, error);
  if (error == std::errc::no_such_file_or_directory) return files;
  while (!error && entry != std::filesystem::directory_iterator()) {
    if (is_toml_file(entry->path())) files.push_back(entry->path());
    if (files.size() > limits::configuration_files)
      return failure(FileError{"has too many files; accepted: at most " +
                               std::to_string(limits::configuration_files) + " *.toml"});
    entry.increment(error);
  }
  if (error) return failure(refused(error.value()));
  std::ranges::sort(files, {}, [](const auto& file) { return file.filename().native(); });
  return files;
}

}  // namespace failover::config
