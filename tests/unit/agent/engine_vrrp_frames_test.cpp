// PRODUCT 7 for VRRP: what is rejected, in which order, and where it is counted; and an id that
// both protocols use.

#include "protocol/bytes.hpp"
#include "protocol/ipv4.hpp"
#include "tests/unit/agent/fake_engine.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

constexpr vrrp::Election version_2{.version = vrrp::Version::v2};
const vrrp::Password secret = *vrrp::password_from(key_of("secret"));
const vrrp::Password other = *vrrp::password_from(key_of("other"));

struct Listener {
  EngineScene scene;
  explicit Listener(const vrrp::Election& election = {},
                    std::optional<vrrp::Password> password = {}) {
    scene.use_vrrp(election);
    scene.vrrp_password = password;
    scene.start_interface();
    scene.add_router();
    scene.turn();
    (void)scene.to_control();
  }
  std::string hear(Bytes frame) {
    scene.hear(std::move(frame));
    scene.turn();
    return scene.counted();
  }
};

// What was rejected changes nothing and says nothing.
std::string counted_of(Bytes frame, const vrrp::Election& election = {},
                       std::optional<vrrp::Password> password = {}) {
  Listener listener(election, password);
  const auto deadline = listener.scene.engine.next_deadline();
  listener.scene.clock.advance(1s);
  const std::string counted = listener.hear(std::move(frame));
  if (listener.scene.status().adverts_received == 0) {
    CHECK(listener.scene.engine.next_deadline() == deadline);
    for (const std::string& told : listener.scene.to_control())
      CHECK(told.rfind("stranger", 0) == 0);
    CHECK(listener.scene.status().peer_count == 0);
  }
  return counted;
}

Bytes with_wrong_checksum(Bytes frame) {
  frame.at(ethernet_header + ipv4_header + 6) ^= 1U;
  return frame;
}

}  // namespace

TEST_CASE("PRODUCT 7: a right VRRP advert is received, whatever padding follows it") {
  CHECK(counted_of(vrrp_frame_of({})) == "received 1");
  Bytes padded = vrrp_frame_of({});
  padded.resize(padded.size() + 10);
  CHECK(counted_of(padded) == "received 1");
}

TEST_CASE("PRODUCT 7: of a VRRP advert length, then TTL, then version, then id, then checksum") {
  const Bytes far = vrrp_frame_of({.rank = {.priority = 1, .centiseconds = 0}, .hop_limit = 254});
  Bytes longer = with_ip_byte(far, 3, 20 + 16 + 1);
  longer.push_back(0);
  CHECK(counted_of(longer) == "length 1");
  CHECK(counted_of(far) == "ttl 1");
  const VrrpPeerAdvert of_version_2{.version = vrrp::Version::v2, .hop_limit = 254};
  CHECK(counted_of(vrrp_frame_of(of_version_2)) == "ttl 1");
  const Bytes old = vrrp_frame_of({.version = vrrp::Version::v2});
  CHECK(counted_of(with_wrong_checksum(old)) == "version 1");
  const Bytes unknown = vrrp_frame_of({.vrid = vrrp::Vrid::of<21>()});
  CHECK(counted_of(with_wrong_checksum(unknown)) == "interface unknown_id 1");
  CHECK(counted_of(with_wrong_checksum(vrrp_frame_of({}))) == "checksum 1");
}

TEST_CASE("RFC 9568 7.1: an advert of version 3 over IPv4 may have either checksum") {
  Bytes frame = vrrp_frame_of({});
  const auto payload = std::span(frame).subspan(ethernet_header + ipv4_header);
  payload[6] = payload[7] = 0;
  const std::uint16_t alone = internet_checksum(payload);
  payload[6] = static_cast<std::uint8_t>(alone >> 8);
  payload[7] = static_cast<std::uint8_t>(alone & 0xff);
  CHECK(counted_of(frame) == "received 1");
  Listener listener;
  (void)listener.hear(frame);
  (void)listener.hear(frame);
  (void)listener.hear(vrrp_frame_of({}));
  CHECK(listener.scene.status().checksum_rfc9568 == 2);
  CHECK(listener.scene.status().checksum_rfc5798 == 1);
}

TEST_CASE("RFC 9568 5.2.7: an interval of 0 is rejected, in version 3 too") {
  CHECK(counted_of(vrrp_frame_of({.rank = {.priority = 150, .centiseconds = 0}})) == "interval 1");
}

TEST_CASE("RFC 3768 7.1: version 2 rejects another interval than ours, and tells whose it is") {
  Listener listener(version_2);
  listener.scene.clock.advance(1s);
  CHECK(listener.hear(vrrp_frame_of({.rank = {.priority = 150, .centiseconds = 200},
                                     .version = vrrp::Version::v2})) == "interval 1");
  const RejectedFrom from = listener.scene.status().other_interval;
  CHECK(from.address == ip("192.0.2.12"));
  CHECK(from.mac == peer_mac);
  CHECK(from.heard == listener.scene.clock.now);
  CHECK(listener.scene.status().wrong_digest.heard == Instant{});
  CHECK(listener.scene.to_control().empty());
}

TEST_CASE("RFC 2338 5.3.6: version 2 rejects another password than ours, and tells whose it is") {
  Listener listener(version_2, secret);
  listener.scene.clock.advance(1s);
  CHECK(listener.hear(vrrp_frame_of({.version = vrrp::Version::v2, .password = other})) ==
        "authentication 1");
  const RejectedFrom from = listener.scene.status().wrong_digest;
  CHECK(from.address == ip("192.0.2.12"));
  CHECK(from.mac == peer_mac);
  CHECK(from.heard == listener.scene.clock.now);
  CHECK(listener.scene.status().other_interval.heard == Instant{});
  CHECK(listener.hear(vrrp_frame_of({.version = vrrp::Version::v2, .password = secret})) ==
        "authentication 1, received 1");
}

TEST_CASE("RFC 2338 5.3.6: version 2 rejects a password where we have none, and the reverse") {
  const VrrpPeerAdvert with{.version = vrrp::Version::v2, .password = secret};
  const VrrpPeerAdvert without{.version = vrrp::Version::v2};
  CHECK(counted_of(vrrp_frame_of(with), version_2) == "authentication 1");
  CHECK(counted_of(vrrp_frame_of(without), version_2, secret) == "authentication 1");
  CHECK(counted_of(vrrp_frame_of(without), version_2) == "received 1");
}

TEST_CASE("PRODUCT 7: who has neither our password nor our interval is told about the password") {
  const VrrpPeerAdvert both{.rank = {.priority = 150, .centiseconds = 200},
                            .version = vrrp::Version::v2,
                            .password = other};
  CHECK(counted_of(vrrp_frame_of(both), version_2, secret) == "authentication 1");
}

TEST_CASE("RFC 9568 7.1: other addresses than ours are counted with their sender, and accepted") {
  Listener listener;
  SECTION("fewer") { listener.hear(vrrp_frame_of({.addresses = {ip("192.0.2.1")}})); }
  SECTION("as many") {
    listener.hear(vrrp_frame_of({.addresses = {ip("192.0.2.1"), ip("192.0.2.9")}}));
  }
  SECTION("more") {
    listener.hear(
        vrrp_frame_of({.addresses = {ip("192.0.2.1"), ip("192.0.2.2"), ip("192.0.2.3")}}));
  }
  CHECK(listener.scene.counted() == "other_addresses 1, received 1");
  const RejectedFrom from = listener.scene.status().other_addresses_from;
  CHECK(from.address == ip("192.0.2.12"));
  CHECK(from.mac == peer_mac);
  CHECK(listener.scene.status().peer_count == 1);
}

TEST_CASE("RFC 9568 7.1: the order in which a peer lists the addresses is no difference") {
  CHECK(counted_of(vrrp_frame_of({.addresses = {ip("192.0.2.2"), ip("192.0.2.1")}})) ==
        "received 1");
}

TEST_CASE("PRODUCT 7: our own VRRP advert, looped back, is counted as own in both families") {
  EngineScene scene;
  scene.use_vrrp({});
  scene.addresses = {ip("192.0.2.1"), ip("fe80::1")};
  scene.start_active();
  scene.run_for(1s);
  REQUIRE(scene.sender.sent.size() == 2);
  for (const OutgoingAdvert& own : scene.sender.sent) scene.hear(looped(own));
  scene.turn();
  CHECK(scene.counted() == "own 2");
  CHECK(scene.status().role == router::Role::active);
}

TEST_CASE("PRODUCT 7: an advert of a family that the router has no addresses of is an unknown id") {
  CHECK(counted_of(vrrp_frame_of({.source = ip("fe80::12"), .addresses = {ip("fe80::1")}})) ==
        "interface unknown_id 1");
}

TEST_CASE("PRODUCT 7: an IPv6 header that is none is malformed, another protocol nobody's") {
  const Bytes right = vrrp_frame_of({.source = ip("fe80::12"), .addresses = {ip("fe80::1")}});
  Bytes cut = right;
  cut.pop_back();
  CHECK(counted_of(cut) == "interface malformed 1");
  Bytes version = right;
  version.at(ethernet_header) = 0x40;
  CHECK(counted_of(version) == "interface malformed 1");
  Bytes extension = right;
  extension.at(ethernet_header + 6) = 0;  // a hop-by-hop header would follow
  CHECK(counted_of(extension).empty());
}

TEST_CASE("every truncation of a right VRRP advert over IPv6 is malformed") {
  const Bytes whole = vrrp_frame_of({.source = ip("fe80::12"), .addresses = {ip("fe80::1")}});
  Listener listener;
  for (std::size_t size = 0; size < whole.size(); ++size)
    listener.hear(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
  CHECK(listener.scene.counted() == "interface malformed " + std::to_string(whole.size()));
}

TEST_CASE("PRODUCT 8.8: hop limit and checksum are asked for over IPv6 as well") {
  EngineScene scene;
  scene.use_vrrp({});
  scene.addresses = {ip("fe80::1")};
  scene.start_interface();
  scene.add_router();
  scene.turn();
  const VrrpPeerAdvert right{.source = ip("fe80::12"), .addresses = {ip("fe80::1")}};
  VrrpPeerAdvert far = right;
  far.hop_limit = 254;
  scene.hear(vrrp_frame_of(far));
  Bytes flipped = vrrp_frame_of(right);
  flipped.back() ^= 1U;
  scene.hear(flipped);
  scene.hear(vrrp_frame_of(right));
  scene.turn();
  CHECK(scene.counted() == "ttl 1, checksum 1, received 1");
}

TEST_CASE("PRODUCT 4: VRRP with the id of a CARP router is judged there, and told as a conflict") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router(0, vhid_10);
  scene.turn();
  (void)scene.to_control();
  scene.clock.advance(1s);
  scene.hear(vrrp_frame_of({.vrid = vrrp::Vrid::of<10>()}));
  scene.turn();
  CHECK(scene.counted() == "length 1, interface id_conflicts 1");
  const InterfaceStatus interface = scene.interface();
  CHECK(interface.id_in_conflict == 10);
  CHECK(interface.id_conflict_from.address == ip("192.0.2.12"));
  CHECK(interface.id_conflict_from.mac == peer_mac);
  CHECK(interface.id_conflict_from.heard == scene.clock.now);
  CHECK(scene.to_control() ==
        std::vector<std::string>{"stranger 0 other-protocol 192.0.2.12 " + peer_mac.text()});
}

TEST_CASE("PRODUCT 4: CARP with the id of a VRRP router is judged there, and told as a conflict") {
  Listener listener;
  CHECK(listener.hear(frame_of({.vhid = carp::Vhid::of<20>()})) ==
        "length 1, interface id_conflicts 1");
  CHECK(listener.scene.interface().id_in_conflict == 20);
}

TEST_CASE("with mac = interface both protocols may have one id: each gets its own adverts") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router(0, vhid_10);
  scene.use_vrrp({});
  scene.add_router(1, vrrp::Vrid::of<10>());
  scene.turn();
  scene.hear(frame_of({.rank = {.advbase = 1, .advskew = 7}}));
  scene.hear(vrrp_frame_of({.vrid = vrrp::Vrid::of<10>()}));
  scene.turn();
  CHECK(scene.counted(0) == "received 1");
  CHECK(scene.counted(1) == "received 1");
  CHECK(scene.status(0).peers[0].rank == router::Rank(carp::Rank{.advbase = 1, .advskew = 7}));
  CHECK(scene.status(1).peers[0].rank ==
        router::Rank(vrrp::Rank{.priority = 150, .centiseconds = 100}));
}

TEST_CASE("with both protocols on one id, removing one router leaves the other's adverts alone") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router(0, vhid_10);
  scene.use_vrrp({});
  scene.add_router(1, vrrp::Vrid::of<10>());
  scene.turn();
  scene.mailboxes.control_to_engine.post(RemoveRouterNow{0});
  scene.turn();
  scene.hear(vrrp_frame_of({.vrid = vrrp::Vrid::of<10>()}));
  scene.turn();
  CHECK(scene.counted(1) == "received 1");
}

}  // namespace failover::tests
