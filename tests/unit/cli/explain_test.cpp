// The verbs that tell why, against a real server.

#include <nlohmann/json.hpp>

#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

namespace failover::tests {

using failover::cli::test::example_status;
using failover::cli::test::TestAgent;

namespace {

constexpr auto explanation = R"_({"schema":"failover.explain.v1",
"generated_at":"2026-11-20T09:00:00.000Z","group":"db","role":"backup","status":"Ready (standby)",
"reason":"preempted","since":"2026-11-20T08:19:00.000Z",
"why":"10.0.0.2 advertises the better rank.",
"evidence":["10.0.0.2 said 1.000 s 0.2 s ago.","The own rank is 1.391 s."],
"rank":{"text":"1.391 s","parts":[{"name":"advbase","value":"1 s"},
                                  {"name":"advskew","value":"100"}]},
"peers":[{"router":"eth0.carp.11","address":"10.0.0.2","said":"1.000 s","state":"active",
          "last_heard_ms":200}],
"would_change":["10.0.0.2 leaves or is silent for 3.391 s."]})_";

// A status with one group of one router at 192.0.2.1.
std::string status(const std::string& role, const std::string& peers) {
  return R"({"schema":"failover.status.v1","groups":[{"name":"web","role":")" + role +
         R"(","status":"S","routers":[{"name":"r","addresses":["192.0.2.1/24","2001:db8::1/64"],
"peers":[)" +
         peers + "]}]}]}";
}

}  // namespace

TEST_CASE("an explanation has the reason, the evidence, the ranks and what would change it") {
  TestAgent agent;
  agent.answer("GET /v1/explain/db", 200, explanation);
  CHECK(agent.run({"explain", "db"}).out ==
        "db: Ready (standby) for 41m (preempted)\n"
        "10.0.0.2 advertises the better rank.\n"
        "Evidence:\n"
        "  10.0.0.2 said 1.000 s 0.2 s ago.\n"
        "  The own rank is 1.391 s.\n"
        "Rank: 1.391 s = advbase 1 s, advskew 100\n"
        "Peers:\n"
        "ROUTER        ADDRESS   STATE   SAID     HEARD\n"
        "eth0.carp.11  10.0.0.2  active  1.000 s  0s\n"
        "What would change it:\n"
        "  10.0.0.2 leaves or is silent for 3.391 s.\n");
  CHECK(nlohmann::ordered_json::parse(agent.run({"explain", "db", "--json"}).out) ==
        nlohmann::ordered_json::parse(explanation));
}

TEST_CASE("an explanation says what there is of it, and cannot steer the terminal") {
  TestAgent agent;
  agent.answer("GET /v1/explain/203.0.113.10", 200,
               R"({"group":"a\u001b[2J","status":"Down","reason":"r","why":"w","peers":[]})");
  CHECK(agent.run({"explain", "203.0.113.10"}).out ==
        "a?[2J: Down for - (r)\nw\nPeers: none heard\n");
}

TEST_CASE("nobody explains what there is not") {
  TestAgent agent;
  agent.answer("GET /v1/explain/x", 404, R"({"title":"No such group","detail":"x"})");
  agent.answer("GET /v1/history/x", 404, R"({"title":"No such group","detail":"x"})");
  CHECK(agent.run({"explain", "x"}).exit == 4);
  CHECK(agent.run({"history", "x"}).err == "failoverctl: No such group: x\n");
}

TEST_CASE("a history is a line for each change of role") {
  TestAgent agent;
  agent.answer("GET /v1/history/web", 200, R"({"group":"web","transitions":[
    {"at":"2026-11-20T08:00:00.000Z","from":"initialize","to":"backup","reason":"listening",
     "planned":false,"leader":null,"detail":""},
    {"at":"2026-11-20T08:00:03.000Z","from":"backup","to":"active","reason":"operator",
     "planned":true,"leader":"eth0.carp.10","detail":"asked for by ann"}]})");
  CHECK(agent.run({"history", "web"}).out ==
        "AT                        FROM        TO      REASON     PLANNED  LEADER        DETAIL\n"
        "2026-11-20T08:00:00.000Z  initialize  backup  listening  no       -             -\n"
        "2026-11-20T08:00:03.000Z  backup      active  operator   yes      eth0.carp.10  "
        "asked for by ann\n");
  CHECK(nlohmann::json::parse(agent.run({"history", "web", "--json"}).out)["transitions"].size() ==
        2);
}

TEST_CASE("an address is at this node, at a peer that says so, or nowhere that is known") {
  const std::string active = R"({"address":"10.0.0.2","state":"active","last_heard_ms":9})";
  const std::string silent = R"({"address":"10.0.0.3","state":"silent","last_heard_ms":1})";
  const auto [role, peers, text] = GENERATE_COPY(table<std::string, std::string, std::string>(
      {{"active", silent, "this node, group web is S here"},
       {"active", active, "this node, group web is S here; 10.0.0.2 says it is active too"},
       {"backup", silent + "," + active, "10.0.0.2, by its adverts; group web is S here"},
       {"backup", silent,
        "no node that is known here; group web is S here, and no active peer is heard"}}));
  TestAgent agent;
  agent.answer("GET /v1/status", 200, status(role, peers));
  const auto outcome = agent.run({"where", "192.0.2.1"});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out == "192.0.2.1: " + text + "\n");
}

TEST_CASE("where takes an address in any spelling, and nothing else") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, status("active", ""));
  CHECK(agent.run({"where", "2001:DB8:0::1"}).out ==
        "2001:db8::1: this node, group web is S here\n");
  CHECK(agent.run({"where", "192.0.2.2"}).exit == 4);
  CHECK(agent.run({"where", "web"}).exit == 2);
}

TEST_CASE("where with --json has the group, its role here and the active peer") {
  TestAgent agent;
  agent.answer("GET /v1/status", 200, example_status());
  const auto json = nlohmann::json::parse(agent.run({"where", "10.0.0.90", "--json"}).out);
  CHECK(json == nlohmann::json::parse(
                    R"({"schema":"failover.where.v1","address":"10.0.0.90","group":"db",
"router":"eth0.carp.11","role":"backup","peer":"10.0.0.2"})"));
}

}  // namespace failover::tests
