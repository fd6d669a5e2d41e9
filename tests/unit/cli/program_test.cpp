// The program itself: what only shows when it is a process.

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <optional>

#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

namespace failover::tests {

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

// Starts failoverctl with these ends as its output and error, and as its input too if there is one.
pid_t start_program(std::vector<std::string> words, int out, int err, std::string environment = "",
                    std::optional<int> in = std::nullopt) {
  words.insert(words.begin(), FAILOVERCTL);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<char*, 2> variables{environment.empty() ? nullptr : environment.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (in) posix_spawn_file_actions_adddup2(&actions, *in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, FAILOVERCTL, &actions, nullptr, arguments.data(), variables.data()) ==
          0);
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

int end_of(pid_t child) {
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

int run_program(std::vector<std::string> words, int out, int err, std::string environment = "") {
  return end_of(start_program(std::move(words), out, err, std::move(environment)));
}

// A terminal with nobody in front of it but the test.
class PseudoTerminal {
 public:
  PseudoTerminal() : person_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(grantpt(person_) == 0);
    REQUIRE(unlockpt(person_) == 0);
    program_ = open(ptsname(person_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(program_ >= 0);
  }
  ~PseudoTerminal() {
    close(person_);
    close(program_);
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;
  [[nodiscard]] int program() const { return program_; }
  // Reads until it has seen the text, which has to come; the test's own time limit is the bound.
  void read_until(const std::string& text) {
    std::array<char, 4096> space{};
    while (seen_.find(text) == std::string::npos) {
      const ssize_t count = read(person_, space.data(), space.size());
      REQUIRE(count > 0);
      seen_.append(space.data(), static_cast<std::size_t>(count));
    }
    seen_.erase(0, seen_.find(text) + text.size());
  }
  void type(const std::string& keys) const {
    REQUIRE(write(person_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
  }
  [[nodiscard]] tcflag_t mode() const {
    termios mode{};
    REQUIRE(tcgetattr(program_, &mode) == 0);
    return mode.c_lflag;
  }

 private:
  int person_;
  int program_ = -1;
  std::string seen_;
};

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

TEST_CASE("watch draws the status until q is pressed, and gives the terminal back as it was") {
  const bool pressed = GENERATE(true, false);
  CAPTURE(pressed);
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  PseudoTerminal terminal;
  const tcflag_t before = terminal.mode();
  const pid_t child = start_program({"watch", "--socket", agent.directory / "control.sock"},
                                    terminal.program(), terminal.program(), "", terminal.program());
  terminal.read_until("\033[?1049h");
  terminal.read_until("Ready (standby)");
  CHECK((terminal.mode() & ICANON) == 0);
  terminal.type(" ");  // any key draws it again at once
  terminal.read_until("Ready (standby)");
  if (pressed) {
    terminal.type("q");
  } else {
    kill(child, SIGINT);
  }
  terminal.read_until("\033[?1049l");
  const int status = end_of(child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(terminal.mode() == before);
}

TEST_CASE("watch goes on while the agent does not answer, and says so") {
  std::optional<TestAgent> agent(std::in_place);
  agent->answer("GET /v1/status", 200, example_status());
  PseudoTerminal terminal;
  const pid_t child = start_program({"watch", "web", "--socket", agent->directory / "control.sock"},
                                    terminal.program(), terminal.program(), "", terminal.program());
  terminal.read_until("Up (active)");
  agent.reset();
  terminal.read_until("there is no socket");
  terminal.type("q");
  CHECK(WEXITSTATUS(end_of(child)) == 0);
}

TEST_CASE("watch is refused where there is no terminal, with what there is instead") {
  Pipe err;
  const int status = run_program({"watch"}, err.ends[1], err.ends[1]);
  CHECK(WEXITSTATUS(status) == 2);
  CHECK(err.read_all() ==
        "failoverctl: watch is for a terminal; elsewhere there are failoverctl status and "
        "failoverctl events -f\n");
}

TEST_CASE("watch of an unknown group exits with 4 and leaves the screen alone") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  PseudoTerminal terminal;
  Pipe err;
  const pid_t child = start_program({"watch", "wbe", "--socket", agent.directory / "control.sock"},
                                    terminal.program(), err.ends[1]);
  CHECK(WEXITSTATUS(end_of(child)) == 4);
  CHECK(err.read_all() == "failoverctl: no group 'wbe'; did you mean 'web'?\n");
}

}  // namespace failover::tests
