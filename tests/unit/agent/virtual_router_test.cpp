// The engine's half of a router where bytes and bounds count: what leaves, and what is remembered.

#include "agent/engine/virtual_router.hpp"

#include <set>

#include "protocol/ipv4.hpp"
#include "tests/carp_settings.hpp"
#include "tests/unit/agent/fake_engine.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

// Computed apart from this program, by the rules of CARP: password "secret", VHID 10, addresses
// 192.0.2.1 and 192.0.2.2, counter 1'700'000'000'000'000.
constexpr std::string_view golden =
    "01005e00001202000000001108004510003800004000ff70d927c000020be000"
    "0012210a64070201402400060a24181e40008dd55b1cc22e41a8a897b178170b"
    "bf09a0b218e0";

std::string hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 0xfU];
  }
  return text;
}

struct Fixture {
  EngineScene scene;  // for its setup()
  VirtualRouter router{scene.setup(7, vhid_10), scene.clock};

  InterfaceStatus interface;

  Fixture() {
    interface.index = 42;
    interface.mac = own_mac;
    interface.sources.ipv4 = ip("192.0.2.11");
  }
  OutgoingAdvert make() {
    std::vector<OutgoingAdvert> out;
    router.write_adverts(carp::Rank{.advbase = 1, .advskew = 100, .demote = 2}, interface, out);
    REQUIRE(out.size() == 1);
    CHECK(out[0].interface == 42);
    return out[0];
  }
  bool accept(const Bytes& frame, Instant heard = Instant{} + 1s) {
    const auto datagram = parse_ipv4(std::span(frame).subspan(ethernet_header)).value();
    return router.accept(datagram, peer_mac, interface, heard).has_value();
  }
  RouterStatus status() {
    router.publish();
    return scene.status(7);
  }
};

std::uint64_t counter_of(const OutgoingAdvert& out) {
  return carp::decode(datagram_of(out).payload).value().counter;
}

}  // namespace

TEST_CASE("CARP 1.1: an advert is byte for byte what the protocol says, headers included") {
  Fixture fixture;
  CHECK(hex(fixture.make().content()) == golden);
}

TEST_CASE("CARP 2.5: a counter never comes twice, whatever the real clock does") {
  Fixture fixture;
  std::uint64_t last = 0;
  const Duration steps[] = {0ns, 1us, -3600s, 1ns, 0ns, 3601s, -1us, 500ns, -1'000'000s};
  for (int round = 0; round < 50; ++round)
    for (const Duration step : steps) {
      fixture.scene.clock.real_now += step;
      const std::uint64_t counter = counter_of(fixture.make());
      INFO("round " << round);
      REQUIRE(counter > last);
      last = counter;
    }
}

TEST_CASE("CARP 2.5: a counter goes on where it was when the router gets other settings") {
  Fixture fixture;
  const std::uint64_t before = counter_of(fixture.make());
  fixture.scene.clock.real_now -= 3600s;
  SECTION("another rank") { carp_of(fixture.scene.settings).advskew = carp::AdvSkew::of<50>(); }
  SECTION("another password") { fixture.scene.password = "new"; }
  SECTION("other addresses") { fixture.scene.addresses = {ip("192.0.2.3")}; }
  fixture.router.replace_setup(fixture.scene.setup(7, vhid_10));
  CHECK(counter_of(fixture.make()) == before + 1);
}

TEST_CASE("PRODUCT 7: an advert from before a change of settings is still known as our own") {
  Fixture fixture;
  const OutgoingAdvert own = fixture.make();
  carp_of(fixture.scene.settings).advskew = carp::AdvSkew::of<50>();
  fixture.router.replace_setup(fixture.scene.setup(7, vhid_10));
  CHECK_FALSE(fixture.accept(looped(own)));
  CHECK(fixture.status().rejected[static_cast<std::size_t>(Rejection::own)] == 1);
}

TEST_CASE("PRODUCT 8.5: what a router has counted survives a change of its settings") {
  Fixture fixture;
  fixture.router.count_sent();
  fixture.router.count_send_error();
  REQUIRE(fixture.accept(frame_of({})));
  REQUIRE_FALSE(fixture.accept(frame_of({.password = "other"})));
  fixture.router.replace_setup(fixture.scene.setup(7, vhid_10));
  const RouterStatus status = fixture.status();
  CHECK(status.adverts_sent == 1);
  CHECK(status.send_errors == 1);
  CHECK(status.adverts_received == 1);
  CHECK(status.rejected[static_cast<std::size_t>(Rejection::digest)] == 1);
  CHECK(status.peer_count == 1);
}

TEST_CASE("peers are remembered up to limits::peers_per_router, the longest silent one goes") {
  Fixture fixture;
  const auto hear = [&](std::size_t number, Duration at) {
    const Bytes frame =
        frame_of({.source = IpAddress::v4({10, 0, 0, static_cast<std::uint8_t>(number)})});
    REQUIRE(fixture.accept(frame, Instant{} + at));
  };
  for (std::size_t i = 0; i < limits::peers_per_router; ++i) hear(i, std::chrono::seconds(10 + i));
  hear(0, 100s);
  hear(200, 101s);
  const RouterStatus status = fixture.status();
  REQUIRE(status.peer_count == limits::peers_per_router);
  std::set<std::string> peers;
  for (const PeerStatus& peer : status.peers) peers.insert(peer.address.text());
  CHECK(peers.count("10.0.0.0") == 1);
  CHECK(peers.count("10.0.0.1") == 0);
  CHECK(peers.count("10.0.0.200") == 1);
}

}  // namespace failover::tests
