// The JSON documents: the fields that scripts rely on (PRODUCT 7), with the right values in them.

#include "agent/control/documents.hpp"

#include <nlohmann/json.hpp>

#include "agent/control/words.hpp"
#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

struct Fixture : ControlScene {
  control::AgentState agent{.node = "lb1", .started = monotonic_now() - 12s};
  RouterStatus status;
  InterfaceStatus interface;

  Fixture() {
    auto settings = carp_settings("eth0", vhid_10, "203.0.113.10/24");
    carp_of(settings).advskew = carp::AdvSkew::of<128>();
    directory.apply(configuration({settings}));
    status.role = router::Role::active;
    status.reason = Reason::no_response;
    status.since = noon;
    status.held = true;
    status.rank = carp::Rank{.advbase = 1, .advskew = 128};
  }
  Json document() {
    directory.routers().front()->status->write(status);
    directory.groups().front()->status->write(group_status_of(status));
    directory.interfaces().front().status->write(interface);
    return Json::parse(control::status_document(agent, view));
  }
  Json group() { return document().at("groups").at(0); }
  Json router() { return group().at("routers").at(0); }
  void hear(Duration ago, bool leaving = false) {
    status.peers[status.peer_count++] = {
        .address = ip("10.0.0.2"),
        .mac = peer_mac,
        .rank = carp::Rank{.advbase = 2, .advskew = 3, .demote = 4},
        .heard = monotonic_now() - ago,
        .heard_at = noon,
        .leaving = leaving};
  }
};

}  // namespace

TEST_CASE("a timestamp is RFC 3339 in UTC with milliseconds, cut and not rounded") {
  CHECK(control::timestamp(noon) == "2023-11-14T22:13:20.000Z");
  CHECK(control::timestamp(noon + 999'999'999ns) == "2023-11-14T22:13:20.999Z");
  CHECK(control::timestamp(RealTime{} - 1ms) == "1969-12-31T23:59:59.999Z");
  CHECK(control::timestamp(RealTime{1'709'164'800s + 7ms}) == "2024-02-29T00:00:00.007Z");
}

TEST_CASE("PRODUCT 7: the status document says who and how the agent is") {
  Fixture fixture;
  const Json document = fixture.document();
  CHECK(document.at("schema") == "failover.status.v1");
  CHECK(document.at("node") == "lb1");
  CHECK(document.at("version").is_string());
  CHECK(document.at("generated_at").get<std::string>().size() == 24);
  CHECK(document.at("uptime_s").get<double>() >= 12);
  CHECK(document.at("healthy") == true);
  CHECK(document.at("problems").empty());
}

TEST_CASE("PRODUCT 7: the status document has every field of a group and its router") {
  Fixture fixture;
  const Json group = fixture.group();
  CHECK(group.at("name") == "eth0.carp.10");
  CHECK(group.at("role") == "active");
  CHECK(group.at("status") == "Up (active)");
  CHECK(group.at("reason") == "no-response");
  CHECK(group.at("since") == "2023-11-14T22:13:20.000Z");
  CHECK(group.at("mode") == "warm");
  CHECK(group.at("demotion") == 0);
  CHECK(group.at("overrides").empty());
  const Json router = group.at("routers").at(0);
  CHECK(router.at("name") == "eth0.carp.10");
  CHECK(router.at("interface") == "eth0");
  CHECK(router.at("protocol") == "carp");
  CHECK(router.at("id") == 10);
  CHECK(router.at("state") == "active");
  CHECK(router.at("waiting_for").is_null());
  CHECK(router.at("addresses") == Json::array({"203.0.113.10/24"}));
  CHECK(router.at("addresses_held") == true);
  CHECK(router.at("peers").empty());
  CHECK(router.at("two_active").is_null());
  CHECK(router.at("rank").at("interval_s") == 1.5);
  CHECK(router.at("rank").at("dead_time_s") == 3.5);
}

TEST_CASE("PRODUCT 7: each counter is the one that was counted") {
  Fixture fixture;
  fixture.status.adverts_sent = 10;
  fixture.status.adverts_received = 20;
  fixture.status.send_errors = 30;
  fixture.status.other_addresses = 40;
  fixture.status.checksum_rfc5798 = 70;
  fixture.status.checksum_rfc9568 = 80;
  fixture.status.replay_suspected = 50;
  fixture.status.unprotected = 60;
  for (std::size_t i = 0; i < rejections; ++i) fixture.status.rejected[i] = 100 + i;
  const Json counters = fixture.router().at("counters");
  CHECK(counters.at("adverts_sent") == 10);
  CHECK(counters.at("adverts_received") == 20);
  CHECK(counters.at("send_errors") == 30);
  CHECK(counters.at("other_addresses") == 40);
  CHECK(counters.at("checksum_rfc5798") == 70);
  CHECK(counters.at("checksum_rfc9568") == 80);
  CHECK(counters.at("replay_suspected") == 50);
  CHECK(counters.at("unprotected") == 60);
  const auto expected = [](Rejection rejection) { return 100 + static_cast<int>(rejection); };
  const Json rejected = counters.at("rejected");
  CHECK(rejected.size() == 11);
  CHECK(rejected.at("ttl") == expected(Rejection::ttl));
  CHECK(rejected.at("version") == expected(Rejection::version));
  CHECK(rejected.at("length") == expected(Rejection::length));
  CHECK(rejected.at("checksum") == expected(Rejection::checksum));
  CHECK(rejected.at("digest") == expected(Rejection::digest));
  CHECK(rejected.at("replay") == expected(Rejection::replay));
  CHECK(rejected.at("own") == expected(Rejection::own));
  CHECK(rejected.at("addresses") == expected(Rejection::addresses));
  CHECK(rejected.at("interval") == expected(Rejection::interval));
  CHECK(rejected.at("authentication") == expected(Rejection::authentication));
  CHECK(rejected.at("peer") == expected(Rejection::peer));
}

TEST_CASE("PRODUCT 7: an interface says its state and counts what belongs to no router") {
  Fixture fixture;
  fixture.interface = {.waiting_for = WaitingFor::nothing,
                       .index = 2,
                       .mac = own_mac,
                       .sources = {.ipv4 = ip("10.0.0.1"), .ipv6 = ip("fe80::1")},
                       .global6 = ip("2001:db8::1"),
                       .id_conflicts = 4,
                       .id_conflict_from = {.address = ip("10.0.0.7"), .mac = peer_mac},
                       .id_in_conflict = 20,
                       .unknown_id = 1,
                       .vlan_tagged = 2,
                       .malformed = 3,
                       .settings_restored = 5};
  const Json interface = fixture.document().at("interfaces").at(0);
  CHECK(interface.at("name") == "eth0");
  CHECK(interface.at("state") == "up");
  CHECK(interface.at("index") == 2);
  CHECK(interface.at("mac") == own_mac.text());
  CHECK(interface.at("source") == "10.0.0.1");
  CHECK(interface.at("source6") == "fe80::1");
  CHECK(interface.at("id_conflict") ==
        Json({{"id", 20}, {"peer", "10.0.0.7"}, {"mac", peer_mac.text()}}));
  CHECK(interface.at("counters") == Json({{"id_conflicts", 4},
                                          {"unknown_id", 1},
                                          {"vlan_tagged", 2},
                                          {"malformed", 3},
                                          {"settings_restored", 5}}));
  const auto state = [&](WaitingFor what) {
    fixture.interface.waiting_for = what;
    return fixture.document().at("interfaces").at(0).at("state").get<std::string>();
  };
  CHECK(state(WaitingFor::interface) == "missing");
  CHECK(state(WaitingFor::link) == "down");
  CHECK(state(WaitingFor::carrier) == "no-carrier");
  fixture.interface.sources = {};
  fixture.interface.id_conflicts = 0;
  const Json without = fixture.document().at("interfaces").at(0);
  CHECK(without.at("source").is_null());
  CHECK(without.at("source6").is_null());
  CHECK(without.at("id_conflict").is_null());
}

TEST_CASE("PRODUCT 6: a role is a group's status, in the words of the glossary") {
  Fixture fixture;
  fixture.status.role = router::Role::backup;
  fixture.status.reason = Reason::listening;
  CHECK(fixture.group().at("status") == "Ready (standby)");
  CHECK(fixture.group().at("role") == "backup");
  CHECK(fixture.document().at("healthy") == true);
  fixture.status.role = router::Role::initialize;
  fixture.status.reason = Reason::element_down;
  fixture.status.waiting_for = WaitingFor::carrier;
  CHECK(fixture.group().at("status") == "Down");
  CHECK(fixture.router().at("waiting_for") == "carrier");
  CHECK(fixture.router().at("healthy") == false);
  CHECK(fixture.document().at("healthy") == false);
}

TEST_CASE("PRODUCT 6: a peer is active, leaving or silent, since it was last heard") {
  Fixture fixture;
  fixture.hear(3s);
  fixture.hear(3600s);
  fixture.hear(1s, true);
  const Json peers = fixture.router().at("peers");
  REQUIRE(peers.size() == 3);
  CHECK(peers[0].at("address") == "10.0.0.2");
  CHECK(peers[0].at("mac") == peer_mac.text());
  CHECK(peers[0].at("state") == "active");
  CHECK(peers[0].at("last_heard_ms").get<std::int64_t>() >= 3000);
  CHECK(peers[0].at("last_heard") == "2023-11-14T22:13:20.000Z");
  CHECK(peers[0].at("advbase") == 2);
  CHECK(peers[0].at("advskew") == 3);
  CHECK(peers[0].at("demote") == 4);
  CHECK(peers[1].at("state") == "silent");
  CHECK(peers[2].at("state") == "leaving");
}

TEST_CASE("PRODUCT 5: a node that has handed over shows the override yielded") {
  Fixture fixture;
  fixture.status.yielded = true;
  const Json overrides = fixture.group().at("overrides");
  REQUIRE(overrides.size() == 1);
  CHECK(overrides[0].at("kind") == "yielded");
  CHECK(overrides[0].at("since") == "2023-11-14T22:13:20.000Z");
}

TEST_CASE("what stands between a router and its work is a problem, and makes it unhealthy") {
  Fixture fixture;
  std::string about;
  SECTION("a wrong password, which names the sender") {
    fixture.status.wrong_digest = {
        .address = ip("10.0.0.9"), .mac = peer_mac, .heard = monotonic_now()};
    about = "10.0.0.9";
  }
  SECTION("somebody else's address") {
    fixture.status.reason = Reason::foreign_address;
    about = "was not put there by";
  }
  SECTION("send errors") {
    fixture.status.demotion = 240;
    about = "demoted by 240";
  }
  const Json router = fixture.router();
  REQUIRE(router.at("problems").size() == 1);
  CHECK(router.at("problems")[0].get<std::string>().find(about) != std::string::npos);
  CHECK(router.at("healthy") == false);
  CHECK(fixture.document().at("healthy") == false);
}

TEST_CASE("a rejection that is long over is no problem any more") {
  Fixture fixture;
  fixture.status.wrong_digest = {
      .address = ip("10.0.0.9"), .mac = peer_mac, .heard = monotonic_now() - 11s};
  CHECK(fixture.router().at("problems").empty());
}

TEST_CASE("PRODUCT 8.3: the status says who removed an address, and what keeps it from that") {
  Fixture fixture;
  CHECK(fixture.router().at("restored").is_null());
  fixture.status.restored = 3;
  fixture.status.restored_last = ip("203.0.113.10");
  fixture.status.restored_at = real_now();
  const auto culprit = [&](std::uint32_t process, std::string_view name) {
    fixture.status.removed_by = {.process = process};
    std::ranges::copy(name, fixture.status.removed_by.name.begin());
    return fixture.router();
  };
  const Json by_ip = culprit(4711, "ip");
  CHECK(by_ip.at("restored").at("count") == 3);
  CHECK(by_ip.at("restored").at("address") == "203.0.113.10");
  CHECK(by_ip.at("restored").at("removed_by") == "ip (4711)");
  const std::string told = by_ip.at("problems").at(0);
  CHECK(told.find("203.0.113.10 was removed by ip (4711)") == 0);
  CHECK(by_ip.at("healthy") == true);
  const std::string networkd = culprit(12, "systemd-network").at("problems").at(0);
  CHECK(networkd.find("KeepConfiguration=yes") != std::string::npos);
  const std::string manager = culprit(13, "NetworkManager").at("problems").at(0);
  CHECK(manager.find("unmanaged-devices") != std::string::npos);
  CHECK(culprit(14, "").at("restored").at("removed_by") == "process 14");
  CHECK(culprit(0, "").at("restored").at("removed_by") == "unknown");
  fixture.status.restored_at = real_now() - 601s;
  CHECK(fixture.router().at("problems").empty());
}

TEST_CASE("PRODUCT 7: a peer's counter is told where somebody looks at it") {
  Fixture fixture;
  for (int i = 0; i < 3; ++i) fixture.hear(1s);
  fixture.status.peers[1].counter = CounterKind::clock;
  fixture.status.peers[2].counter = CounterKind::other;
  const Json router = fixture.router();
  CHECK(router.at("replay_protection") == "monitor");
  CHECK_FALSE(router.at("peers")[0].contains("counter"));
  CHECK(router.at("peers")[1].at("counter") == "clock");
  CHECK(router.at("peers")[2].at("counter") == "other");
  CHECK(router.at("problems").empty());
}

TEST_CASE("PRODUCT 7: who is refused by replay protection is a problem, with the way out") {
  Fixture fixture;
  auto settings = carp_settings("eth0", vhid_10, "203.0.113.10/24");
  carp_of(settings).replay_protection = carp::ReplayProtection::enforce;
  fixture.directory.apply(configuration({settings}));
  fixture.status.rejected[static_cast<std::size_t>(Rejection::replay)] = 7;
  fixture.status.replayed = {.address = ip("10.0.0.2"), .mac = peer_mac, .heard = monotonic_now()};
  const auto problem = [&](carp::Freshness freshness, Duration ahead) {
    fixture.status.replayed_as = {.freshness = freshness, .ahead = ahead};
    const Json problems = fixture.router().at("problems");
    return problems.empty() ? std::string() : problems.at(0).get<std::string>();
  };
  const std::string begin =
      "adverts from 10.0.0.2 (" + peer_mac.text() + ") are refused as replayed: ";
  const auto says = [&](const std::string& text, const std::string& part) {
    return text.starts_with(begin) && text.find(part) != std::string::npos &&
           text.ends_with("; 7 rejected so far");
  };
  CHECK(says(problem(carp::Freshness::stale, -3600s), "3600.0 s behind our clock"));
  CHECK(says(problem(carp::Freshness::stale, 12'340ms), "12.3 s ahead of our clock"));
  CHECK(says(problem(carp::Freshness::stale, 367 * 24 * Duration(3600s)), "are no times"));
  CHECK(says(problem(carp::Freshness::replayed, 0s), "have been heard before"));
  CHECK(fixture.router().at("healthy") == false);
  SECTION("unless it is heard all the same") {
    fixture.hear(1s);
    CHECK(problem(carp::Freshness::replayed, 0s).empty());
  }
  SECTION("or that is over") {
    fixture.status.replayed.heard -= 11s;
    CHECK(problem(carp::Freshness::replayed, 0s).empty());
  }
  SECTION("or nothing is refused any more") {
    carp_of(settings).replay_protection = carp::ReplayProtection::monitor;
    fixture.directory.apply(configuration({settings}));
    CHECK(problem(carp::Freshness::replayed, 0s).empty());
  }
}

TEST_CASE("PRODUCT 8.6: two active nodes are told with evidence, and for a while afterwards") {
  Fixture fixture;
  fixture.status.two_active = 3;
  fixture.status.two_active_at = real_now() - 5s;
  fixture.status.two_active_peer = {
      .address = ip("10.0.0.2"), .mac = peer_mac, .rank = carp::Rank{.advbase = 1, .advskew = 7}};
  Json router = fixture.router();
  const Json two = router.at("two_active");
  CHECK(two.at("count") == 3);
  CHECK(two.at("peer") == "10.0.0.2");
  CHECK(two.at("mac") == peer_mac.text());
  CHECK(two.at("evidence").get<std::string>().find("advskew 7") != std::string::npos);
  CHECK(router.at("problems").size() == 1);
  CHECK(router.at("healthy") == true);
  fixture.status.two_active_at = real_now() - 3600s;
  router = fixture.router();
  CHECK(router.at("problems").empty());
  CHECK(router.at("two_active").at("count") == 3);
}

TEST_CASE("the agent's own trouble is told in the document") {
  Fixture fixture;
  fixture.agent.engine_alive = false;
  fixture.agent.events_lost = 5;
  const Json document = fixture.document();
  CHECK(document.at("healthy") == false);
  CHECK(document.at("problems").size() == 2);
  CHECK(document.at("problems")[1] == "5 events were not logged");
}

}  // namespace failover::tests
