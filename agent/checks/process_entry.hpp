#pragma once
// One process, as /proc shows it.

#include <optional>
#include <string>
#include <string_view>

namespace failover::checks {

class ProcessEntry {
 public:
  // directory: an open /proc. process: the name of an entry, "4711".
  ProcessEntry(int directory, std::string_view process);

  // Runs, under that name: the program's, of which the kernel keeps 15 bytes, or the path of its
  // executable. Where the kernel does not show the executable of somebody else's process, the first
  // word of the command line counts in its place.
  [[nodiscard]] bool is_running(std::string_view name);

 private:
  [[nodiscard]] std::string text_of(const char* file) const;
  [[nodiscard]] const std::string& executable();

  int directory_;
  std::string process_;
  std::string name_;  // empty: it does not run any more
  std::optional<std::string> executable_;
};

}  // namespace failover::checks
