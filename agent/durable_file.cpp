#include "agent/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "agent/descriptor.hpp"

namespace failover {
namespace {

std::string refused(const std::filesystem::path& path) {
  return path.string() + ": " + std::strerror(errno);
}

bool write_whole(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return true;
}

}  // namespace

std::optional<std::string> write_durably(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path beside = file.string() + ".new";
  const Descriptor out(
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!out.is_open() || !write_whole(out.number(), text) || fsync(out.number()) != 0)
    return refused(beside);
  if (::rename(beside.c_str(), file.c_str()) != 0) return refused(file);
  // The new name has to be on the disk as well.
  const std::filesystem::path directory = file.parent_path();
  const Descriptor in(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!in.is_open() || fsync(in.number()) != 0) return refused(directory);
  return std::nullopt;
}

}  // namespace failover
