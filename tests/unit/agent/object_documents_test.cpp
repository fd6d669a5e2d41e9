// Groups in the status, and the lists of one kind of thing: every field with the right value.

#include <nlohmann/json.hpp>

#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Json = nlohmann::json;

RouterStatus in_role(router::Role role) {
  RouterStatus status;
  status.role = role;
  status.held = role == router::Role::active;
  status.since = noon;
  return status;
}

// A group with two routers and two tracks, and a router by itself.
struct Fixture : ControlScene {
  Fixture() {
    auto outside = carp_settings("eth0", vhid_10, "203.0.113.10/24");
    auto inside = carp_settings("eth1", vhid_11, "10.0.0.1/24");
    outside.group = inside.group = "web";
    directory.apply(
        {.routers = {outside, inside, carp_settings("eth2", vhid_10, "192.0.2.1/24")},
         .groups = {{.name = "web",
                     .description = "public web path",
                     .mode = config::GroupMode::cold,
                     .tracks = {{.name = "site",
                                 .what = config::HttpTrack{.address = ip("127.0.0.1"),
                                                           .port = 8080,
                                                           .host = "127.0.0.1:8080",
                                                           .target = "/health?key=secret"},
                                 .demote = 50},
                                {.name = "uplink", .what = config::LinkTrack{"eth3"}}}}}});
    group_status.state = GroupState::up;
    group_status.role = router::Role::active;
    group_status.reason = Reason::group;
    group_status.since = noon;
    router_status("eth0.carp.10", in_role(router::Role::active));
    router_status("eth1.carp.11", in_role(router::Role::active));
  }
  void router_status(std::string_view name, const RouterStatus& status) {
    directory.find(name)->status->write(status);
  }
  void track_status(std::string_view name, const TrackStatus& status) {
    directory.find_group("web")->tracks.find(name)->second->write(status);
  }
  Json answer(const std::string& path) {
    directory.find_group("web")->status->write(group_status);
    const auto response = get(path);
    CHECK(response.status == 200);
    return Json::parse(response.body);
  }
  Json web() { return answer("/v1/status/group/web"); }

  GroupStatus group_status;
};

}  // namespace

TEST_CASE("PRODUCT 7: a group has its description, mode, state and all of its routers") {
  Fixture fixture;
  const Json group = fixture.web();
  CHECK(group.at("name") == "web");
  CHECK(group.at("description") == "public web path");
  CHECK(group.at("mode") == "cold");
  CHECK(group.at("state") == "up");
  CHECK(group.at("status") == "Up (active)");
  CHECK(group.at("role") == "active");
  CHECK(group.at("reason") == "group");
  CHECK(group.at("since") == "2023-11-14T22:13:20.000Z");
  CHECK(group.at("healthy") == true);
  REQUIRE(group.at("routers").size() == 2);
  CHECK(group.at("routers")[1].at("name") == "eth1.carp.11");
}

TEST_CASE("PRODUCT 6: a group's status is Up, Ready, Down, Held or Frozen") {
  Fixture fixture;
  const auto status = [&](GroupState state) {
    fixture.group_status.state = state;
    return fixture.web().at("status").get<std::string>();
  };
  CHECK(status(GroupState::up) == "Up (active)");
  CHECK(status(GroupState::ready) == "Ready (standby)");
  CHECK(status(GroupState::held) == "Held");
  CHECK(status(GroupState::frozen) == "Frozen");
  CHECK(status(GroupState::down) == "Down");
  CHECK(fixture.web().at("healthy") == false);
  CHECK(fixture.answer("/v1/status").at("healthy") == false);
}

TEST_CASE("PRODUCT 7: a track says its type, state, cost and what was found, but no secrets") {
  Fixture fixture;
  fixture.track_status("site", {.state = TrackState::down, .since = noon, .changes = 3});
  fixture.track_detail = "status 503";
  const Json site = fixture.web().at("tracks").at(0);
  CHECK(site == Json({{"name", "site"},
                      {"type", "http"},
                      {"state", "down"},
                      {"since", "2023-11-14T22:13:20.000Z"},
                      {"demote", 50},
                      {"what", "http://127.0.0.1:8080/health"},
                      {"detail", "status 503"},
                      {"changes", 3}}));
  CHECK(fixture.web().at("problems") == Json({"track site is down: status 503; it costs 50"}));
  // What only costs leaves the group healthy.
  CHECK(fixture.web().at("healthy") == true);
  fixture.track_detail = "";
  fixture.track_status("uplink", {.state = TrackState::down, .since = noon});
  const Json uplink = fixture.web().at("tracks").at(1);
  CHECK(uplink.at("detail") == "link eth3 down");
  CHECK(uplink.at("demote").is_null());
  fixture.track_status("uplink", {});
  CHECK(fixture.web().at("tracks").at(1).at("state") == "unknown");
  CHECK(fixture.web().at("tracks").at(1).at("since").is_null());
}

TEST_CASE("a group has how its hooks ended, and a failed one among its problems") {
  Fixture fixture;
  CHECK(fixture.web().at("hooks").empty());
  fixture.hook_runs[config::HookKind::active] = {
      .sequence = 7, .ended = noon, .well = true, .detail = "done"};
  CHECK(fixture.web().at("hooks").at("active") == Json{{"result", "done"},
                                                       {"at", "2023-11-14T22:13:20.000Z"},
                                                       {"sequence", 7},
                                                       {"detail", "done"}});
  CHECK(fixture.web().at("problems").empty());
  fixture.hook_runs[config::HookKind::before_release] = {
      .sequence = 8, .ended = noon, .well = false, .detail = "/hooks/b: exited with 3"};
  CHECK(fixture.web().at("hooks").at("before_release").at("result") == "failed");
  CHECK(fixture.web().at("problems").at(0) ==
        "hook before_release failed at 2023-11-14T22:13:20.000Z: /hooks/b: exited with 3");
}

TEST_CASE("a group that is held active here and, as it seems, elsewhere is a problem") {
  Fixture fixture;
  RouterStatus active = in_role(router::Role::active);
  active.peer_count = 1;
  active.peers[0].address = ip("192.0.2.2");
  active.peers[0].rank = carp::Rank{.advbase = 1, .advskew = 0};
  active.peers[0].heard = monotonic_now();
  fixture.router_status("eth0.carp.10", active);
  CHECK(fixture.web().at("problems").empty());
  fixture.group_status.overrides.hold = group::Hold::active;
  CHECK(fixture.web().at("problems").at(0) ==
        "it is held active here, and a peer of eth0.carp.10 advertises the best rank, too: release "
        "one of them");
  active.peers[0].rank = carp::Rank{.advbase = 1, .advskew = 1};
  fixture.router_status("eth0.carp.10", active);
  CHECK(fixture.web().at("problems").empty());
}

TEST_CASE("PRODUCT 2: a group's elements are its routers and its tracks, and why they are down") {
  Fixture fixture;
  RouterStatus unplugged = in_role(router::Role::initialize);
  unplugged.reason = Reason::element_down;
  unplugged.waiting_for = WaitingFor::link;
  fixture.router_status("eth1.carp.11", unplugged);
  fixture.track_status("uplink", {.state = TrackState::down, .since = noon});
  const Json document = fixture.answer("/v1/status/group/web/elements");
  CHECK(document.at("schema") == "failover.element.v1");
  const Json elements = document.at("elements");
  REQUIRE(elements.size() == 4);
  CHECK(elements[0].at("kind") == "router");
  CHECK(elements[0].at("state") == "up");
  CHECK(elements[1].at("state") == "down");
  CHECK(elements[1].at("why") == "link eth1 down");
  CHECK(elements[2].at("kind") == "track");
  CHECK(elements[2].at("state") == "unknown");
  CHECK(elements[3].at("state") == "down");
  CHECK(elements[3].at("why") == "link eth3 down");
  CHECK(fixture.web().at("elements") == elements);
  fixture.router_status("eth1.carp.11", in_role(router::Role::backup));
  CHECK(fixture.web().at("elements").at(1).at("state") == "joining");
}

TEST_CASE("PRODUCT 5: an override shows its owner, reason, end and undo in its group") {
  Fixture fixture;
  (void)fixture.post("/v1/exec/group/web/hold",
                     R"({"role": "active", "for_s": 60, "reason": "test"})");
  (void)fixture.post("/v1/exec/agent/freeze", R"({"for_s": 60})");
  const Json overrides = fixture.web().at("overrides");
  REQUIRE(overrides.size() == 1);
  CHECK(overrides[0].at("kind") == "hold");
  CHECK(overrides[0].at("role") == "active");
  CHECK(overrides[0].at("owner") == "root");
  CHECK(overrides[0].at("reason") == "test");
  CHECK(overrides[0].at("since").is_string());
  CHECK(overrides[0].at("until").is_string());
  CHECK(overrides[0].at("undo") == "failoverctl release web");
}

TEST_CASE("PRODUCT 5: yielded shows who handed over, and has no end of its own") {
  Fixture fixture;
  (void)fixture.post("/v1/exec/group/web/switchover", R"({"reason": "kernel"})");
  fixture.finish(1, fixture.directory.find_group("web")->id, router::Outcome::done);
  fixture.group_status.yielded = true;
  const Json yielded = fixture.web().at("overrides").at(0);
  CHECK(yielded.at("kind") == "yielded");
  CHECK(yielded.at("owner") == "root");
  CHECK(yielded.at("reason") == "kernel");
  CHECK(yielded.at("undo") == "failoverctl release web");
  CHECK_FALSE(yielded.contains("until"));
}

TEST_CASE("PRODUCT 7: lists of one kind go over all groups") {
  Fixture fixture;
  RouterStatus heard = in_role(router::Role::active);
  heard.peers[heard.peer_count++] = {
      .address = ip("10.0.0.2"), .mac = peer_mac, .rank = carp::Rank{.advbase = 1}};
  fixture.router_status("eth1.carp.11", heard);
  (void)fixture.post("/v1/exec/agent/freeze", R"({"for_s": 60})");
  const auto list = [&](const std::string& kind, const std::string& plural) {
    const Json document = fixture.answer("/v1/status/" + kind);
    CHECK(document.at("schema") == "failover." + kind + ".v1");
    return document.at(plural);
  };
  CHECK(list("group", "groups").size() == 2);
  CHECK(list("router", "routers").size() == 3);
  CHECK(list("router", "routers").at(0).at("group") == "eth2.carp.10");
  CHECK(list("ip", "ips").size() == 3);
  CHECK(list("track", "tracks").at(0).at("group") == "web");
  CHECK(list("interface", "interfaces").size() == 3);
  const Json peers = list("peer", "peers");
  REQUIRE(peers.size() == 1);
  CHECK(peers[0].at("group") == "web");
  CHECK(peers[0].at("router") == "eth1.carp.11");
  CHECK(peers[0].at("state") == "silent");
  const Json overrides = list("override", "overrides");
  REQUIRE(overrides.size() == 1);
  CHECK(overrides[0].at("kind") == "freeze");
  CHECK(overrides[0].at("group").is_null());
  CHECK(overrides[0].at("undo") == "failoverctl thaw");
}

TEST_CASE("PRODUCT 7: each thing is read by its name") {
  Fixture fixture;
  CHECK(fixture.answer("/v1/status/router/eth1.carp.11").at("id") == 11);
  CHECK(fixture.answer("/v1/status/interface/eth2").at("name") == "eth2");
  const Json address = fixture.answer("/v1/status/ip/10.0.0.1");
  CHECK(address == Json({{"address", "10.0.0.1"},
                         {"prefix", "10.0.0.1/24"},
                         {"group", "web"},
                         {"router", "eth1.carp.11"},
                         {"interface", "eth1"},
                         {"held", true},
                         {"role", "active"},
                         {"advertised", true}}));
  for (const char* path : {"router/web", "ip/10.0.0.99", "interface/eth9"}) {
    const auto response = fixture.get(std::string("/v1/status/") + path);
    CHECK(response.status == 404);
    CHECK(Json::parse(response.body).at("code") == "no-such-object");
  }
  for (const char* path : {"/v1/status/group/x", "/v1/status/group/x/elements", "/v1/explain/x",
                           "/v1/explain/10.0.0.99", "/v1/history/x"}) {
    const auto response = fixture.get(path);
    CHECK(response.status == 404);
    CHECK(Json::parse(response.body).at("code") == "no-such-group");
  }
}

TEST_CASE("PRODUCT 5: a group is explained by its name and by a failover IP that it holds") {
  Fixture fixture;
  for (const char* name : {"web", "10.0.0.1"}) {
    const Json told = fixture.answer(std::string("/v1/explain/") + name);
    CHECK(told.at("schema") == "failover.explain.v1");
    CHECK(told.at("group") == "web");
    CHECK(told.at("role") == "active");
    CHECK(told.at("status") == "Up (active)");
    CHECK(told.at("reason") == "group");
    CHECK(told.at("why").is_string());
    CHECK(told.at("rank").at("parts").size() >= 2);
    CHECK(told.at("peers").empty());
    CHECK_FALSE(told.at("would_change").empty());
  }
}

TEST_CASE("PRODUCT 5: a group's history has its transitions, the newest last") {
  Fixture fixture;
  fixture.history.add("web", {.at = noon,
                              .from = router::Role::backup,
                              .to = router::Role::active,
                              .reason = Reason::no_response,
                              .leader = "eth0.carp.10"});
  fixture.history.add("web", {.at = noon + 1s,
                              .from = router::Role::active,
                              .to = router::Role::backup,
                              .reason = Reason::op,
                              .planned = true});
  const Json document = fixture.answer("/v1/history/web");
  CHECK(document.at("group") == "web");
  const Json transitions = document.at("transitions");
  REQUIRE(transitions.size() == 2);
  CHECK(transitions[0] == Json({{"at", "2023-11-14T22:13:20.000Z"},
                                {"from", "backup"},
                                {"to", "active"},
                                {"reason", "no-response"},
                                {"planned", false},
                                {"leader", "eth0.carp.10"},
                                {"detail", "no advert came within the dead time"}}));
  CHECK(transitions[1].at("planned") == true);
}

}  // namespace failover::tests
