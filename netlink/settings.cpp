#include "netlink/settings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

namespace failover::netlink {
namespace {

class File {
 public:
  File(const std::string& path, int flags) : descriptor_(open(path.c_str(), flags | O_CLOEXEC)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// Names of interfaces come from outside: none of them may lead out of /proc/sys.
bool stays_inside(const std::filesystem::path& path) {
  if (path.empty() || path.is_absolute()) return false;
  for (const auto& part : path)
    if (part.empty() || part == "." || part == "..") return false;
  return true;
}

std::string file_of(const std::string& path) { return "/proc/sys/" + path; }

}  // namespace

Result<std::string, int> read_setting(const std::string& path) {
  if (!stays_inside(path)) return failure(EINVAL);
  const File file(file_of(path), O_RDONLY);
  if (!file.is_open()) return failure(int{errno});
  // The kernel gives a setting as a whole, and has none that is longer than a page.
  std::array<char, 4096> text{};
  const auto length = read(file.descriptor(), text.data(), text.size());
  if (length < 0) return failure(int{errno});
  std::string value(text.data(), static_cast<std::size_t>(length));
  if (value.ends_with('\n')) value.pop_back();
  return value;
}

int write_setting(const std::string& path, const std::string& value) {
  if (!stays_inside(path)) return EINVAL;
  const File file(file_of(path), O_WRONLY);
  if (!file.is_open()) {
    const int refused = errno;
    return read_setting(path) == value ? 0 : refused;
  }
  // The kernel takes a setting as a whole, or refuses it.
  return write(file.descriptor(), value.data(), value.size()) < 0 ? errno : 0;
}

}  // namespace failover::netlink
