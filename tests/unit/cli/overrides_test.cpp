// What the verbs that act ask the agent for, against a real server.

#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

namespace failover::tests {

using failover::cli::Abbreviations;
using failover::cli::test::example_status;
using failover::cli::test::TestAgent;

namespace {

constexpr auto done = R"({"id":4,"kind":"drain","target":"web","state":"done","exit":0,
"detail":"it is so","undo":"failoverctl undrain web"})";

using Words = std::vector<std::string>;

struct Example {
  Words words;
  std::string path;
  std::string body;
};

}  // namespace

TEST_CASE("each verb asks for its operation with what was given") {
  const auto example = GENERATE(values<Example>({
      {{"switchover", "web", "--force"}, "group/web/switchover", R"({"force":true})"},
      {{"drain", "web", "--for", "30m", "--reason", "kernel"},
       "group/web/drain",
       R"({"for_s":1800,"reason":"kernel"})"},
      {{"drain", "--all", "--for", "1h", "--force"},
       "agent/drain",
       R"({"for_s":3600,"force":true})"},
      {{"undrain", "web"}, "group/web/undrain", ""},
      {{"undrain", "--all"}, "agent/undrain", ""},
      {{"undrain"}, "agent/undrain", ""},
      {{"hold", "web", "active", "--for", "2h"},
       "group/web/hold",
       R"({"role":"active","for_s":7200})"},
      {{"hold", "web", "master", "--for", "2h"},
       "group/web/hold",
       R"({"role":"active","for_s":7200})"},
      {{"hold", "web", "backup", "--for", "90s", "--force"},
       "group/web/hold",
       R"({"role":"backup","for_s":90,"force":true})"},
      {{"release", "web", "--reason", "done"}, "group/web/release", R"({"reason":"done"})"},
      {{"freeze", "--for", "1d"}, "agent/freeze", R"({"for_s":86400})"},
      {{"thaw"}, "agent/thaw", ""},
      {{"announce", "web"}, "group/web/announce", ""},
  }));
  CAPTURE(example.words);
  TestAgent agent;
  agent.answer("POST /v1/exec/" + example.path, 202, done);
  const auto outcome = agent.run(example.words);
  CHECK(outcome.exit == 0);
  CHECK(outcome.out == "it is so\nundo: failoverctl undrain web\n");
  REQUIRE(agent.told().size() == 1);
  CHECK(agent.told().front().body == example.body);

  Words dry = example.words;
  dry.emplace_back("--dry-run");
  const auto would = agent.run(dry);
  CHECK(would.exit == 0);
  CHECK(would.out == "would ask: POST /v1/exec/" + example.path +
                         (example.body.empty() ? "" : " " + example.body) + "\n");
  CHECK(agent.told().size() == 1);
}

TEST_CASE("a dry run as JSON has the request in parts") {
  const auto outcome = failover::cli::test::run_in(
      "/nonexistent", {"drain", "web", "--for", "1m", "--dry-run", "--json"});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out ==
        "{\n  \"schema\": \"failover.dry-run.v1\",\n  \"method\": \"POST\",\n"
        "  \"path\": \"/v1/exec/group/web/drain\",\n  \"body\": {\n    \"for_s\": 60\n  }\n}\n");
}

TEST_CASE("an empty name never means all groups") {
  TestAgent agent;
  agent.answer("POST /v1/exec/group//drain", 404, R"({"title":"No such group"})");
  agent.answer("POST /v1/exec/group//undrain", 404, R"({"title":"No such group"})");
  CHECK(agent.run({"drain", "", "--for", "1m"}).exit == 4);
  CHECK(agent.run({"undrain", ""}).exit == 4);
}

TEST_CASE("a hold is for one of two roles, which may be abbreviated on a terminal only") {
  TestAgent agent;
  agent.answer("POST /v1/exec/group/web/hold", 202, done);
  const auto wrong = agent.run({"hold", "web", "bakcup", "--for", "1m"});
  CHECK(wrong.exit == 2);
  CHECK(wrong.err == "failoverctl: unknown role 'bakcup'; did you mean 'backup'?\n");
  CHECK(agent.run({"hold", "web", "b", "--for", "1m"}).exit == 2);
  CHECK(agent.told().empty());
  CHECK(agent.run({"hold", "web", "b", "--for", "1m"}, Abbreviations::allowed).exit == 0);
}

TEST_CASE("an address is announced by its group") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  agent.answer("POST /v1/exec/group/web/announce", 202, done);
  CHECK(agent.run({"announce", "203.0.113.11"}).exit == 0);
  const auto unknown = agent.run({"announce", "203.0.113.12"});
  CHECK(unknown.exit == 4);
  CHECK(unknown.err ==
        "failoverctl: no group has the address 203.0.113.12; see failoverctl show ip\n");
}

TEST_CASE("an agent restart with --dry-run restarts nothing") {
  TestAgent agent;
  CHECK(agent.run({"agent", "restart", "--dry-run"}).out ==
        "would ask: POST /v1/exec/agent/restart\n");
  CHECK(agent.told().empty());
}

TEST_CASE("with -q a change prints nothing") {
  TestAgent agent;
  agent.answer("POST /v1/exec/agent/thaw", 202, done);
  const auto outcome = agent.run({"thaw", "-q"});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out.empty());
}

}  // namespace failover::tests
