#pragma once
// RunnerProcess: the runner, as the process that starts it sees it.

#include <sys/types.h>

#include <optional>
#include <string>

#include "agent/clock.hpp"
#include "agent/options.hpp"

namespace failover {

// The parent's, or with --alone the agent's. Whoever has it reaps its children and tells ended().
class RunnerProcess {
 public:
  // The one that runs already, when inherited has it.
  RunnerProcess(const Options& options, const Inherited& inherited);

  // Starts one when there is none, at most once in limits::runner_restart_pause.
  void look();
  // A child has been reaped: the sentence for the log when it was the runner, and nobody's wish.
  [[nodiscard]] std::optional<std::string> ended(pid_t child, int status);
  // Tells it to go, which it does when its hooks have ended. look() starts another one at once, of
  // the program on disk.
  void replace();
  // Tells it to go, and waits until all children have gone; no longer than limits::runner_farewell.
  void end();
  [[nodiscard]] pid_t process() const { return process_; }

 private:
  void start();

  const Options& options_;
  Inherited inherited_;
  const std::string program_;
  pid_t process_ = 0;  // 0: there is none
  std::optional<Instant> last_start_;
};

}  // namespace failover
