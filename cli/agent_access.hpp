#pragma once
// Which socket to ask, and what to tell a person when none answers.

#include <filesystem>
#include <optional>
#include <string>

#include "cli/client.hpp"
#include "cli/exit_status.hpp"

namespace failover::cli {

// Reads fall back to status.sock where control.sock refuses this user; a socket that was named, by
// option or environment, is the only one.
class AgentAccess {
 public:
  AgentAccess(std::optional<std::string> named_socket, std::filesystem::path run_directory)
      : named_(std::move(named_socket)), run_directory_(std::move(run_directory)) {}

  [[nodiscard]] Result<Answer, Unreachable> read(const std::string& target,
                                                 Duration patience) const;
  [[nodiscard]] Result<Answer, Unreachable> call(const Call& call, Duration patience) const;
  // An answer that stays open; see follow_agent().
  [[nodiscard]] Result<Answer, Unreachable> follow(const std::string& target,
                                                   const TakeLines& take) const;

 private:
  std::optional<std::string> named_;
  std::filesystem::path run_directory_;
};

// What is wrong and what to do about it, in one or two lines without an end of line.
[[nodiscard]] std::string explanation(const Unreachable& unreachable);

// What an HTTP status comes to. 2xx is `done`.
[[nodiscard]] ExitStatus exit_status_of(unsigned http_status);

}  // namespace failover::cli
