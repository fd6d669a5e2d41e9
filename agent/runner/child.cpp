#include "agent/runner/child.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "agent/runner/trust.hpp"

namespace failover::runner {
namespace {

constexpr const char* path_variable =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr mode_t usual_umask = 022;
constexpr int not_run = 127;  // as the shell has it
constexpr int first_free = STDERR_FILENO + 1;

[[noreturn]] void refuse(int refusal, const std::string& why) {
  // Whoever would read it has gone if it cannot be written.
  [[maybe_unused]] const ssize_t written = write(refusal, why.data(), why.size());
  _exit(not_run);
}

std::string failed(const std::string& what) { return what + ": " + std::strerror(errno); }

void take_ends(const ChildEnds& ends) {
  // They may have the numbers of the standard ones, when failoverd was started without those.
  const int input = fcntl(ends.input, F_DUPFD_CLOEXEC, first_free);
  const int output = fcntl(ends.output, F_DUPFD_CLOEXEC, first_free);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
}

// A handler or a blocked signal of the runner's is none of the program's.
void reset_signals() {
  for (int signal = 1; signal <= SIGRTMAX; ++signal) (void)std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Empty, or why not.
std::string become_user(const passwd& user) {
  if (initgroups(user.pw_name, user.pw_gid) != 0) return failed("initgroups");
  if (setgid(user.pw_gid) != 0) return failed("setgid");
  if (setuid(user.pw_uid) != 0) return failed("setuid");
  return {};
}

void execute(const Command& command) {
  std::vector<char*> arguments;
  for (const std::string& argument : command.arguments)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::vector<std::string> variables{path_variable};
  for (const auto& [name, value] : command.environment) variables.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  execve(arguments.front(), arguments.data(), environment.data());
}

}  // namespace

void become(const Command& command, const ChildEnds& ends) {
  const int refusal = fcntl(ends.refusal, F_DUPFD_CLOEXEC, first_free);
  setpgid(0, 0);
  take_ends(ends);
  close_range(first_free, ~0U, CLOSE_RANGE_CLOEXEC);
  reset_signals();
  umask(usual_umask);
  const passwd* user = command.user.empty() ? nullptr : getpwnam(command.user.c_str());
  if (user == nullptr && !command.user.empty()) refuse(refusal, "there is no user " + command.user);
  const std::string& program = command.arguments.front();
  if (const auto fault = why_untrusted(program, user != nullptr ? user->pw_uid : geteuid());
      !fault.empty())
    refuse(refusal, "refused to run " + program + ": " + fault);
  if (const auto fault = user != nullptr ? become_user(*user) : std::string(); !fault.empty())
    refuse(refusal, "cannot be the user " + command.user + ": " + fault);
  // Another runner's repetition must not meet it. The kernel drops this with a change of user.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (chdir("/") != 0) refuse(refusal, failed("/"));
  execute(command);
  refuse(refusal, failed(program));
}

}  // namespace failover::runner
