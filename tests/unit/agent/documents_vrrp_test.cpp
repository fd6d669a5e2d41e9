// The status document of VRRP routers: their own fields, and what stands between them and their
// work.

#include <nlohmann/json.hpp>

#include "agent/control/documents.hpp"
#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Json = nlohmann::json;

struct Fixture : ControlScene {
  control::AgentState agent{.node = "lb1", .started = monotonic_now() - 12s};
  config::RouterSettings settings =
      vrrp_settings("eth0", vrid_20, {"192.0.2.1/24", "2001:db8::1/64"});
  RouterStatus status;

  Fixture() {
    vrrp_of(settings).priority = vrrp::Priority::of<150>();
    vrrp_of(settings).interval = vrrp::Centiseconds::of<200>();
    status.role = router::Role::active;
    status.reason = Reason::no_response;
    status.since = noon;
    status.held = true;
    status.rank = vrrp::Rank{.priority = 150, .centiseconds = 200};
  }
  Json document() {
    directory.apply(configuration({settings}));
    directory.routers().front()->status->write(status);
    directory.groups().front()->status->write(group_status_of(status));
    return Json::parse(control::status_document(agent, view));
  }
  Json router() { return document().at("groups").at(0).at("routers").at(0); }
  void hear(const vrrp::Rank& rank, Duration ago, bool leaving = false) {
    status.peers[status.peer_count++] = {.address = ip("fe80::12"),
                                         .mac = peer_mac,
                                         .rank = rank,
                                         .heard = monotonic_now() - ago,
                                         .heard_at = noon,
                                         .leaving = leaving};
  }
  // The only problem that there is.
  std::string problem() {
    const Json router = this->router();
    CHECK(router.at("healthy") == false);
    const Json problems = router.at("problems");
    REQUIRE(problems.size() == 1);
    return problems[0];
  }
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

RejectedFrom just_now() {
  return {.address = ip("10.0.0.9"), .mac = peer_mac, .heard = monotonic_now()};
}

}  // namespace

TEST_CASE("PRODUCT 7: the status document has every field of a VRRP router") {
  Fixture fixture;
  const Json document = fixture.document();
  const Json group = document.at("groups").at(0);
  CHECK(group.at("name") == "eth0.vrrp.20");
  const Json router = group.at("routers").at(0);
  CHECK(router.at("name") == "eth0.vrrp.20");
  CHECK(router.at("interface") == "eth0");
  CHECK(router.at("protocol") == "vrrp");
  CHECK(router.at("id") == 20);
  CHECK(router.at("state") == "active");
  CHECK(router.at("addresses") == Json::array({"192.0.2.1/24", "2001:db8::1/64"}));
  CHECK(router.at("healthy") == true);
  CHECK(router.at("problems").empty());
  CHECK(document.at("healthy") == true);
}

TEST_CASE("PRODUCT 4: a VRRP router's rank is its priority, configured and as advertised") {
  Fixture fixture;
  Json rank = fixture.router().at("rank");
  CHECK(rank.at("priority") == 150);
  CHECK(rank.at("advertised_priority") == 150);
  CHECK(rank.at("interval_s") == 2.0);
  CHECK(rank.at("dead_time_s") == 6.828125);  // 3 * 2 s and (256 - 150)/256 of 2 s
  CHECK_FALSE(rank.contains("advskew"));
  CHECK_FALSE(rank.contains("advbase"));
  fixture.status.rank = vrrp::Rank{.priority = 30, .centiseconds = 200};
  rank = fixture.router().at("rank");
  CHECK(rank.at("priority") == 150);
  CHECK(rank.at("advertised_priority") == 30);
}

TEST_CASE("a VRRP router says whether it takes packets for its addresses, one of CARP does not") {
  Fixture fixture;
  CHECK(fixture.router().at("accept") == true);
  vrrp_of(fixture.settings).accept = false;
  CHECK(fixture.router().at("accept") == false);
  fixture.settings = carp_settings("eth0", vhid_10, "192.0.2.1/24");
  fixture.directory.remove_all_now();
  fixture.directory.gone(0);
  CHECK_FALSE(fixture.router().contains("accept"));
}

TEST_CASE("a VRRP router of which the engine has said nothing yet shows what is configured") {
  Fixture fixture;
  fixture.status = {};
  const Json rank = fixture.router().at("rank");
  CHECK(rank.at("priority") == 150);
  CHECK(rank.at("advertised_priority") == 150);
}

TEST_CASE("PRODUCT 4: the status says how adverts are authenticated, and never the password") {
  Fixture fixture;
  CHECK(fixture.router().at("authentication") == "none");
  vrrp_of(fixture.settings).version = vrrp::Version::v2;
  CHECK(fixture.router().at("authentication") == "none");
  vrrp_of(fixture.settings).password = Secret("gr8wall");
  const Json document = fixture.document();
  const std::string said = document.at("groups").at(0).at("routers").at(0).at("authentication");
  CHECK(said.find("password") == 0);
  CHECK(contains(said, "clear text"));
  CHECK_FALSE(contains(document.dump(), "gr8wall"));
  fixture.settings = carp_settings("eth0", vhid_10, "192.0.2.1/24");
  fixture.directory.remove_all_now();
  fixture.directory.gone(0);
  CHECK(fixture.router().at("authentication") == "hmac-sha1");
}

TEST_CASE("PRODUCT 6: a VRRP peer has its priority and interval, and counts in its own interval") {
  Fixture fixture;
  fixture.hear({.priority = 200, .centiseconds = 500}, 10s);  // silent after 17 s
  fixture.hear({.priority = 200, .centiseconds = 100}, 10s);  // after 3.4 s
  fixture.hear({.priority = 0, .centiseconds = 100}, 1s, true);
  const Json peers = fixture.router().at("peers");
  REQUIRE(peers.size() == 3);
  CHECK(peers[0].at("address") == "fe80::12");
  CHECK(peers[0].at("mac") == peer_mac.text());
  CHECK(peers[0].at("priority") == 200);
  CHECK(peers[0].at("interval_s") == 5.0);
  CHECK(peers[0].at("state") == "active");
  CHECK_FALSE(peers[0].contains("advbase"));
  CHECK(peers[1].at("state") == "silent");
  CHECK(peers[2].at("state") == "leaving");
}

TEST_CASE("RFC 3768 7.1: another interval than ours is a problem that names its sender") {
  Fixture fixture;
  fixture.status.other_interval = just_now();
  const std::string problem = fixture.problem();
  CHECK(contains(problem, "10.0.0.9 (" + peer_mac.text() + ")"));
  CHECK(contains(problem, "another interval than ours"));
  fixture.status.other_interval.heard -= 11s;
  CHECK(fixture.router().at("problems").empty());
}

TEST_CASE("another password than ours is a problem that names its sender and how often") {
  Fixture fixture;
  fixture.status.wrong_digest = just_now();
  fixture.status.rejected[static_cast<std::size_t>(Rejection::authentication)] = 42;
  const std::string problem = fixture.problem();
  CHECK(contains(problem, "10.0.0.9 (" + peer_mac.text() + ")"));
  CHECK(contains(problem, "fail authentication"));
  CHECK(contains(problem, "42 rejected so far"));
}

TEST_CASE("RFC 9568 7.1: other addresses than ours are a problem that names its sender") {
  Fixture fixture;
  fixture.status.other_addresses = 1;
  fixture.status.other_addresses_from = just_now();
  const std::string problem = fixture.problem();
  CHECK(contains(problem, "10.0.0.9 (" + peer_mac.text() + ")"));
  CHECK(contains(problem, "list other addresses than ours"));
  fixture.status.other_addresses_from.heard -= 11s;
  CHECK(fixture.router().at("problems").empty());
}

TEST_CASE("an active that is heard in one of two families only is a problem") {
  Fixture fixture;
  fixture.status.role = router::Role::backup;
  fixture.status.reason = Reason::half_deaf;
  CHECK(contains(fixture.problem(), "in one of IPv4 and IPv6 only"));
  CHECK(fixture.router().at("reason") == "half-deaf");
}

TEST_CASE("PRODUCT 8.6: the evidence of two active nodes is in the protocol's words") {
  Fixture fixture;
  fixture.status.two_active = 1;
  fixture.status.two_active_at = real_now() - 5s;
  fixture.status.two_active_peer = {.address = ip("10.0.0.2"),
                                    .mac = peer_mac,
                                    .rank = vrrp::Rank{.priority = 90, .centiseconds = 150}};
  const std::string evidence = fixture.router().at("two_active").at("evidence");
  CHECK(contains(evidence, "priority 90, interval 1.5 s"));
}

}  // namespace failover::tests
