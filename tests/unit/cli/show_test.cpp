// The agent's lists as tables, against a real server.

#include <nlohmann/json.hpp>

#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

namespace failover::tests {

using failover::cli::Abbreviations;
using failover::cli::test::TestAgent;

namespace {

constexpr auto at = R"("generated_at":"2026-11-20T09:00:00.000Z",)";

std::string document(const std::string& kind, const std::string& elements) {
  return R"({"schema":"failover.)" + kind + R"(.v1",)" + at + "\"" + kind + "s\":[" + elements +
         "]}";
}

constexpr auto web = R"_({"schema":"failover.group.v1","generated_at":"2026-11-20T09:00:00.000Z",
"name":"web","status":"Up (active)","reason":"priority","since":"2026-11-20T08:00:00.000Z",
"mode":"warm","demotion":0,"routers":[{"name":"eth0.carp.10"},{"name":"eth1.vrrp.20"}],
"tracks":[{"name":"uplink"}],"overrides":[],
"elements":[{"name":"eth0.carp.10","kind":"router","state":"up","since":null,"why":""},
{"name":"uplink","kind":"track","state":"down","since":"2026-11-20T08:59:48.000Z",
 "why":"no carrier"}]})_";

struct Example {
  std::string kind;
  std::string element;
  std::string heads;
  std::string row;
};

}  // namespace

TEST_CASE("each kind is shown as a table of its fields") {
  const auto example = GENERATE(values<Example>({
      {"router",
       R"({"name":"eth0.carp.10","group":"web","state":"active","reason":"priority",
           "since":"2026-11-20T08:58:00.000Z","rank":{"interval_s":1.5},
           "addresses":["203.0.113.10/24","2001:db8::10/64"]})",
       "ROUTER        GROUP  STATE   REASON    SINCE  INTERVAL  ADDRESSES",
       "eth0.carp.10  web    active  priority  2m     1.5       203.0.113.10/24, 2001:db8::10/64"},
      {"ip",
       R"({"address":"203.0.113.10","group":"web","router":"eth0.carp.10","interface":"eth0",
           "held":true,"role":"active"})",
       "ADDRESS       GROUP  ROUTER        INTERFACE  ROLE    HELD",
       "203.0.113.10  web    eth0.carp.10  eth0       active  yes"},
      {"track",
       R"({"group":"web","name":"site","type":"http","state":"down","since":"2026-11-20T08:59:48Z",
           "demote":50,"what":"http://h/","detail":"connection refused","changes":3})",
       "GROUP  TRACK  TYPE  STATE  SINCE  DEMOTE  CHANGES  WHAT       DETAIL",
       "web    site   http  down   12s    50      3        http://h/  connection refused"},
      {"peer",
       R"({"router":"eth0.carp.10","address":"10.0.0.2","mac":null,"state":"silent",
           "last_heard_ms":61000})",
       "ROUTER        ADDRESS   MAC  STATE   HEARD", "eth0.carp.10  10.0.0.2  -    silent  1m"},
      {"override",
       R"({"group":"web","kind":"hold","role":"backup","owner":"ann","reason":"kernel",
           "until":"2026-11-20T09:18:00.000Z","undo":"failoverctl release web"})",
       "GROUP  KIND  ROLE    OWNER  REASON  LEFT  UNDO",
       "web    hold  backup  ann    kernel  18m   failoverctl release web"},
      {"interface",
       R"({"name":"eth0","state":"up","mac":"02:00:00:00:00:01","source":"10.0.0.1",
           "source6":null})",
       "INTERFACE  STATE  MAC                SOURCE    SOURCE6",
       "eth0       up     02:00:00:00:00:01  10.0.0.1  -"},
  }));
  CAPTURE(example.kind);
  TestAgent agent;
  agent.answer("GET /v1/status/" + example.kind, 200, document(example.kind, example.element));
  const auto outcome = agent.run({"show", example.kind});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out == example.heads + "\n" + example.row + "\n");
  const auto bare = agent.run({"show", example.kind, "--no-legend"}).out;
  CHECK(bare.find('\n') == bare.size() - 1);
}

TEST_CASE("a group that is shown alone has its elements behind it") {
  TestAgent agent;
  agent.answer("GET /v1/status/group/web", 200, web);
  CHECK(agent.run({"show", "group", "web"}).out ==
        "GROUP  STATUS       REASON    SINCE  MODE  DEMOTION  ROUTERS                     TRACKS  "
        "OVERRIDES\n"
        "web    Up (active)  priority  1h     warm  0         eth0.carp.10, eth1.vrrp.20  uplink  "
        "-\n\n"
        "ELEMENT       KIND    STATE  SINCE  WHY\n"
        "eth0.carp.10  router  up     -      -\n"
        "uplink        track   down   12s    no carrier\n");
}

TEST_CASE("shown as JSON it is the agent's document") {
  TestAgent agent;
  agent.answer("GET /v1/status/group/web", 200, web);
  const auto outcome = agent.run({"show", "group", "web", "--json"});
  CHECK(nlohmann::ordered_json::parse(outcome.out) == nlohmann::ordered_json::parse(web));
}

TEST_CASE("what the agent does not find by name is found here, also by its group or router") {
  TestAgent agent;
  agent.answer("GET /v1/status/track", 200,
               document("track", R"({"group":"web","name":"site"},{"group":"db","name":"disk"})"));
  const auto name = GENERATE(as<std::string>(), "disk", "db");
  const auto text = agent.run({"show", "track", name, "--no-legend"});
  CHECK(text.exit == 0);
  CHECK(text.out.starts_with("db  disk"));
  CHECK(text.out.find("site") == std::string::npos);
  const auto json = nlohmann::json::parse(agent.run({"show", "track", name, "--json"}).out);
  CHECK(json["schema"] == "failover.track.v1");
  CHECK(json["tracks"] == nlohmann::json::parse(R"([{"group":"db","name":"disk"}])"));
}

TEST_CASE("a name that nothing has exits with 4 and names the nearest") {
  TestAgent agent;
  agent.answer("GET /v1/status/track", 200, document("track", R"({"group":"web","name":"site"})"));
  agent.answer("GET /v1/status/router/x", 404, R"({"title":"No such router"})");
  const auto outcome = agent.run({"show", "track", "siet"});
  CHECK(outcome.exit == 4);
  CHECK(outcome.err == "failoverctl: there is no track 'siet'; did you mean 'site'?\n");
  CHECK(agent.run({"show", "router", "x"}).exit == 4);
}

TEST_CASE("an address is part of the path") {
  TestAgent agent;
  agent.answer("GET /v1/status/ip/2001:db8::10", 200,
               R"({"address":"2001:db8::10","group":"web","held":false})");
  CHECK(agent.run({"show", "ip", "2001:db8::10", "--no-legend"}).out ==
        "2001:db8::10  web  -  -  -  no\n");
}

TEST_CASE("an empty list is its heads, and what is no JSON fails in words") {
  TestAgent agent;
  agent.answer("GET /v1/status/override", 200, document("override", ""));
  agent.answer("GET /v1/status/peer", 200, "oops");
  const auto none = agent.run({"show", "override"});
  CHECK(none.exit == 0);
  CHECK(none.out == "GROUP  KIND  ROLE  OWNER  REASON  LEFT  UNDO\n");
  const auto wrong = agent.run({"show", "peer"});
  CHECK(wrong.exit == 1);
  CHECK(wrong.err == "failoverctl: the answer is no JSON\n");
}

TEST_CASE("a kind may be abbreviated on a terminal while it is unambiguous") {
  TestAgent agent;
  agent.answer("GET /v1/status/peer", 200, document("peer", ""));
  CHECK(agent.run({"show", "p"}, Abbreviations::allowed).exit == 0);
  CHECK(agent.run({"show", "o"}, Abbreviations::allowed).err ==
        "failoverctl: object 'o' is ambiguous: operation, override\n");
  CHECK(agent.run({"show", "peers"}).err ==
        "failoverctl: unknown object 'peers'; did you mean 'peer'?\n");
}

}  // namespace failover::tests
