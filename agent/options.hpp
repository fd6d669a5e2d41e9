#pragma once
// failoverd's command line.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/result.hpp"

namespace failover {

// From one program of ours to the next: "LOCK,CONTROL,STATUS,GROUP,AGENT,SOCKET,RUNNER", and
// ",IN,OUT" where memberships are kept.
struct Inherited {
  int lock = -1;
  int control = -1;
  int status = -1;
  bool has_group = false;
  int agent = 0;  // the process id
  int runner_socket = -1;
  int runner = 0;  // the process id; to the runner itself: that of who starts it
  int memberships_in = -1;
  int memberships_out = -1;

  [[nodiscard]] std::string text() const;
  [[nodiscard]] static std::optional<Inherited> from(std::string_view text);
};

struct Options {
  std::filesystem::path config = "/etc/failover/failover.toml";
  std::filesystem::path run_directory = "/run/failover";
  std::filesystem::path state_directory = "/var/lib/failover";
  std::optional<std::filesystem::path> record;  // where to
  std::filesystem::path replay;                 // with Action::replay
  bool alone = false;                           // the agent without a parent
  // Open descriptors of a parent of ours, and with a new parent the agent and the runner that run.
  std::optional<Inherited> inherited;
  std::optional<std::filesystem::path> peer;  // with Action::lint: the other node's configuration
  bool json = false;                          // with Action::lint
  enum class Action { run, runner, check, lint, cleanup, replay, help, version };
  Action action = Action::run;
};

// The error is a sentence for people; exit status 2.
[[nodiscard]] Result<Options, std::string> parse_options(int argc, const char* const* argv);
[[nodiscard]] std::string usage();

}  // namespace failover
