// The verbs that look, against a real server.

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

namespace failover::tests {

using failover::cli::Abbreviations;
using failover::cli::test::example_status;
using failover::cli::test::TestAgent;

namespace {

constexpr auto problem =
    R"({"title":"No such thing","status":404,"detail":"there is no x","hint":"see y"})";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("status shows all groups, or those that are named") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  const auto all = agent.run({});
  CHECK(all.exit == 0);
  CHECK(contains(all.out, "\nmail "));
  const auto some = agent.run({"status", "db", "web"});
  CHECK(some.exit == 0);
  CHECK(contains(some.out, "\nweb "));
  CHECK(contains(some.out, "\ndb "));
  CHECK_FALSE(contains(some.out, "mail"));
}

TEST_CASE("status of an unknown group exits with 4 and names the nearest") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  const auto outcome = agent.run({"status", "wbe"});
  CHECK(outcome.exit == 4);
  CHECK(outcome.out.empty());
  CHECK(outcome.err == "failoverctl: no group 'wbe'; did you mean 'web'?\n");
}

TEST_CASE("status --json is the agent's own document") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  const auto outcome = agent.run({"--json"});
  CHECK(outcome.exit == 0);
  CHECK(nlohmann::ordered_json::parse(outcome.out) ==
        nlohmann::ordered_json::parse(example_status()));
  CHECK(outcome.out.starts_with("{\n  \"schema\":"));
  const auto one = nlohmann::json::parse(agent.run({"status", "db", "--json"}).out);
  CHECK(one["groups"].size() == 1);
  CHECK(one["groups"][0]["name"] == "db");
}

TEST_CASE("is-active is true for an active group and false for another") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  const auto active = agent.run({"is-active", "web"});
  CHECK(active.exit == 0);
  CHECK(active.out == "Up (active)\n");
  const auto backup = agent.run({"is-active", "db"});
  CHECK(backup.exit == 3);
  CHECK(backup.out == "Ready (standby)\n");
  CHECK(agent.run({"is-active", "mail"}).exit == 3);
  CHECK(agent.run({"is-active", "nobody"}).exit == 4);
}

TEST_CASE("is-healthy is true for a healthy node and tells the problems of another") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  CHECK(agent.run({"is-healthy"}).exit == 0);
  CHECK(agent.run({"is-healthy"}).out == "healthy\n");
  TestAgent sick;
  sick.answer("GET /v1/status", 200,
              R"({"schema":"failover.status.v1","node":"lb1","healthy":false,"problems":["no RAM"],
"groups":[{"name":"web","problems":["track site is down"],
 "routers":[{"name":"eth0.carp.10","problems":["two active"]}]}]})");
  const auto outcome = sick.run({"is-healthy"});
  CHECK(outcome.exit == 3);
  CHECK(outcome.out ==
        "not healthy\n! lb1: no RAM\n! web: track site is down\n! eth0.carp.10: two active\n");
  CHECK(sick.run({"is-healthy", "-q"}).out.empty());
  CHECK(nlohmann::json::parse(sick.run({"is-healthy", "--json"}).out)["healthy"] == false);
}

TEST_CASE("api with --dry-run sends nothing") {
  TestAgent agent;
  CHECK(agent.run({"api", "PUT", "/x", "-d", "{}", "--dry-run"}).out == "would ask: PUT /x {}\n");
  CHECK(agent.told().empty());
}

TEST_CASE("the option -q prints nothing and still answers with the exit status") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  const auto outcome = agent.run({"is-active", "db", "-q"});
  CHECK(outcome.exit == 3);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.empty());
}

TEST_CASE("an answer that is no status document fails in words") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, "{}");
  const auto outcome = agent.run({"status"});
  CHECK(outcome.exit == 1);
  CHECK(outcome.err == "failoverctl: the answer is not a status document\n");
}

TEST_CASE("version names both programs, and exits with 0 without an agent too") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  const auto both = agent.run({"version"});
  CHECK(both.exit == 0);
  CHECK(both.out == "failoverctl " FAILOVER_VERSION "\nfailoverd 0.1.0\n");
  const auto alone = failover::cli::test::run_in("/nonexistent", {"version"});
  CHECK(alone.exit == 0);
  CHECK(alone.out == "failoverctl " FAILOVER_VERSION "\n");
  CHECK(alone.err.empty());
  CHECK(nlohmann::json::parse(agent.run({"version", "--json"}).out)["failoverd"] == "0.1.0");
}

TEST_CASE("an HTTP status comes to the documented exit status, with the problem's text") {
  const auto [http, exit] = GENERATE(table<unsigned, int>({{400, 2},
                                                           {403, 5},
                                                           {404, 4},
                                                           {409, 9},
                                                           {422, 8},
                                                           {405, 1},
                                                           {408, 1},
                                                           {413, 1},
                                                           {500, 1},
                                                           {503, 1}}));
  TestAgent agent;
  agent.answer("GET /v1/status", http, problem);
  const auto outcome = agent.run({"status"});
  CHECK(outcome.exit == exit);
  CHECK(outcome.out.empty());
  CHECK(outcome.err == "failoverctl: No such thing: there is no x\nsee y\n");
}

TEST_CASE("a refusal without a problem text is told by its number") {
  TestAgent agent;
  agent.answer("GET /v1/status", 500, "oops");
  CHECK(agent.run({"status"}).err == "failoverctl: the agent answered 500\n");
}

TEST_CASE("api sends what it is told and prints the answer") {
  TestAgent agent;
  agent.answer("PATCH /v1/config/agent", 200, R"({"ok":true})");
  const auto outcome = agent.run({"api", "patch", "/v1/config/agent", "-d", R"({"a":1})"});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out == "{\n  \"ok\": true\n}\n");
  CHECK(agent.told().front().body == R"({"a":1})");
}

TEST_CASE("api reads its data from a file or from standard input") {
  TestAgent agent;
  agent.answer("POST /x", 204, "");
  std::ofstream(agent.directory / "data.json") << R"({"from":"file"})";
  CHECK(agent.run({"api", "POST", "/x", "-d", "@" + (agent.directory / "data.json")}).exit == 0);
  CHECK(agent.run({"api", "POST", "/x", "-d", "@-"}).exit == 0);
  CHECK(agent.told().at(0).body == R"({"from":"file"})");
  CHECK(agent.told().at(1).body == R"({"from":"input"})");
  const auto missing = agent.run({"api", "POST", "/x", "-d", "@/nonexistent"});
  CHECK(missing.exit == 2);
  CHECK(missing.err == "failoverctl: cannot read /nonexistent\n");
}

TEST_CASE("api tells a refusal as every verb does, and prints its document with --json") {
  TestAgent agent;
  agent.answer("GET /x", 404, problem);
  const auto text = agent.run({"api", "GET", "/x"});
  CHECK(text.exit == 4);
  CHECK(text.out.empty());
  CHECK(contains(text.err, "there is no x"));
  CHECK(nlohmann::json::parse(agent.run({"api", "GET", "/x", "--json"}).out)["status"] == 404);
}

TEST_CASE("api HEAD ends without waiting for a body") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  const auto outcome = agent.run({"api", "HEAD", "/v1/status"});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out.empty());
}

TEST_CASE("api sends nothing that is not a request") {
  TestAgent agent;
  CHECK(agent.run({"api", "G T", "/x"}).exit == 2);
  CHECK(agent.run({"api", "", "/x"}).exit == 2);
  CHECK(agent.run({"api", "GET", "x"}).exit == 2);
  CHECK(agent.run({"api", "GET", "/x y"}).exit == 2);
  CHECK(agent.run({"api", "GET", "/x\r\nEvil: 1"}).exit == 2);
  CHECK(agent.told().empty());
}

TEST_CASE("data over the agent's bound is refused by the agent, with the bound") {
  TestAgent agent;
  agent.answer("POST /x", 200, "{}");
  std::ofstream(agent.directory / "much") << std::string(3 * 1024 * 1024, ' ');
  const auto outcome = agent.run({"api", "POST", "/x", "-d", "@" + (agent.directory / "much")});
  CHECK(outcome.exit == 1);
  CHECK(contains(outcome.err, "1048576"));
}

TEST_CASE("help and usage errors need no agent") {
  using failover::cli::test::run_in;
  CHECK(run_in("/nonexistent", {"help"}).exit == 0);
  CHECK(contains(run_in("/nonexistent", {"help", "switchover"}).out, "switchover GROUP"));
  const auto unknown = run_in("/nonexistent", {"help", "swichover"});
  CHECK(unknown.exit == 2);
  CHECK(contains(unknown.err, "did you mean 'switchover'?"));
  const auto wrong = run_in("/nonexistent", {"stauts"});
  CHECK(wrong.exit == 2);
  CHECK(wrong.err ==
        "failoverctl: unknown verb 'stauts'; did you mean 'status'?\nsee: failoverctl help\n");
}

}  // namespace failover::tests
