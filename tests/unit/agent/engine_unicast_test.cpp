// PRODUCT 4: unicast peers instead of the group: what leaves, from where, and who is listened to.

#include "tests/unit/agent/fake_engine.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;

const IpAddress near = ip("192.0.2.12");
const IpAddress far = ip("198.51.100.12");

// A backup with two peers over IPv4.
struct Listener {
  EngineScene scene;
  explicit Listener(std::uint8_t least_ttl = 0) {
    scene.use_vrrp({});
    scene.least_ttl = least_ttl;
    scene.peers = {near, far};
    scene.start_interface();
    scene.add_router();
    scene.turn();
    (void)scene.to_control();
  }
  std::string hear(const VrrpPeerAdvert& advert) {
    scene.hear(vrrp_frame_of(advert));
    scene.turn();
    return scene.counted();
  }
};

struct Ipv6Scene : EngineScene {
  explicit Ipv6Scene(std::vector<IpAddress> to) {
    use_vrrp({});
    addresses = {ip("2001:db8::1")};
    peers = std::move(to);
  }
  Words ways() {
    start_active();
    run_for(1s);
    return ways_of(sender.sent);
  }
};

}  // namespace

TEST_CASE("PRODUCT 4: each peer gets an advert of its own, without headers of ours") {
  EngineScene scene;
  scene.peers = {near, far};
  SECTION("CARP") {
    scene.start_active();
    scene.run_for(1s);
    REQUIRE(scene.sender.sent.size() == 2);
    const auto right = authenticator("secret", vhid_10, scene.addresses);
    for (const OutgoingAdvert& sent : scene.sender.sent) {
      CHECK(sent.content().size() == carp::advert_bytes);
      CHECK(right.matches(carp::decode(sent.content()).value()));
      CHECK(sent.type_of_service == 0x10);
    }
  }
  SECTION("VRRP") {
    scene.use_vrrp({});
    scene.start_active();
    scene.run_for(1s);
    REQUIRE(scene.sender.sent.size() == 2);
    for (const OutgoingAdvert& sent : scene.sender.sent) {
      // The pseudo-header has the peer's address, not the group's.
      const auto decoded = vrrp::decode(datagram_of(sent), vrrp::Version::v3);
      REQUIRE(decoded);
      CHECK(decoded->covered == vrrp::Covered::pseudo_header);
      CHECK(decoded->advert.rank == vrrp::Rank{.priority = 100, .centiseconds = 100});
      CHECK(sent.type_of_service == 0xc0);
    }
  }
  CHECK(ways_of(scene.sender.sent) ==
        Words{"192.0.2.11 > 192.0.2.12", "192.0.2.11 > 198.51.100.12"});
  for (const OutgoingAdvert& sent : scene.sender.sent) {
    CHECK(sent.is_routed());
    CHECK(sent.interface == 2);
  }
  CHECK(scene.sender.calls == std::vector<std::size_t>{2});
}

TEST_CASE("PRODUCT 8.1: each peer gets the farewell") {
  EngineScene scene;
  scene.use_vrrp({});
  scene.peers = {near, far};
  scene.start_active();
  scene.mailboxes.control_to_engine.post(RemoveRouterNow{0});
  scene.turn();
  REQUIRE(scene.sender.sent.size() == 2);
  for (const OutgoingAdvert& sent : scene.sender.sent) CHECK(vrrp_rank_of(sent).is_farewell());
}

TEST_CASE("PRODUCT 4: in each family the peers of that family get the adverts") {
  EngineScene scene;
  scene.use_vrrp({});
  scene.addresses = {ip("192.0.2.1"), ip("fe80::1")};
  scene.peers = {ip("fe80::12"), near};
  scene.start_active();
  scene.run_for(1s);
  CHECK(ways_of(scene.sender.sent) == Words{"192.0.2.11 > 192.0.2.12", "fe80::11 > fe80::12"});
}

TEST_CASE("PRODUCT 4: link-local peers hear our link-local address, others our global one") {
  SECTION("on the link") {
    Ipv6Scene scene({ip("fe80::12")});
    CHECK(scene.ways() == Words{"fe80::11 > fe80::12"});
  }
  SECTION("off the link") {
    Ipv6Scene scene({ip("2001:db8:1::12")});
    CHECK(scene.ways() == Words{"2001:db8::11 > 2001:db8:1::12"});
  }
  SECTION("of both kinds, one source that all can know us by") {
    Ipv6Scene scene({ip("fe80::12"), ip("2001:db8:1::12")});
    CHECK(scene.ways() == Words{"2001:db8::11 > fe80::12", "2001:db8::11 > 2001:db8:1::12"});
  }
  SECTION("unless a source is configured") {
    Ipv6Scene scene({ip("fe80::12"), ip("2001:db8:1::12")});
    scene.sources.ipv6 = ip("2001:db8::50");
    CHECK(scene.ways() == Words{"2001:db8::50 > fe80::12", "2001:db8::50 > 2001:db8:1::12"});
  }
}

TEST_CASE("PRODUCT 4: a router with peers off the link waits for a global address") {
  Ipv6Scene scene({ip("2001:db8:1::12")});
  scene.global6.reset();
  scene.start_interface();
  scene.add_router();
  scene.turn();
  CHECK(scene.status().waiting_for == WaitingFor::address);
  scene.global6 = ip("2001:db8::11");
  scene.change_interface(WaitingFor::nothing);
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
}

TEST_CASE("PRODUCT 4: a peer is listened to whatever its TTL, which a route may have lowered") {
  Listener listener;
  CHECK(listener.hear({.source = far, .destination = ip("192.0.2.11"), .hop_limit = 62}) ==
        "received 1");
  CHECK(listener.scene.status().peers[0].address == far);
}

TEST_CASE("RFC 5082 3: with max_hops an advert that has passed more routers is not listened to") {
  Listener listener(253);
  CHECK(listener.hear({.source = near, .destination = ip("192.0.2.11"), .hop_limit = 253}) ==
        "received 1");
  CHECK(listener.hear({.source = near, .destination = ip("192.0.2.11"), .hop_limit = 252}) ==
        "ttl 1, received 1");
}

TEST_CASE("PRODUCT 8.8: who is no peer, or advertises to the group, is not listened to") {
  Listener listener;
  const auto deadline = listener.scene.engine.next_deadline();
  listener.scene.clock.advance(1s);
  SECTION("a stranger") {
    CHECK(listener.hear({.source = ip("192.0.2.66"), .destination = ip("192.0.2.11")}) == "peer 1");
  }
  SECTION("a peer, by multicast") { CHECK(listener.hear({.source = near}) == "peer 1"); }
  SECTION("a stranger, by multicast") {
    CHECK(listener.hear({.source = ip("192.0.2.66")}) == "peer 1");
  }
  CHECK(listener.scene.engine.next_deadline() == deadline);
  CHECK(listener.scene.status().peer_count == 0);
  CHECK(listener.scene.to_control().empty());
}

TEST_CASE("PRODUCT 8.8: a router without peers does not listen to unicast") {
  EngineScene scene;
  SECTION("VRRP") {
    scene.use_vrrp({});
    scene.start_interface();
    scene.add_router();
    scene.hear(vrrp_frame_of({.destination = ip("192.0.2.11")}));
  }
  SECTION("CARP") {
    scene.start_interface();
    scene.add_router();
    scene.hear(frame_of({.destination = ip("192.0.2.11")}));
  }
  scene.turn();
  scene.turn();
  CHECK(scene.counted() == "peer 1");
}

TEST_CASE("PRODUCT 4: a CARP router with peers is as strict about who they are") {
  EngineScene scene;
  scene.peers = {near};
  scene.start_interface();
  scene.add_router();
  scene.turn();
  scene.hear(frame_of({.source = near, .destination = ip("192.0.2.11")}));
  scene.hear(frame_of({.source = far, .destination = ip("192.0.2.11")}));
  scene.hear(frame_of({.source = near}));
  scene.turn();
  CHECK(scene.counted() == "peer 2, received 1");
}

TEST_CASE("PRODUCT 8.5: peers that are added or taken away are in force at once") {
  EngineScene scene;
  scene.use_vrrp({});
  scene.peers = {near};
  scene.start_active();
  scene.peers = {far};
  scene.mailboxes.kernel_to_engine.post(RouterChanged{scene.setup(0, vrid_20)});
  scene.turn();
  scene.run_for(1s);
  CHECK(ways_of(scene.sender.sent) == Words{"192.0.2.11 > 198.51.100.12"});
  scene.hear(vrrp_frame_of({.source = near, .destination = ip("192.0.2.11")}));
  scene.turn();
  CHECK(scene.rejected(Rejection::peer) == 1);
  CHECK(scene.status().role == router::Role::active);
}

}  // namespace failover::tests
