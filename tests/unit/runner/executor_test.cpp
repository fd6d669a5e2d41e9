// Real programs, run by the executor.

#include "agent/runner/executor.hpp"

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>

#include "agent/clock.hpp"
#include "tests/unit/runner/trusted_directory.hpp"

namespace failover::runner {
namespace {

using test::needs_root;
using test::TrustedDirectory;

constexpr Duration patience = 30s;  // far more than any of them takes

// Until the condition holds; the test fails when it never does.
void run_until(Executor& executor, const std::function<bool()>& condition) {
  const Instant until = monotonic_now() + patience;
  while (!condition()) {
    REQUIRE(monotonic_now() < until);
    std::vector<pollfd> polled;
    executor.add_descriptors(polled);
    (void)poll(polled.data(), polled.size(), 5);
    executor.look(monotonic_now());
  }
}

Finished finished(const Command& command) {
  Executor executor;
  std::optional<Finished> result;
  const auto started = executor.start(command, monotonic_now(),
                                      [&](const Finished& finished) { result = finished; });
  REQUIRE(started);
  run_until(executor, [&] { return result.has_value(); });
  return *result;
}

Command shell(const std::string& script, Kind kind = Kind::check) {
  return {.kind = kind, .arguments = {"/bin/sh", "-c", script}};
}

// A zombie has ended as well.
bool is_running(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  std::getline(file, text);
  const auto name_end = text.rfind(") ");
  return name_end != std::string::npos && text[name_end + 2] != 'Z';
}

// The output of a command that prints a process id and goes on: what it is when it was printed.
pid_t printed_process(const std::filesystem::path& file) {
  std::ifstream text(file);
  pid_t process = 0;
  text >> process;
  return text.eof() || !text ? 0 : process;
}

}  // namespace

TEST_CASE("a command's output and exit status are told") {
  const Finished result = finished({.arguments = {"/bin/echo", "a", "b c"}});
  CHECK(result.outcome == Outcome::exited);
  CHECK(result.status == 0);
  CHECK(result.output == "a b c\n");
  CHECK(result.error.empty());
}

TEST_CASE("standard output and standard error come in one, with the status of a failure") {
  const Finished result = finished(shell("echo out; echo err >&2; exit 3"));
  CHECK(result.outcome == Outcome::exited);
  CHECK(result.status == 3);
  CHECK(result.output == "out\nerr\n");
}

TEST_CASE("a command reads its input to the end") {
  Command command{.arguments = {"/bin/cat"}, .input = "line\n"};
  CHECK(finished(command).output == "line\n");
  command = {.arguments = {"/usr/bin/wc", "-c"},
             .input = std::string(limits::runner_input_bytes, 'x')};
  CHECK(finished(command).output == "65536\n");
}

TEST_CASE("a command has the fixed PATH, our variables, no others, and starts in the root") {
  Command command{.arguments = {"/usr/bin/env"}, .environment = {{"FAILOVER_GROUP", "web"}}};
  CHECK(finished(command).output ==
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
        "FAILOVER_GROUP=web\n");
  CHECK(finished(shell("pwd; umask")).output == "/\n0022\n");
}

TEST_CASE("a command has none of our descriptors and none of our signal settings") {
  const Descriptor ours(dup(STDERR_FILENO));  // without close-on-exec
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  // The listing itself has one open; the shell may too.
  CHECK(finished(shell("exec ls /proc/self/fd")).output == "0\n1\n2\n3\n");
  CHECK(finished(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status")).output ==
        "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  (void)std::signal(SIGPIPE, before);
}

TEST_CASE("a command that is ended by a signal says by which") {
  const Finished result = finished(shell("kill -9 $$"));
  CHECK(result.outcome == Outcome::signalled);
  CHECK(result.status == SIGKILL);
}

TEST_CASE("a command that takes too long is ended, with what it has started") {
  if (needs_root()) return;
  const TrustedDirectory directory;
  const auto file = directory / "child";
  Command command = shell("sleep 1000 & echo $! >" + file.string() + "; echo begun; wait");
  command.timeout = 500ms;
  Executor executor;
  std::optional<Finished> result;
  REQUIRE(executor.start(command, monotonic_now(), [&](const Finished& end) { result = end; }));
  run_until(executor, [&] { return executor.empty(); });
  REQUIRE(result);
  CHECK(result->outcome == Outcome::timed_out);
  CHECK(result->output == "begun\n");
  const pid_t child = printed_process(file);
  REQUIRE(child > 0);
  run_until(executor, [&] { return !is_running(child); });
}

TEST_CASE("a command that ignores SIGTERM is killed after the grace") {
  for (const Kind kind : {Kind::check, Kind::hook}) {
    Command command = shell("trap '' TERM; echo begun; while :; do sleep 1; done", kind);
    command.timeout = 300ms;
    Executor executor;
    std::optional<Finished> result;
    REQUIRE(executor.start(command, monotonic_now(), [&](const Finished& end) { result = end; }));
    run_until(executor, [&] { return executor.empty(); });
    REQUIRE(result);
    CHECK(result->outcome == Outcome::timed_out);
    // A check is told at its timeout, a hook when it is over.
    CHECK((result->duration >= limits::runner_grace) == (kind == Kind::hook));
  }
}

TEST_CASE("a flood of output costs nobody anything, and its end is kept") {
  const Finished flood = finished(shell("yes | head -c 20000000; echo end"));
  CHECK(flood.outcome == Outcome::exited);
  CHECK(flood.output.size() == limits::runner_output_bytes);
  CHECK(flood.output.ends_with("y\nend\n"));
  Command endless{.arguments = {"/usr/bin/yes"}, .timeout = 300ms};
  const Finished ended = finished(endless);
  CHECK(ended.outcome == Outcome::timed_out);
  CHECK(ended.output.size() == limits::runner_output_bytes);
}

TEST_CASE("beside a command that floods, another one gets its turn") {
  Executor executor;
  REQUIRE(executor.start({.arguments = {"/usr/bin/yes"}}, monotonic_now(), {}));
  std::optional<Finished> result;
  REQUIRE(executor.start({.arguments = {"/bin/echo", "here"}}, monotonic_now(),
                         [&](const Finished& end) { result = end; }));
  run_until(executor, [&] { return result.has_value(); });
  CHECK(result->output == "here\n");
}

TEST_CASE("a program that is missing or cannot be run is not started, and the error says why") {
  const Finished missing = finished({.arguments = {"/usr/bin/no-such-program"}});
  CHECK(missing.outcome == Outcome::not_started);
  CHECK(missing.error.find("/usr/bin/no-such-program: No such file") != std::string::npos);
  const Finished no_program = finished({.arguments = {"/etc/passwd"}});
  CHECK(no_program.outcome == Outcome::not_started);
  CHECK(no_program.error == "/etc/passwd: Permission denied");
}

TEST_CASE("a program that others may write is not started") {
  if (needs_root()) return;
  const TrustedDirectory directory;
  const Finished result =
      finished({.arguments = {directory.program("open", "#!/bin/sh\n", 0777).string()}});
  CHECK(result.outcome == Outcome::not_started);
  CHECK(result.error.find("may be written by others") != std::string::npos);
}

TEST_CASE("a command runs as the user that is named, with that user's groups") {
  if (needs_root()) return;
  const Finished result =
      finished({.arguments = {"/bin/sh", "-c", "id -un; id -Gn"}, .user = "nobody"});
  CHECK(result.outcome == Outcome::exited);
  CHECK(result.output == "nobody\nnogroup\n");
}

TEST_CASE("a user that there is not is refused by name") {
  const Finished result = finished({.arguments = {"/bin/true"}, .user = "no-such-user"});
  CHECK(result.outcome == Outcome::not_started);
  CHECK(result.error == "there is no user no-such-user");
}

TEST_CASE("what a hook leaves running stays, what a check leaves does not") {
  if (needs_root()) return;
  const TrustedDirectory directory;
  for (const Kind kind : {Kind::check, Kind::hook}) {
    const auto file = directory / (kind == Kind::check ? "check" : "hook");
    const Finished result =
        finished(shell("sleep 1000 >/dev/null 2>&1 & echo $! >" + file.string(), kind));
    CHECK(result.outcome == Outcome::exited);
    const pid_t left = printed_process(file);
    REQUIRE(left > 0);
    Executor none;
    if (kind == Kind::check) run_until(none, [&] { return !is_running(left); });
    CHECK(is_running(left) == (kind == Kind::hook));
    if (kind == Kind::hook) kill(left, SIGKILL);
  }
}

TEST_CASE("a command that is cancelled ends, and nobody is told") {
  Executor executor;
  bool told = false;
  const auto key = executor.start({.arguments = {"/bin/sleep", "1000"}}, monotonic_now(),
                                  [&](const Finished&) { told = true; });
  REQUIRE(key);
  executor.end(*key, monotonic_now());
  run_until(executor, [&] { return executor.empty(); });
  CHECK_FALSE(told);
  executor.end(*key, monotonic_now());
}

TEST_CASE("no more commands run at once than the bound, and the next one is told so") {
  Executor executor;
  for (std::size_t count = 0; count < limits::runner_commands; ++count)
    REQUIRE(executor.start({.arguments = {"/bin/sleep", "1000"}}, monotonic_now(), {}));
  const auto over = executor.start({.arguments = {"/bin/true"}}, monotonic_now(), {});
  REQUIRE_FALSE(over);
  CHECK(over.error() == "64 commands run already");
  executor.end_all(monotonic_now());
  run_until(executor, [&] { return executor.empty(); });
}

}  // namespace failover::runner
