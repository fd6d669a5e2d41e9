// Which socket is asked, and what is said when nobody answers there.

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/client.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

namespace failover::tests {

using namespace std::chrono_literals;
using failover::cli::call_agent;
using failover::cli::Obstacle;
using failover::cli::test::example_status;
using failover::cli::test::listen_on;
using failover::cli::test::run_in;
using failover::cli::test::RunDirectory;
using failover::cli::test::TestAgent;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// This thread as a user without rights, for as long as it lives.
class AsNobody {
 public:
  AsNobody() { become(65534); }
  ~AsNobody() { become(0); }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  static void become(uid_t user) {
    constexpr uid_t unchanged = static_cast<uid_t>(-1);
    REQUIRE(syscall(SYS_setresuid, unchanged, user, unchanged) == 0);
  }
};

}  // namespace

TEST_CASE("without a socket the message names it and says how to start the agent") {
  RunDirectory directory;
  const auto outcome = run_in(directory.path, {"status"});
  CHECK(outcome.exit == 6);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, "there is no socket " + (directory / "control.sock")));
  CHECK(contains(outcome.err, "is failoverd running?"));
  CHECK(contains(outcome.err, "--socket"));
}

TEST_CASE("a socket that nobody listens on is told as an agent that has died") {
  RunDirectory directory;
  close(listen_on(directory / "control.sock", 0600));
  const auto outcome = run_in(directory.path, {"status"});
  CHECK(outcome.exit == 6);
  CHECK(contains(outcome.err, "nobody listens on " + (directory / "control.sock")));
  CHECK(contains(outcome.err, "died"));
}

TEST_CASE("a socket may be named, and the option goes before the environment") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  const auto socket = agent.directory / "status.sock";
  CHECK(run_in("/nonexistent", {"status", "--socket", socket}).exit == 0);
  CHECK(run_in("/nonexistent", {"status"}, socket).exit == 0);
  CHECK(run_in("/nonexistent", {"status", "--socket", socket}, "/nonexistent/x").exit == 0);
  CHECK(contains(run_in(agent.directory.path, {"status"}, "/nonexistent/x").err, "/nonexistent/x"));
}

TEST_CASE("a path that is too long for a socket is told as such") {
  const auto outcome = run_in("/nonexistent", {"status", "--socket", "/" + std::string(200, 'x')});
  CHECK(outcome.exit == 6);
  CHECK(contains(outcome.err, "too long"));
}

TEST_CASE("reads that the control socket refuses go to the status socket") {
  if (geteuid() != 0) {
    WARN("only root can become a user without rights");
    return;
  }
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  const AsNobody nobody;
  CHECK(agent.run({"status"}).exit == 0);
  CHECK(agent.run({"is-active", "web"}).exit == 0);
}

TEST_CASE("a change that the control socket refuses says who may") {
  if (geteuid() != 0) {
    WARN("only root can become a user without rights");
    return;
  }
  TestAgent agent;
  const AsNobody nobody;
  const auto outcome = agent.run({"switchover", "web"});
  CHECK(outcome.exit == 6);
  CHECK(contains(outcome.err, "no access to " + (agent.directory / "control.sock")));
  CHECK(contains(outcome.err, "group failover"));
  CHECK(contains(outcome.err, "sudo"));
  CHECK(agent.told().empty());
}

TEST_CASE("a change on the status socket is refused with 5 and the way out") {
  TestAgent agent;
  const auto outcome =
      agent.run({"switchover", "web", "--socket", agent.directory / "status.sock"});
  CHECK(outcome.exit == 5);
  CHECK(contains(outcome.err, "control.sock"));
}

TEST_CASE("an agent that does not answer is given up") {
  TestAgent agent;
  const auto answer = call_agent(agent.directory / "control.sock", {"GET", "/silence", ""}, 30ms);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().obstacle == Obstacle::no_answer);
}

TEST_CASE("an agent that accepts nothing is given up") {
  RunDirectory directory;
  const int stopped = listen_on(directory / "control.sock", 0600);
  std::vector<int> queue;
  for (int i = 0; i < 17; ++i) {  // one more than the queue is long
    const auto waiting = call_agent(directory / "control.sock", {"GET", "/", ""}, 1ms);
    CHECK(waiting.error().obstacle == Obstacle::no_answer);
  }
  const auto answer = call_agent(directory / "control.sock", {"GET", "/", ""}, 30ms);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().obstacle == Obstacle::no_answer);
  close(stopped);
}

TEST_CASE("a connection that ends before the answer is told apart") {
  RunDirectory directory;
  const int listening = listen_on(directory / "control.sock", 0600);
  std::thread dying([&] {
    const int client = accept(listening, nullptr, nullptr);
    const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"half\":";
    send(client, half.data(), half.size(), MSG_NOSIGNAL);
    close(client);
  });
  const auto outcome = run_in(directory.path, {"status"});
  dying.join();
  close(listening);
  CHECK(outcome.exit == 6);
  CHECK(contains(outcome.err, "ended early"));
}

}  // namespace failover::tests
