// VRRP routers through the engine: adverts as they leave, in each family, and what is learned.

#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "tests/unit/agent/fake_engine.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;

// 3 * 1 s and (256 - 100)/256 s.
constexpr Duration down_interval = 3'609'375us;

const std::vector<IpAddress> both_families{ip("192.0.2.1"), ip("fe80::1"), ip("2001:db8::1")};
const std::vector<IpAddress> ipv6_only{ip("fe80::1"), ip("2001:db8::1")};

struct VrrpScene : EngineScene {
  explicit VrrpScene(std::vector<IpAddress> held = {ip("192.0.2.1"), ip("192.0.2.2")},
                     const vrrp::Election& election = {}) {
    use_vrrp(election);
    addresses = std::move(held);
  }
  void start_backup() {
    start_interface();
    add_router();
    turn();
    (void)to_control();
  }
  void hear_vrrp(const VrrpPeerAdvert& advert) {
    hear(vrrp_frame_of(advert));
    turn();
  }
};

vrrp::Advert advert_in(const Datagram& datagram) {
  return vrrp::decode(datagram, vrrp::Version::v3).value().advert;
}

std::vector<IpAddress> addresses_in(const vrrp::Advert& advert) {
  std::vector<IpAddress> all;
  for (std::size_t i = 0; i < advert.count(); ++i) all.push_back(advert.address(i));
  return all;
}

}  // namespace

TEST_CASE("RFC 9568 6.4.2: a backup that hears nobody claims after Active_Down_Interval") {
  VrrpScene scene;
  scene.start_backup();
  CHECK(scene.status().role == router::Role::backup);
  CHECK(scene.engine.next_deadline() == scene.clock.now + down_interval);
  scene.run_for(down_interval);
  CHECK(scene.status().role == router::Role::active);
  CHECK(scene.to_kernel() == Words{"claim 0"});
  CHECK(ways_of(scene.sender.sent) == Words{"192.0.2.11 > 224.0.0.18"});
  scene.run_for(1s);
  CHECK(scene.sender.sent.size() == 2);
  CHECK(scene.status().adverts_sent == 2);
}

TEST_CASE("RFC 9568 5.1.1: an advert over IPv4 goes to 224.0.0.18 with TTL 255, from our MAC") {
  VrrpScene scene;
  scene.start_active();
  scene.run_for(1s);
  REQUIRE(scene.sender.sent.size() == 1);
  const OutgoingAdvert& sent = scene.sender.sent[0];
  CHECK(sent.interface == 2);
  const auto frame = parse_ethernet(sent.content()).value();
  CHECK(frame.destination == advert_group4_mac);
  CHECK(frame.source == own_mac);
  CHECK(frame.type == ethertype_ipv4);
  CHECK(frame.payload[1] == 0xc0);  // network control
  const Datagram datagram = datagram_of(sent);
  CHECK(datagram.ttl == 255);
  CHECK(datagram.protocol == 112);
  const auto advert = advert_in(datagram);
  CHECK(advert.vrid == 20);
  CHECK(advert.rank == vrrp::Rank{.priority = 100, .centiseconds = 100});
  CHECK(addresses_in(advert) == std::vector{ip("192.0.2.1"), ip("192.0.2.2")});
}

TEST_CASE("RFC 9568 5.1.2: an advert over IPv6 goes to ff02::12 with hop limit 255") {
  VrrpScene scene(ipv6_only);
  scene.start_active();
  scene.run_for(1s);
  CHECK(ways_of(scene.sender.sent) == Words{"fe80::11 > ff02::12"});
  const OutgoingAdvert& sent = scene.sender.sent.at(0);
  const auto frame = parse_ethernet(sent.content()).value();
  CHECK(frame.destination == MacAddress{{0x33, 0x33, 0, 0, 0, 0x12}});
  CHECK(frame.source == own_mac);
  CHECK(frame.type == ethertype_ipv6);
  CHECK(((frame.payload[0] & 0x0fU) << 4U | frame.payload[1] >> 4U) == 0xc0);
  const Datagram datagram = datagram_of(sent);
  CHECK(datagram.ttl == 255);
  CHECK(datagram.protocol == 112);
  // A multiple of 16 and 8 bytes: nothing of another family is in it.
  CHECK(datagram.payload.size() == 40);
  CHECK(addresses_in(advert_in(datagram)) == ipv6_only);
}

TEST_CASE("PRODUCT 4: a router of two families advertises in both, in one call") {
  VrrpScene scene(both_families);
  scene.start_active();
  scene.run_for(1s);
  CHECK(ways_of(scene.sender.sent) == Words{"192.0.2.11 > 224.0.0.18", "fe80::11 > ff02::12"});
  CHECK(scene.sender.calls == std::vector<std::size_t>{2});
  CHECK(addresses_in(advert_in(datagram_of(scene.sender.sent[0]))) == std::vector{ip("192.0.2.1")});
  CHECK(addresses_in(advert_in(datagram_of(scene.sender.sent[1]))) == ipv6_only);
  for (const OutgoingAdvert& sent : scene.sender.sent)
    CHECK(vrrp_rank_of(sent) == vrrp::Rank{.priority = 100, .centiseconds = 100});
}

TEST_CASE("PRODUCT 4: a configured source of a family is used in that family alone") {
  VrrpScene scene(both_families);
  SECTION("IPv6") {
    scene.sources.ipv6 = ip("fe80::aa");
    scene.start_active();
    scene.run_for(1s);
    CHECK(ways_of(scene.sender.sent) == Words{"192.0.2.11 > 224.0.0.18", "fe80::aa > ff02::12"});
  }
  SECTION("IPv4") {
    scene.sources.ipv4 = ip("192.0.2.50");
    scene.start_active();
    scene.run_for(1s);
    CHECK(ways_of(scene.sender.sent) == Words{"192.0.2.50 > 224.0.0.18", "fe80::11 > ff02::12"});
  }
}

TEST_CASE("a router of two families waits for an address of each to leave from") {
  VrrpScene scene(both_families);
  scene.link_local.reset();
  scene.start_backup();
  CHECK(scene.status().role == router::Role::initialize);
  CHECK(scene.status().waiting_for == WaitingFor::address);
  scene.link_local = ip("fe80::11");
  SECTION("and for IPv4, too") {
    scene.change_interface(WaitingFor::nothing, 2, std::nullopt);
    scene.turn();
    CHECK(scene.status().waiting_for == WaitingFor::address);
  }
  scene.change_interface(WaitingFor::nothing);
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
}

TEST_CASE("a router of IPv6 alone does not wait for an IPv4 address, nor for a global one") {
  VrrpScene scene(ipv6_only);
  scene.global6.reset();
  scene.mailboxes.kernel_to_engine.post(
      InterfaceAdded{.slot = 0, .status = &scene.published_interface});
  scene.open_capture();
  scene.change_interface(WaitingFor::nothing, 2, std::nullopt);
  scene.add_router();
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
}

TEST_CASE("RFC 9568 6.4.3: who stops says priority 0, in each of its families") {
  VrrpScene scene(both_families);
  scene.start_active();
  scene.mailboxes.control_to_engine.post(RemoveRouterNow{0});
  scene.turn();
  CHECK(ways_of(scene.sender.sent) == Words{"192.0.2.11 > 224.0.0.18", "fe80::11 > ff02::12"});
  for (const OutgoingAdvert& sent : scene.sender.sent) {
    CHECK(vrrp_rank_of(sent).is_farewell());
    CHECK(vrrp_rank_of(sent).centiseconds == 100);
  }
  CHECK(scene.to_kernel() == Words{"release 0", "forget 0"});
}

TEST_CASE("RFC 9568 6.1: a backup counts in the interval that the active says") {
  VrrpScene scene;
  scene.start_backup();
  scene.hear_vrrp({.rank = {.priority = 150, .centiseconds = 500}});
  // 3 * 5 s and (256 - 100)/256 of 5 s.
  CHECK(scene.engine.next_deadline() == scene.clock.now + 18'046'875us);
  CHECK(scene.counted() == "received 1");
  CHECK(scene.status().peers[0].rank ==
        router::Rank(vrrp::Rank{.priority = 150, .centiseconds = 500}));
  scene.hear_vrrp({.rank = {.priority = 150, .centiseconds = 10}});
  CHECK(scene.engine.next_deadline() == scene.clock.now + 360'937'500ns);
}

TEST_CASE("RFC 9568 6.4.2: priority 0 is answered after Skew_Time") {
  VrrpScene scene;
  scene.start_backup();
  scene.hear_vrrp({});
  scene.hear_vrrp({.rank = {.priority = 0, .centiseconds = 100}});
  CHECK(scene.engine.next_deadline() == scene.clock.now + 609'375us);
  CHECK(scene.status().peers[0].leaving);
}

TEST_CASE("RFC 9568 6.4.3: an active yields to a greater priority and answers a lower one") {
  VrrpScene scene;
  scene.start_active();
  scene.run_for(500ms);
  scene.sender.sent.clear();
  scene.hear_vrrp({.rank = {.priority = 99, .centiseconds = 100}});
  CHECK(scene.status().role == router::Role::active);
  CHECK(scene.sender.sent.size() == 1);
  scene.hear_vrrp({.rank = {.priority = 101, .centiseconds = 100}});
  CHECK(scene.status().role == router::Role::backup);
  CHECK(scene.status().reason == Reason::preempted);
}

TEST_CASE("PRODUCT 4: a better advert in either family takes the role in both") {
  VrrpScene scene(both_families);
  scene.start_active();
  SECTION("IPv4") { scene.hear_vrrp({.addresses = {ip("192.0.2.1")}}); }
  SECTION("IPv6") { scene.hear_vrrp({.source = ip("fe80::12"), .addresses = ipv6_only}); }
  CHECK(scene.status().role == router::Role::backup);
  CHECK(scene.status().adverts_received == 1);
}

TEST_CASE("an active that is heard in one of two families only is told as such") {
  VrrpScene scene(both_families);
  scene.start_backup();
  for (int i = 0; i < 5; ++i) {
    scene.hear_vrrp({.source = ip("fe80::12"), .addresses = ipv6_only});
    scene.run_for(1s);
  }
  CHECK(scene.status().role == router::Role::backup);
  CHECK(scene.status().reason == Reason::half_deaf);
  CHECK(scene.to_control() == Words{"role 0 backup half-deaf"});
}

TEST_CASE("RFC 9568 6.4.1: the addresses' owner begins as active") {
  VrrpScene scene({ip("192.0.2.1")}, {.priority = vrrp::Priority::of<255>()});
  scene.start_interface();
  scene.add_router();
  scene.turn();
  CHECK(scene.to_control() == Words{"role 0 active owner"});
  REQUIRE(scene.sender.sent.size() == 1);
  CHECK(vrrp_rank_of(scene.sender.sent[0]).priority == 255);
}

TEST_CASE("RFC 3768 5.3: version 2 says whole seconds and carries its password") {
  VrrpScene scene({ip("192.0.2.1")},
                  {.version = vrrp::Version::v2, .interval = vrrp::Centiseconds::of<200>()});
  scene.vrrp_password = vrrp::password_from(key_of("secret"));
  scene.start_active();
  scene.run_for(2s);
  REQUIRE(scene.sender.sent.size() == 1);
  const auto decoded = vrrp::decode(datagram_of(scene.sender.sent[0]), vrrp::Version::v2);
  REQUIRE(decoded);
  CHECK(decoded->advert.rank == vrrp::Rank{.priority = 100, .centiseconds = 200});
  CHECK(vrrp::password_matches(decoded->advert, scene.vrrp_password));
}

TEST_CASE("PRODUCT 8.1: a VRRP router that was switched over yields, and releases when told") {
  VrrpScene scene(both_families);
  scene.start_active();
  scene.mailboxes.control_to_engine.post(SwitchOverGroup{.id = 0, .operation = 3});
  scene.turn();
  scene.hear_vrrp({.rank = {.priority = 50, .centiseconds = 100}, .addresses = {ip("192.0.2.1")}});
  CHECK(scene.status().yielded);
  scene.hear(arp_of(peer_mac, ip("192.0.2.1")));
  scene.hear(neighbour_of(peer_mac, ip("fe80::1")));
  scene.hear(neighbour_of(peer_mac, ip("2001:db8::1")));
  scene.turn();
  scene.run_for(20ms);
  CHECK(scene.to_kernel() == Words{"release 0 " + peer_mac.text() + " " + peer_mac.text()});
  CHECK(scene.to_control() == Words{"role 0 backup operator", "operation 3 done"});
}

}  // namespace failover::tests
