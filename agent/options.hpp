#pragma once
// failoverd's command line.

#include <filesystem>
#include <optional>
#include <string>

#include "protocol/result.hpp"

namespace failover {

struct Options {
  std::filesystem::path config = "/etc/failover/failover.toml";
  std::filesystem::path run_directory = "/run/failover";
  std::filesystem::path state_directory = "/var/lib/failover";
  std::optional<std::filesystem::path> record;  // where to
  std::filesystem::path replay;                 // with Action::replay
  enum class Action { run, check, cleanup, replay, help, version } action = Action::run;
};

// The error is a sentence for people; exit status 2.
[[nodiscard]] Result<Options, std::string> parse_options(int argc, const char* const* argv);
[[nodiscard]] std::string usage();

}  // namespace failover
