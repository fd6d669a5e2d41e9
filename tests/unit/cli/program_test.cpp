// The program itself: what only shows when it is a process.

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

using failover::cli::test::example_status;
using failover::cli::test::RunDirectory;
using failover::cli::test::TestAgent;

namespace {

struct Pipe {
  Pipe() { REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0); }
  ~Pipe() {
    for (const int end : ends) {
      if (end >= 0) close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(std::size_t which) { close(std::exchange(ends[which], -1)); }
  std::string read_all() {
    close_end(1);
    std::string text;
    std::array<char, 4096> space{};
    for (ssize_t count = 1; count > 0;) {
      count = read(ends[0], space.data(), space.size());
      if (count > 0) text.append(space.data(), static_cast<std::size_t>(count));
    }
    return text;
  }
  std::array<int, 2> ends{-1, -1};
};

// Starts failoverctl with these ends as its output and error; returns how it ended.
int run_program(std::vector<std::string> words, int out, int err, std::string environment = "") {
  words.insert(words.begin(), FAILOVERCTL);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<char*, 2> variables{environment.empty() ? nullptr : environment.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, FAILOVERCTL, &actions, nullptr, arguments.data(), variables.data()) ==
          0);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace

TEST_CASE("the program takes its socket from the environment") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  Pipe out;
  const int status = run_program({"is-active", "web"}, out.ends[1], STDERR_FILENO,
                                 "FAILOVER_SOCKET=" + (agent.directory / "control.sock"));
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(out.read_all() == "Up (active)\n");
}

TEST_CASE("a reader that has left neither kills the program nor makes it talk") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  Pipe out;
  Pipe err;
  out.close_end(0);
  const int status = run_program({"is-active", "db", "--socket", agent.directory / "control.sock"},
                                 out.ends[1], err.ends[1]);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 3);
  CHECK(err.read_all().empty());
}

TEST_CASE("output that cannot be written is a failure") {
  Pipe err;
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  const int status = run_program({"help"}, full, err.ends[1]);
  close(full);
  CHECK(WEXITSTATUS(status) == 1);
  CHECK(err.read_all().find("cannot write the output") != std::string::npos);
}

TEST_CASE("output that is no terminal has no colours and takes no abbreviations") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  const auto socket = agent.directory / "control.sock";
  Pipe out;
  run_program({"status", "--socket", socket}, out.ends[1], STDERR_FILENO);
  const auto text = out.read_all();
  CHECK(text.find("Down") != std::string::npos);
  CHECK(text.find('\033') == std::string::npos);
  Pipe err;
  CHECK(WEXITSTATUS(run_program({"stat", "--socket", socket}, err.ends[1], err.ends[1])) == 2);
}
