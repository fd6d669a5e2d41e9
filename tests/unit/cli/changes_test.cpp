// The verbs that read and change the configuration, against a real server.

#include <fstream>

#include "cli/documents.hpp"
#include "cli/status_table.hpp"
#include "cli/value_path.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

namespace failover::tests {

using failover::cli::parse_value_path;
using failover::cli::target_of;
using failover::cli::test::TestAgent;

namespace {

// What the agent says of a change, with this revision and this time of confirmation.
std::string change(const std::string& revision = "15", const std::string& until = "null") {
  return R"({"schema":"failover.change.v1","revision":)" + revision + R"(,"previous":14,
"changes":[{"path":"a.advskew","before":0,"after":100},{"path":"a.addresses","after":["x","y"]}],
"groups":[{"group":"db","effect":"unchanged","why":[],"outage":"none"},
{"group":"web","effect":"moves","why":["its MAC"],"outage":"none if a peer takes over"}],
"confirm_until":)" +
         until + R"(,"saved":false})";
}
const std::string told_values =
    "a.advskew: 0 -> 100\na.addresses: (not set) -> [x, y]\n"
    "group web: moves (its MAC), outage: none if a peer takes over\n";

constexpr auto drafted = R"({"changes":[],"errors":[]})";

std::string pending(bool candidate) {
  return std::string(R"({"candidate":)") + (candidate ? "true" : "false") +
         R"(,"changes":[],"confirm":null,"saved":true})";
}

std::vector<std::string> asked(const TestAgent& agent) {
  std::vector<std::string> requests;
  for (const auto& told : agent.told()) requests.push_back(told.method + " " + told.path);
  return requests;
}
using Requests = std::vector<std::string>;

}  // namespace

TEST_CASE("a path has a segment for each name, quoted names as one") {
  CHECK(target_of(*parse_value_path(R"(interface."eth0.100".carp.10)")) ==
        "/interface/eth0.100/carp/10");
  CHECK(target_of(*parse_value_path("group.'a/b'")) == "/group/a%2Fb");
  for (const auto* wrong : {"", ".", "a.", "a..b", "\"a", "\"a\"b"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_value_path(wrong));
  }
  CHECK(parse_value_path("a..b").error() == "column 3: a name is missing");
}

TEST_CASE("get prints a scalar bare and a table as JSON, with --json everything as JSON") {
  TestAgent agent;
  agent.answer("GET /v1/config/a/text", 200, R"("warm")");
  agent.answer("GET /v1/config/a", 200, R"({"n":1})");
  agent.answer("GET /v1/config/b", 404, R"({"title":"No such value"})");
  CHECK(agent.run({"get", "a.text"}).out == "warm\n");
  CHECK(agent.run({"get", "a.text", "--json"}).out == "\"warm\"\n");
  CHECK(agent.run({"get", "a"}).out == "{\n  \"n\": 1\n}\n");
  CHECK(agent.run({"get", "b"}).exit == 4);
  CHECK(agent.run({"get", "a..b"}).exit == 2);
}

TEST_CASE("get --candidate reads the draft") {
  TestAgent agent;
  agent.answer("GET /v1/candidate", 200, R"({"a":{"b":7}})");
  CHECK(agent.run({"get", "a.b", "--candidate"}).out == "7\n");
  CHECK(agent.run({"get", "a.c", "--candidate"}).exit == 4);
}

TEST_CASE("set sends JSON where the value is JSON, else a string, and tells what changed") {
  TestAgent agent;
  agent.answer("PUT /v1/config/a", 200, change());
  const auto outcome = agent.run({"set", "a", "100"});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out == told_values + "undo: failoverctl rollback 14\n");
  CHECK(agent.run({"set", "a", "x y"}).exit == 0);
  REQUIRE(agent.told().size() == 2);
  CHECK(agent.told()[0].body == "100");
  CHECK(agent.told()[1].body == R"("x y")");
  CHECK(agent.run({"set", "a"}).exit == 2);
}

TEST_CASE("unset removes the value, and all that is wrong with a configuration is told, exit 8") {
  TestAgent agent;
  agent.answer("DELETE /v1/config/a", 422,
               R"({"title":"Invalid","errors":[{"text":"a: missing"},{"text":"b: wrong"}]})");
  const auto outcome = agent.run({"unset", "a"});
  CHECK(outcome.exit == 8);
  CHECK(outcome.err == "failoverctl: a: missing\nfailoverctl: b: wrong\n");
}

TEST_CASE("who has read an older configuration is in conflict") {
  TestAgent agent;
  agent.answer("PUT /v1/config/a", 412, R"({"title":"It has changed"})");
  CHECK(agent.run({"set", "a", "1"}).exit == 9);
}

TEST_CASE("set and unset --candidate draft, and show the plan") {
  TestAgent agent;
  agent.answer("PATCH /v1/candidate", 200, drafted);
  agent.answer("GET /v1/candidate/plan", 200, change("null"));
  CHECK(agent.run({"set", "a.b", "7", "--candidate"}).out == told_values);
  CHECK(agent.run({"unset", "a.b", "--candidate"}).out == told_values);
  CHECK(agent.told().at(0).body == R"({"a":{"b":7}})");
  CHECK(agent.told().at(2).body == R"({"a":{"b":null}})");
}

TEST_CASE("plan FILE leaves no draft behind, and replaces none") {
  TestAgent agent;
  const std::string file = agent.directory / "new.toml";
  std::ofstream(file) << "x = 1\n";
  agent.answer("PUT /v1/candidate", 200, drafted);
  agent.answer("GET /v1/candidate/plan", 200, change("null"));
  agent.answer("DELETE /v1/candidate", 200, pending(false));
  SECTION("where there is none") {
    agent.answer("GET /v1/pending", 200, pending(false));
    CHECK(agent.run({"plan", file}).out == told_values);
    CHECK(asked(agent) == Requests{"GET /v1/pending", "PUT /v1/candidate", "GET /v1/candidate/plan",
                                   "DELETE /v1/candidate"});
    CHECK(agent.told().at(1).body == "x = 1\n");
  }
  SECTION("where there is one") {
    agent.answer("GET /v1/pending", 200, pending(true));
    CHECK(agent.run({"plan", file}).exit == 9);
    CHECK(asked(agent) == Requests{"GET /v1/pending"});
  }
  SECTION("not a file") {
    agent.answer("GET /v1/pending", 200, pending(false));
    CHECK(agent.run({"plan", file + ".not"}).exit == 4);
  }
}

TEST_CASE("apply puts the draft in force, or the file that a start reads") {
  const bool has_draft = GENERATE(true, false);
  TestAgent agent;
  agent.answer("GET /v1/pending", 200, pending(has_draft));
  agent.answer("PUT /v1/candidate", 200, drafted);
  agent.answer("POST /v1/candidate/apply", 200, change("15", R"("2026-11-20T09:02:00.000Z")"));
  const auto outcome =
      agent.run({"apply", "--confirm", "120s", "--gate", "healthy", "--reason", "night"});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out ==
        told_values +
            "rolled back at 2026-11-20T09:02:00.000Z unless confirmed: failoverctl confirm\n"
            "undo: failoverctl rollback\n");
  CHECK(agent.told().back().body == R"({"confirm":"120s","gate":"healthy","reason":"night"})");
  CHECK(asked(agent).size() == (has_draft ? 2 : 3));
}

TEST_CASE("an apply that is refused leaves the draft of a person, and none of its own") {
  const bool has_draft = GENERATE(true, false);
  TestAgent agent;
  agent.answer("GET /v1/pending", 200, pending(has_draft));
  agent.answer("PUT /v1/candidate", 200, drafted);
  agent.answer("DELETE /v1/candidate", 200, pending(false));
  agent.answer("POST /v1/candidate/apply", 409, R"({"title":"The last change waits"})");
  CHECK(agent.run({"apply"}).exit == 9);
  CHECK(asked(agent).back() == (has_draft ? "POST /v1/candidate/apply" : "DELETE /v1/candidate"));
}

TEST_CASE("confirm and rollback ask for it, and what cannot be confirmed is a conflict") {
  TestAgent agent;
  agent.answer("POST /v1/candidate/confirm", 409, R"({"title":"Nothing pending"})");
  agent.answer("POST /v1/candidate/rollback", 200, change());
  CHECK(agent.run({"confirm"}).exit == 9);
  CHECK(agent.run({"rollback", "14"}).exit == 0);
  CHECK(agent.told().back().body == R"({"revision":14})");
  CHECK(agent.run({"rollback"}).exit == 0);
  CHECK(agent.told().back().body.empty());
  CHECK(agent.run({"rollback", "x"}).exit == 2);
}

TEST_CASE("with a dry run nothing is asked that would change something") {
  TestAgent agent;
  agent.answer("PUT /v1/config/a", 200, change("null"));
  CHECK(agent.run({"rollback", "14", "--dry-run"}).out ==
        "would ask: POST /v1/candidate/rollback {\"revision\":14}\n");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"confirm"},
                                                {"rollback"},
                                                {"config", "save"},
                                                {"set", "a", "1", "--candidate"},
                                                {"unset", "a", "--candidate"}}) {
    CAPTURE(words);
    auto dry = words;
    dry.emplace_back("--dry-run");
    CHECK(agent.run(dry).exit == 0);
  }
  CHECK(agent.told().empty());
  CHECK(agent.run({"set", "a", "1", "--dry-run"}).out == told_values);  // the agent is asked what
}

TEST_CASE("config shows the whole tree, and says where it was saved") {
  TestAgent agent;
  agent.answer("GET /v1/config?format=toml", 200, "n = 1\n");
  agent.answer("GET /v1/config?format=json", 200, R"({"n":1})");
  agent.answer("GET /v1/config?format=toml&view=defaults", 200, "n = 1\nm = 2\n");
  agent.answer("GET /v1/config/m?view=defaults", 200, "2");
  agent.answer("POST /v1/exec/agent/save", 200, R"({"file":"/f","backup":"/f.1"})");
  CHECK(agent.run({"config", "show"}).out == "n = 1\n");
  CHECK(agent.run({"config", "show", "--json"}).out == "{\n  \"n\": 1\n}\n");
  CHECK(agent.run({"config", "show", "--defaults"}).out == "n = 1\nm = 2\n");
  CHECK(agent.run({"get", "m", "--defaults"}).out == "2\n");
  CHECK(agent.run({"config", "show", "--defaults", "--candidate"}).exit == 2);
  CHECK(agent.run({"config", "save", "--defaults"}).exit == 2);
  CHECK(agent.run({"config", "save", "/f"}).out == "saved to /f\nwhat was there: /f.1\n");
  CHECK(agent.told().back().body == R"({"file":"/f"})");
  CHECK(agent.run({"config", "show", "x"}).exit == 2);
}

TEST_CASE("revisions are a table, and one is what it has changed") {
  TestAgent agent;
  agent.answer("GET /v1/revisions", 200,
               R"({"revisions":[{"revision":14,"at":"T","owner":"root","reason":"","source":"set",
"changes":3,"in_force":true,"confirmed":true}]})");
  agent.answer("GET /v1/revisions/14", 200,
               R"({"revision":14,"at":"T","owner":"root","reason":"night","source":"set",
"changes":[{"path":"a","before":1,"after":2}],"config":{}})");
  CHECK(agent.run({"revisions", "--no-legend"}).out == "14  T  set  root  3  yes  -\n");
  CHECK(agent.run({"show", "revision", "14"}).out ==
        "revision 14, T, set by root: night\na: 1 -> 2\n");
}

TEST_CASE("the status says whether a configuration is saved, and when it is rolled back") {
  failover::cli::StatusDocument status;
  status.revision = failover::cli::Revision{.number = 15, .saved = false};
  const auto line = [&] {
    return status_text(status, failover::cli::Legend::shown, failover::cli::Colour::off);
  };
  CHECK(line().find("revision 15 (confirmed, not saved)") != std::string::npos);
  status.generated_at = failover::cli::parse_time("2026-11-20T09:00:00.000Z");
  status.revision->confirm_until = failover::cli::parse_time("2026-11-20T09:02:00.000Z");
  CHECK(line().find("revision 15 (rolled back in 2m unless confirmed)") != std::string::npos);
}

}  // namespace failover::tests
