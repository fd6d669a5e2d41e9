// events, with answers that end and with one that stays open.

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "cli/agent_access.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

namespace failover::tests {

using failover::cli::AgentAccess;
using failover::cli::Following;
using failover::cli::Obstacle;
using failover::cli::test::listen_on;
using failover::cli::test::run_in;
using failover::cli::test::RunDirectory;
using failover::cli::test::TestAgent;

namespace {

constexpr auto two =
    "{\"seq\":1,\"at\":\"2026-11-20T09:00:00.000Z\",\"kind\":\"group\",\"text\":\"group=web\"}\n"
    "{\"seq\":2,\"at\":\"2026-11-20T09:00:01.000Z\",\"kind\":\"stop\",\"text\":\"bye\\u001b\"}\n";

// An agent that answers one client with these parts and leaves.
class OneAnswer {
 public:
  explicit OneAnswer(std::vector<std::string> parts)
      : listening_(listen_on(directory / "control.sock", 0600)), thread_([this, parts] {
          const int client = accept(listening_, nullptr, nullptr);
          std::string request(4096, '\0');
          static_cast<void>(recv(client, request.data(), request.size(), 0));
          for (const auto& part : parts) send(client, part.data(), part.size(), MSG_NOSIGNAL);
          close(client);
        }) {}
  ~OneAnswer() {
    thread_.join();
    close(listening_);
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;
  RunDirectory directory;

 private:
  int listening_;
  std::thread thread_;
};

constexpr auto open_head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n";

constexpr auto chunked_head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

// A time of the wall clock so long ago, as the agent writes it.
std::string ago(std::chrono::seconds time) {
  const std::time_t then =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() - time);
  std::tm parts{};
  gmtime_r(&then, &parts);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.000Z", &parts));
  return text;
}

}  // namespace

TEST_CASE("events are a line each") {
  TestAgent agent;
  agent.answer("GET /v1/events", 200, two);
  const auto outcome = agent.run({"events"});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out ==
        "2026-11-20T09:00:00.000Z  group  group=web\n2026-11-20T09:00:01.000Z  stop  bye?\n");
  CHECK(agent.run({"events", "--json"}).out == two);
}

TEST_CASE("events may be those of a time only") {
  TestAgent agent;
  const auto event = [](const std::string& at, const std::string& text) {
    return R"({"at":")" + at + R"(","kind":"group","text":")" + text + "\"}\n";
  };
  agent.answer("GET /v1/events", 200,
               event(ago(std::chrono::hours(2)), "old") + event(ago(std::chrono::hours(0)), "new"));
  const auto text = agent.run({"events", "--since", "1h"}).out;
  CHECK(text.find("new") != std::string::npos);
  CHECK(text.find("old") == std::string::npos);
  CHECK(agent.run({"events", "--since", "yesterday"}).exit == 2);
}

TEST_CASE("events that are followed are told as they come, until the agent leaves") {
  struct Example {
    std::vector<std::string> parts;
    std::string out;
  };
  const auto example = GENERATE(values<Example>({
      {{open_head, two},
       "2026-11-20T09:00:00.000Z  group  group=web\n2026-11-20T09:00:01.000Z  stop  bye?\n"},
      {{chunked_head, "7\r\n{\"at\":\"\r\n9\r\nx\",\"kind\"", "\r\nc\r\n:\"k\"}\n{\"half\r\n"},
       "x  k\n"},
  }));
  OneAnswer agent(example.parts);
  const auto outcome = run_in(agent.directory.path, {"events", "-f"});
  CHECK(outcome.exit == 6);
  CHECK(outcome.out == example.out);
  CHECK(outcome.err.find("ended early") != std::string::npos);
}

TEST_CASE("who follows events may leave") {
  OneAnswer agent({open_head, two});
  std::string taken;
  const auto answer =
      AgentAccess(std::nullopt, agent.directory.path).follow("/v1/events", [&](auto lines) {
        taken += lines;
        return Following::ends;
      });
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(taken.starts_with("{\"seq\":1,"));
}

TEST_CASE("a refusal to let events be followed is told as every refusal") {
  TestAgent agent;
  agent.answer("GET /v1/events", 503, R"({"title":"Too many followers","detail":"there are 16"})");
  const auto outcome = agent.run({"events", "-f"});
  CHECK(outcome.exit == 1);
  CHECK(outcome.err == "failoverctl: Too many followers: there are 16\n");
}

}  // namespace failover::tests
