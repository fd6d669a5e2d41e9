// The engine's half of a router where bytes and bounds count: what leaves, and what is remembered.

#include "agent/engine/virtual_router.hpp"

#include <set>

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

  OutgoingAdvert make() {
    return router.make_advert({.advbase = 1, .advskew = 100, .demote = 2}, 42, own_mac,
                              ip("192.0.2.11"));
  }
  RouterStatus status() {
    router.publish();
    return scene.status(7);
  }
};

std::uint64_t counter_of(const OutgoingAdvert& out) {
  const auto payload = std::span(out.frame).subspan(ethernet_header + ipv4_header);
  return carp::decode(payload).value().counter;
}

}  // namespace

TEST_CASE("CARP 1.1: an advert is byte for byte what the protocol says, headers included") {
  Fixture fixture;
  CHECK(hex(fixture.make().frame) == golden);
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

TEST_CASE("peers are remembered up to limits::peers_per_router, the longest silent one goes") {
  Fixture fixture;
  const auto hear = [&](std::size_t number, Duration at) {
    fixture.router.peer_heard({.vhid = 10, .rank = {}},
                              IpAddress::v4({10, 0, 0, static_cast<std::uint8_t>(number)}),
                              peer_mac, Instant{} + at);
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
