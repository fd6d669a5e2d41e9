#include "agent/checks/process_entry.hpp"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "agent/descriptor.hpp"

namespace failover::checks {
namespace {

constexpr std::size_t name_bytes_kept = 15;  // TASK_COMM_LEN, without its end

// "4711 (name) S ...", where the name may have parentheses and blanks in it. Empty for one that has
// ended and only waits for its parent to notice.
std::string running_name(std::string_view stat) {
  const auto open = stat.find('(');
  const auto close = stat.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  const auto state = stat.substr(close + 1, 2);
  if (state == " Z" || state == " X") return {};
  return std::string(stat.substr(open + 1, close - open - 1));
}

// What the kernel writes behind the path of an executable that an upgrade has replaced.
std::string_view without_deleted(std::string_view path) {
  constexpr std::string_view mark = " (deleted)";
  if (path.ends_with(mark)) path.remove_suffix(mark.size());
  return path;
}

}  // namespace

ProcessEntry::ProcessEntry(int directory, std::string_view process)
    : directory_(directory), process_(process), name_(running_name(text_of("/stat"))) {}

bool ProcessEntry::is_running(std::string_view name) {
  if (name_.empty()) return false;
  if (name.starts_with('/')) return executable() == name;
  return name_ == name.substr(0, name_bytes_kept);
}

// The beginning; empty when it has ended meanwhile.
std::string ProcessEntry::text_of(const char* file) const {
  const Descriptor opened(openat(directory_, (process_ + file).c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, PATH_MAX> text{};
  const ssize_t bytes = opened.is_open() ? read(opened.number(), text.data(), text.size()) : 0;
  return {text.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0};
}

const std::string& ProcessEntry::executable() {
  if (executable_) return *executable_;
  std::array<char, PATH_MAX> path{};
  const ssize_t bytes =
      readlinkat(directory_, (process_ + "/exe").c_str(), path.data(), path.size());
  if (bytes > 0) {
    executable_ = without_deleted({path.data(), static_cast<std::size_t>(bytes)});
  } else {
    executable_ = text_of("/cmdline");
    executable_->resize(std::min(executable_->size(), executable_->find('\0')));
  }
  return *executable_;
}

}  // namespace failover::checks
