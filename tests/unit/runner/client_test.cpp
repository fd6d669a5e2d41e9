// The agent's way to the runner, with a real one at its end.

#include "agent/runner/client.hpp"

#include <fstream>
#include <optional>

#include "agent/clock.hpp"
#include "tests/unit/runner/test_runner.hpp"
#include "tests/unit/runner/trusted_directory.hpp"

namespace failover::runner {
namespace {

using test::TestRunner;

constexpr Duration patience = 30s;  // far more than anything takes

struct Scene {
  TestRunner runner;
  boost::asio::io_context context{1};

  void run_until(const std::function<bool()>& condition) {
    const Instant until = monotonic_now() + patience;
    while (!condition()) {
      REQUIRE(monotonic_now() < until);
      context.restart();
      context.run_for(std::chrono::milliseconds(5));
    }
  }
};

struct Result {
  std::optional<Finished> finished;
  int calls = 0;
  Client::Done taker() {
    return [this](const Finished& result) {
      finished = result;
      ++calls;
    };
  }
};

}  // namespace

TEST_CASE("a command goes to the runner, and its result comes back") {
  Scene scene;
  scene.runner.start();
  Client client(scene.context, scene.runner.socket());
  Result result;
  client.run({.arguments = {"/bin/cat"}, .input = "text"}, result.taker());
  CHECK(result.calls == 0);
  scene.run_until([&] { return result.finished.has_value(); });
  CHECK(result.finished->outcome == Outcome::exited);
  CHECK(result.finished->output == "text");
}

TEST_CASE("many commands run at once, and each gets its own result") {
  Scene scene;
  scene.runner.start();
  Client client(scene.context, scene.runner.socket());
  std::vector<Result> results(40);
  for (std::size_t i = 0; i < results.size(); ++i)
    client.run({.arguments = {"/bin/echo", std::to_string(i)}}, results[i].taker());
  for (std::size_t i = 0; i < results.size(); ++i) {
    scene.run_until([&] { return results[i].finished.has_value(); });
    CHECK(results[i].finished->output == std::to_string(i) + "\n");
  }
}

TEST_CASE("PRODUCT 3: what is not in the configuration is refused, with a sentence") {
  Scene scene;
  scene.runner.start();
  Client client(scene.context, scene.runner.socket());
  Result result;
  client.run({.arguments = {"/bin/false"}}, result.taker());
  scene.run_until([&] { return result.finished.has_value(); });
  CHECK(result.finished->outcome == Outcome::not_started);
  CHECK(result.finished->error.find("/bin/false is not in the configuration") == 0);
}

TEST_CASE("a command over a bound is refused before it is sent, and not at once") {
  Scene scene;
  Client client(scene.context, scene.runner.socket());
  Result result;
  client.run({.arguments = {}}, result.taker());
  CHECK(result.calls == 0);
  scene.run_until([&] { return result.finished.has_value(); });
  CHECK(result.finished->outcome == Outcome::not_started);
}

TEST_CASE("when the runner dies its commands are lost, and the next ones go to the next runner") {
  Scene scene;
  scene.runner.start();
  Client client(scene.context, scene.runner.socket());
  Result first;
  Result second;
  client.run({.arguments = {"/bin/sleep", "1000"}}, first.taker());
  scene.run_until([&] { return client.is_connected(); });
  scene.runner.kill();
  scene.run_until([&] { return first.finished.has_value(); });
  CHECK(first.finished->outcome == Outcome::lost);
  client.run({.arguments = {"/bin/echo", "next"}}, second.taker());
  scene.runner.start();
  scene.run_until([&] { return second.finished.has_value(); });
  CHECK(second.finished->outcome == Outcome::exited);
  CHECK(second.finished->output == "next\n");
  CHECK(first.calls == 1);
}

TEST_CASE("a command that finds no runner is lost after the patience, even if a socket is there") {
  Scene scene;
  Client client(scene.context, scene.runner.socket());
  Result result;
  const Instant asked = monotonic_now();
  client.run({.arguments = {"/bin/true"}}, result.taker());
  scene.run_until([&] { return result.finished.has_value(); });
  CHECK(result.finished->outcome == Outcome::lost);
  CHECK(monotonic_now() - asked >= limits::runner_patience);
}

TEST_CASE("a cancelled command is not heard of any more") {
  Scene scene;
  scene.runner.start();
  Client client(scene.context, scene.runner.socket());
  Result cancelled;
  Result other;
  const Ticket ticket = client.run({.arguments = {"/bin/sleep", "1"}}, cancelled.taker());
  scene.run_until([&] { return client.is_connected(); });
  client.cancel(ticket);
  client.run({.arguments = {"/bin/sleep", "1.5"}}, other.taker());
  scene.run_until([&] { return other.finished.has_value(); });
  CHECK(cancelled.calls == 0);
}

TEST_CASE("a runner that is told to go lets its hooks end, and ends its checks") {
  if (test::needs_root()) return;
  const test::TrustedDirectory directory;
  Scene scene;
  scene.runner.start();
  Client client(scene.context, scene.runner.socket());
  const auto script = [&](const std::string& name) {
    const std::string file = (directory / name).string();
    return std::vector<std::string>{"/bin/sh", "-c",
                                    "echo >" + file + ".begun; while [ ! -e " + file +
                                        ".go ]; do sleep 0.05; done; echo >" + file + ".done"};
  };
  Result hook;
  Result check;
  client.run({.kind = Kind::hook, .arguments = script("hook")}, hook.taker());
  client.run({.kind = Kind::check, .arguments = script("check")}, check.taker());
  const auto exists = [&](const char* name) { return std::filesystem::exists(directory / name); };
  scene.run_until([&] { return exists("hook.begun") && exists("check.begun"); });
  scene.runner.tell_to_go();
  scene.run_until([&] { return hook.finished && check.finished; });
  CHECK(hook.finished->outcome == Outcome::lost);
  std::ofstream(directory / "hook.go") << "\n";
  std::ofstream(directory / "check.go") << "\n";
  scene.runner.wait();
  CHECK(exists("hook.done"));
  CHECK_FALSE(exists("check.done"));
}

}  // namespace failover::runner
