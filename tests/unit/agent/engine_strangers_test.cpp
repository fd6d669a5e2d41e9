// Other machines that have something of ours: an address, or the id.

#include "tests/unit/agent/fake_engine.hpp"
#include "tests/unit/agent/peer_frames.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;

const MacAddress stranger{{0x02, 0, 0, 0, 0, 0x77}};
const std::string in_collision = "stranger 0 has-address 192.0.2.2 02:00:00:00:00:77";
// Three adverts of 1 s, and the second on top.
constexpr Duration bound = 4s;

// An active whose peer was active before it, and has gone.
struct Alone {
  EngineScene scene;
  Alone() {
    scene.start_interface();
    scene.add_router();
    scene.hear(frame_of({}));
    scene.turn();
    scene.run_for(3s + 10ms);
    scene.mailboxes.kernel_to_engine.post(RouterClaimed{0});
    scene.turn();
    forget();
  }
  void forget() {
    (void)scene.to_kernel();
    (void)scene.to_control();
  }
  void answer(MacAddress mac) {
    scene.hear(arp_of(mac, ip("192.0.2.2")));
    scene.turn();
  }
  // How often it has asked since the last forget().
  [[nodiscard]] std::ptrdiff_t asked() {
    const Words told = scene.to_kernel();
    return std::ranges::count(told, "probe 0");
  }
};

}  // namespace

TEST_CASE("PRODUCT 6: who is active asks once for others, when every hand-over is over") {
  Alone alone;
  alone.scene.run_for(bound - 1ms);
  CHECK(alone.asked() == 0);
  alone.scene.run_for(1ms);
  CHECK(alone.asked() == 1);
  alone.scene.run_for(600s);
  CHECK(alone.asked() == 0);
  CHECK(alone.scene.to_control().empty());
  CHECK(alone.scene.status().collisions == 0);
}

TEST_CASE("PRODUCT 6: a stranger that answers has the address too, and the address is kept") {
  Alone alone;
  alone.scene.run_for(bound);
  alone.forget();
  alone.answer(stranger);
  CHECK(alone.scene.to_control() == Words{in_collision});
  CHECK(alone.scene.to_kernel().empty());
  const RouterStatus status = alone.scene.status();
  CHECK(status.collisions == 1);
  CHECK(status.collision_from.address == ip("192.0.2.2"));
  CHECK(status.collision_from.mac == stranger);
  CHECK(status.role == router::Role::active);
  CHECK(status.held);
}

TEST_CASE("PRODUCT 6: a collision is asked about again until nobody answers any more") {
  Alone alone;
  alone.scene.run_for(bound);
  alone.answer(stranger);
  alone.forget();
  alone.scene.run_for(limits::collision_recheck);
  CHECK(alone.asked() == 1);
  alone.answer(stranger);
  CHECK(alone.scene.status().collisions == 2);
  CHECK(alone.scene.to_control() == Words{in_collision});
  alone.scene.run_for(limits::collision_recheck);
  CHECK(alone.asked() == 1);
  alone.scene.run_for(600s);
  CHECK(alone.asked() == 0);
}

TEST_CASE("PRODUCT 6: each answer counts, and the log says it once") {
  Alone alone;
  alone.scene.run_for(bound);
  alone.forget();
  for (int i = 0; i < 3; ++i) alone.answer(stranger);
  CHECK(alone.scene.status().collisions == 3);
  CHECK(alone.scene.to_control() == Words{in_collision});
}

TEST_CASE("PRODUCT 6: who may still answer is no collision") {
  Alone alone;
  SECTION("anybody before the bound") { alone.answer(stranger); }
  SECTION("the last active, whose hand-over may be longer than ours") {
    alone.scene.run_for(bound);
    alone.answer(peer_mac);
  }
  SECTION("ourselves") {
    alone.scene.run_for(bound);
    alone.answer(own_mac);
  }
  SECTION("somebody who claims an address of nobody's") {
    alone.scene.run_for(bound);
    alone.scene.hear(arp_of(stranger, ip("192.0.2.99")));
    alone.scene.turn();
  }
  CHECK(alone.scene.status().collisions == 0);
  CHECK(alone.scene.to_control().empty());
}

TEST_CASE("PRODUCT 6: who claims an address unasked is asked when it could have taken over") {
  Alone alone;
  alone.scene.run_for(bound + 10s);
  alone.forget();
  alone.answer(stranger);
  CHECK(alone.scene.status().collisions == 0);
  alone.scene.run_for(bound - 1ms);
  CHECK(alone.asked() == 0);
  alone.scene.run_for(1ms);
  CHECK(alone.asked() == 1);
  alone.answer(stranger);
  CHECK(alone.scene.status().collisions == 1);
}

TEST_CASE("PRODUCT 6: a node that has let go asks nobody and hears of no collision") {
  Alone alone;
  alone.scene.hear(frame_of({.rank = {.advbase = 0, .advskew = 1}}));
  alone.scene.turn();
  alone.scene.hear(arp_of(peer_mac, ip("192.0.2.1")));
  alone.scene.hear(arp_of(peer_mac, ip("192.0.2.2")));
  alone.scene.turn();
  for (int i = 0; i < 100; ++i) {
    alone.scene.run_for(100ms);
    alone.scene.hear(frame_of({.rank = {.advbase = 0, .advskew = 1}}));
    alone.scene.turn();
  }
  CHECK(alone.asked() == 0);
  alone.answer(stranger);
  CHECK(alone.scene.status().collisions == 0);
}

TEST_CASE("PRODUCT 6: over IPv6 a defender is heard by its advertisement") {
  EngineScene scene;
  scene.addresses = {ip("2001:db8::1")};
  scene.settings.speaks = {.ipv4 = false, .ipv6 = true};
  scene.start_active();
  scene.run_for(bound);
  (void)scene.to_control();
  scene.hear(neighbour_of(stranger, ip("2001:db8::1")));
  scene.turn();
  CHECK(scene.status().collisions == 1);
  CHECK(scene.to_control() == Words{"stranger 0 has-address 2001:db8::1 02:00:00:00:00:77"});
}

TEST_CASE("PRODUCT 4: another cluster with our id is told once a minute, and counted always") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router();
  scene.turn();
  (void)scene.to_control();
  const std::string told = "stranger 0 other-key 192.0.2.12 " + peer_mac.text();
  const auto hear = [&] {
    scene.hear(frame_of({.password = "other"}));
    scene.turn();
  };
  hear();
  CHECK(scene.to_control() == Words{told});
  scene.clock.advance(limits::report_spacing - 1ms);
  hear();
  CHECK(std::ranges::count(scene.to_control(), told) == 0);
  scene.clock.advance(1ms);
  hear();
  CHECK(std::ranges::count(scene.to_control(), told) == 1);
  CHECK(scene.counted() == "digest 3");
}

}  // namespace failover::tests
