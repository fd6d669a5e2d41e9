// The verbs that act, against a real server.

#include <nlohmann/json.hpp>

#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

namespace failover::tests {

using failover::cli::Abbreviations;
using failover::cli::test::TestAgent;

namespace {

std::string operation(const std::string& state, int exit = 0, const std::string& undo = "null") {
  return R"({"id":3,"kind":"switchover","target":"web","state":")" + state +
         R"(","code":null,"exit":)" + std::to_string(exit) +
         R"(,"detail":"10.0.0.2 took over","undo":)" + undo + "}";
}

constexpr auto switchover = "POST /v1/exec/group/web/switchover";
constexpr auto operation_3 = "GET /v1/operation/3";

}  // namespace

TEST_CASE("a switchover is waited for and told with the way back") {
  TestAgent agent;
  agent.answer(switchover, 202, operation("running"));
  agent.answer(operation_3, 200, operation("running"));
  agent.answer(operation_3, 200, operation("done", 0, R"("failoverctl release web")"));
  const auto outcome = agent.run({"switchover", "web", "--reason", "kernel \"6.1\""});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out == "10.0.0.2 took over\nundo: failoverctl release web\n");
  const auto told = agent.told();
  REQUIRE(told.size() == 3);
  CHECK(told[0].body == R"({"reason":"kernel \"6.1\""})");
  CHECK(told[1].wait == "30");
}

TEST_CASE("an operation that is done at once is not asked for again") {
  TestAgent agent;
  agent.answer("POST /v1/exec/group/web/announce", 202, operation("done"));
  CHECK(agent.run({"announce", "web"}).exit == 0);
  REQUIRE(agent.told().size() == 1);
  CHECK(agent.told().front().body.empty());
}

TEST_CASE("the operation's exit status is the program's") {
  TestAgent agent;
  agent.answer(switchover, 202, operation("failed", 5));
  const auto outcome = agent.run({"switchover", "web"});
  CHECK(outcome.exit == 5);
  CHECK(outcome.out.empty());
  CHECK(outcome.err == "failoverctl: 10.0.0.2 took over\n");
}

TEST_CASE("an operation that failed never exits with 0") {
  TestAgent agent;
  agent.answer(switchover, 202, operation("failed", 0));
  CHECK(agent.run({"switchover", "web"}).exit == 1);
}

TEST_CASE("the option --no-block returns at once and says how to look") {
  TestAgent agent;
  agent.answer(switchover, 202, operation("running"));
  const auto outcome = agent.run({"switchover", "web", "--no-block"});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out == "operation 3 has started; look with: failoverctl show operation 3\n");
  CHECK(agent.told().size() == 1);
}

TEST_CASE("a wait that is over exits with 7, and the operation goes on") {
  const bool agent_answers = GENERATE(true, false);
  TestAgent agent;
  agent.answer(switchover, 202, operation("running"));
  if (agent_answers) agent.answer(operation_3, 200, operation("running"));
  const auto outcome = agent.run({"switchover", "web", "--wait=50ms"});
  CHECK(outcome.exit == 7);
  CHECK(outcome.err ==
        "failoverctl: the operation goes on; look with: failoverctl show operation 3\n");
}

TEST_CASE("an operation with --json is its document") {
  TestAgent agent;
  agent.answer(switchover, 202, operation("running"));
  agent.answer(operation_3, 200, operation("failed", 5));
  const auto outcome = agent.run({"switchover", "web", "--json"});
  CHECK(outcome.exit == 5);
  CHECK(nlohmann::json::parse(outcome.out)["exit"] == 5);
  CHECK(outcome.err.empty());
}

TEST_CASE("a group's name is encoded in the path") {
  TestAgent agent;
  agent.answer("POST /v1/exec/group/a b%/release", 202, operation("done"));
  CHECK(agent.run({"release", "a b%"}).exit == 0);
}

TEST_CASE("a group that the agent does not know exits with 4") {
  TestAgent agent;
  agent.answer(switchover, 404, R"({"title":"No such group","detail":"web","hint":""})");
  const auto outcome = agent.run({"switchover", "web"});
  CHECK(outcome.exit == 4);
  CHECK(outcome.err == "failoverctl: No such group: web\n");
}

TEST_CASE("an operation is shown by its number") {
  TestAgent agent;
  agent.answer(operation_3, 200, operation("done", 0, R"("failoverctl release web")"));
  const auto outcome = agent.run({"show", "operation", "3"});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out ==
        "ID  KIND        TARGET  STATE  DETAIL\n"
        "3   switchover  web     done   10.0.0.2 took over\n"
        "undo: failoverctl release web\n");
  CHECK(agent.run({"show", "operation", "x"}).exit == 2);
  CHECK(agent.run({"show", "operation", "-1"}).exit == 2);
}

TEST_CASE("all operations are shown without a number") {
  TestAgent agent;
  agent.answer("GET /v1/operation", 200,
               "[" + operation("done") + "," + operation("running") + "]");
  const auto outcome = agent.run({"show", "operation", "--no-legend"});
  CHECK(outcome.out ==
        "3  switchover  web  done     10.0.0.2 took over\n"
        "3  switchover  web  running  10.0.0.2 took over\n");
}

TEST_CASE("what can be shown may be abbreviated on a terminal only") {
  TestAgent agent;
  agent.answer("GET /v1/operation", 200, "[]");
  CHECK(agent.run({"sh", "op"}, Abbreviations::allowed).exit == 0);
  const auto outcome = agent.run({"show", "op"});
  CHECK(outcome.exit == 2);
  CHECK(outcome.err == "failoverctl: unknown object 'op'; did you mean 'operation'?\n");
}

}  // namespace failover::tests
