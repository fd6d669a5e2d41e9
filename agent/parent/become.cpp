#include "agent/parent/become.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "agent/control/log.hpp"

namespace failover {
namespace {

constexpr const char* running_program = "/proc/self/exe";

void keep_across_exec(std::initializer_list<int> descriptors) {
  for (const int descriptor : descriptors) (void)fcntl(descriptor, F_SETFD, 0);
}

// The lock is nobody's but the parent's and the agent's, who follow each other.
void hand_over_descriptors(const Inherited& inherited, Part part) {
  if (part != Part::runner)
    keep_across_exec({inherited.lock, inherited.control, inherited.status, inherited.memberships_in,
                      inherited.memberships_out});
  if (part != Part::agent) keep_across_exec({inherited.runner_socket});
}

}  // namespace

std::string own_program() {
  std::array<char, 4096> path{};
  const ssize_t length = readlink(running_program, path.data(), path.size() - 1);
  if (length <= 0) return "failoverd";
  std::string_view name(path.data(), static_cast<std::size_t>(length));
  // Another file has its place by now, and that is the one to go on with.
  constexpr std::string_view replaced = " (deleted)";
  if (name.ends_with(replaced) && access(path.data(), F_OK) != 0)
    name.remove_suffix(replaced.size());
  return std::string(name);
}

void become(const std::string& program, const Options& options, const Inherited& inherited,
            Part part) {
  hand_over_descriptors(inherited, part);
  std::vector<std::string> words{program,
                                 "--config",
                                 options.config.string(),
                                 "--run-dir",
                                 options.run_directory.string(),
                                 "--state-dir",
                                 options.state_directory.string(),
                                 "--inherited",
                                 inherited.text()};
  if (options.record && part != Part::runner)
    words.insert(words.end(), {"--record", options.record->string()});
  if (part == Part::agent) words.emplace_back("--alone");
  if (part == Part::runner) words.emplace_back("--runner");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  sigset_t none;
  sigemptyset(&none);
  if (part != Part::parent) sigprocmask(SIG_SETMASK, &none, nullptr);
  execv(program.c_str(), arguments.data());
  Log log(STDERR_FILENO);
  log.write(config::LogLevel::error, fmt::format("event=replace: {}: {}; going on with the program "
                                                 "that runs",
                                                 program, std::strerror(errno)));
  (void)log.flush();
  execv(running_program, arguments.data());
}

}  // namespace failover
