#include "agent/runner/executor.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "agent/runner/child.hpp"

namespace failover::runner {
namespace {

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {.read = Descriptor(ends[0]), .write = Descriptor(ends[1])};
}

// A file in memory: it is whole when the command begins, so that nobody has to feed a pipe.
Descriptor holding(const std::string& input) {
  Descriptor file(memfd_create("input", MFD_CLOEXEC));
  if (!file.is_open() ||
      write(file.number(), input.data(), input.size()) != static_cast<ssize_t>(input.size()) ||
      lseek(file.number(), 0, SEEK_SET) != 0)
    return {};
  return file;
}

// Readable when the process has ended. The C library of Debian 12 has no declaration of it that C++
// can use.
Descriptor end_of(pid_t process) {
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
}

// No signal for the runner is to be handled in the copy of it.
pid_t fork_into(const Command& command, const ChildEnds& ends) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  const pid_t process = fork();
  if (process == 0) become(command, ends);
  sigprocmask(SIG_SETMASK, &before, nullptr);
  // The child does the same: whoever comes first.
  if (process > 0) setpgid(process, process);
  return process;
}

}  // namespace

Executor::~Executor() {
  for (const Running& command : running_) {
    command.signal_group(SIGKILL);
    waitpid(command.process, nullptr, 0);
  }
}

Result<Executor::Key, std::string> Executor::start(const Command& command, Instant now, Done done) {
  if (running_.size() >= limits::runner_commands)
    return failure(std::to_string(limits::runner_commands) + " commands run already");
  const auto refused = [](const char* what) {
    return failure(std::string(what) + ": " + std::strerror(errno));
  };
  Pipe output = make_pipe();
  Pipe refusal = make_pipe();
  if (!output.read.is_open() || !refusal.read.is_open()) return refused("pipe");
  const Descriptor input = holding(command.input);
  if (!input.is_open()) return refused("memory for standard input");
  const pid_t process = fork_into(command, {.input = input.number(),
                                            .output = output.write.number(),
                                            .refusal = refusal.write.number()});
  if (process < 0) return refused("fork");
  running_.push_back({.key = ++last_key_,
                      .kind = command.kind,
                      .process = process,
                      .exit = end_of(process),
                      .output = std::move(output.read),
                      .refusal = std::move(refusal.read),
                      .started = now,
                      .deadline = now + command.timeout,
                      .kept = {},
                      .done = std::move(done)});
  return last_key_;
}

void Executor::end(Key key, Instant now) {
  const auto command = std::ranges::find(running_, key, &Running::key);
  if (command == running_.end()) return;
  command->done = nullptr;
  command->tell_to_end(now);
}

void Executor::end_all(Instant now) {
  for (Running& command : running_) {
    command.done = nullptr;
    command.tell_to_end(now);
  }
}

void Executor::add_descriptors(std::vector<pollfd>& polled) const {
  for (const Running& command : running_)
    for (const Descriptor* descriptor : {&command.exit, &command.output})
      if (descriptor->is_open())
        polled.push_back({.fd = descriptor->number(), .events = POLLIN, .revents = 0});
}

std::optional<Instant> Executor::deadline() const {
  std::optional<Instant> first;
  for (const Running& command : running_)
    if (command.deadline && (!first || *command.deadline < *first)) first = command.deadline;
  return first;
}

void Executor::look(Instant now) {
  for (auto command = running_.begin(); command != running_.end();) {
    // In this order: what was written before the end is in the pipe now.
    const bool ended = has_ended(*command);
    command->read_output();
    if (!ended) {
      if (command->deadline && *command->deadline <= now) command->past_deadline(now);
      ++command;
      continue;
    }
    // While it is not reaped, nobody else's group has its number.
    if (command->kind == Kind::check || command->phase != Running::Phase::runs)
      command->signal_group(SIGKILL);
    command->report(command->reap(), now);
    command = running_.erase(command);
  }
}

bool Executor::has_ended(const Running& command) {
  siginfo_t found{};
  return waitid(P_PID, static_cast<id_t>(command.process), &found, WEXITED | WNOHANG | WNOWAIT) ==
             0 &&
         found.si_pid == command.process;
}

void Executor::Running::read_output() {
  if (!output.is_open()) return;
  std::array<char, limits::runner_read_bytes> bytes;
  const ssize_t length = read(output.number(), bytes.data(), bytes.size());
  if (length == 0) output.reset();
  if (length <= 0) return;
  kept.append(bytes.data(), static_cast<std::size_t>(length));
  if (kept.size() > limits::runner_output_bytes)
    kept.erase(0, kept.size() - limits::runner_output_bytes);
}

// A check's caller waits for nothing but the timeout; a hook's for its end, so that the next one
// does not meet it.
void Executor::Running::past_deadline(Instant now) {
  if (phase == Phase::runs) {
    tell_to_end(now);
    if (kind == Kind::check) report({.outcome = Outcome::timed_out}, now);
    return;
  }
  phase = Phase::killed;
  deadline.reset();
  signal_group(SIGKILL);
  // It may hang in the kernel, and even SIGKILL waits for that.
  report({.outcome = Outcome::timed_out}, now);
}

void Executor::Running::tell_to_end(Instant now) {
  if (phase != Phase::runs) return;
  phase = Phase::told_to_end;
  deadline = now + limits::runner_grace;
  signal_group(SIGTERM);
}

void Executor::Running::signal_group(int signal) const { kill(-process, signal); }

Finished Executor::Running::reap() const {
  int status = 0;
  waitpid(process, &status, 0);
  std::array<char, 1024> why;
  const ssize_t length = read(refusal.number(), why.data(), why.size());
  if (length > 0)
    return {.outcome = Outcome::not_started,
            .error = std::string(why.data(), static_cast<std::size_t>(length))};
  if (phase != Phase::runs) return {.outcome = Outcome::timed_out};
  if (WIFSIGNALED(status)) return {.outcome = Outcome::signalled, .status = WTERMSIG(status)};
  return {.outcome = Outcome::exited, .status = WEXITSTATUS(status)};
}

void Executor::Running::report(Finished finished, Instant now) {
  if (!done) return;
  finished.output = kept;
  finished.duration = now - started;
  std::exchange(done, nullptr)(finished);
}

}  // namespace failover::runner
