#include "agent/parent/runner_process.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <utility>

#include "agent/parent/become.hpp"
#include "protocol/limits.hpp"

namespace failover {

RunnerProcess::RunnerProcess(const Options& options, const Inherited& inherited)
    : options_(options),
      inherited_(inherited),
      program_(own_program()),
      process_(inherited.runner) {}

void RunnerProcess::look() {
  const Instant now = monotonic_now();
  if (process_ > 0 || (last_start_ && now - *last_start_ < limits::runner_restart_pause)) return;
  last_start_ = now;
  start();
}

void RunnerProcess::start() {
  inherited_.agent = 0;
  inherited_.runner = getpid();
  const pid_t child = fork();
  if (child == 0) {
    become(program_, options_, inherited_, Part::runner);
    _exit(EXIT_FAILURE);
  }
  process_ = child > 0 ? child : 0;
}

std::optional<std::string> RunnerProcess::ended(pid_t child, int status) {
  if (child != process_) return std::nullopt;  // one that was replaced
  process_ = 0;
  return WIFSIGNALED(status) ? fmt::format("event=runner-died signal={}", WTERMSIG(status))
                             : fmt::format("event=runner-died status={}", WEXITSTATUS(status));
}

void RunnerProcess::replace() {
  if (process_ > 0) kill(std::exchange(process_, 0), SIGTERM);
  last_start_.reset();
}

void RunnerProcess::end() {
  if (process_ > 0) kill(std::exchange(process_, 0), SIGTERM);
  const Instant until = monotonic_now() + limits::runner_farewell;
  while (waitpid(-1, nullptr, WNOHANG) >= 0 && monotonic_now() < until)
    std::this_thread::sleep_for(1ms);
}

}  // namespace failover
