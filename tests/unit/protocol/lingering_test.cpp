// Lingering where the peer's frames or its leaving say more than its announcements: a switch's port
// that has moved with the virtual MAC, and a successor that has left again.

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vrrp_scene.hpp"

namespace failover::tests {
namespace {

const IpAddress own6 = address("fe80::11");
const PerFamily<IpAddress> peer{.ipv4 = address("192.0.2.12"), .ipv6 = address("fe80::12")};
const Happened let_go{router::ReleaseAddresses{router::Successor::unknown},
                      router::OperationEnded{Outcome::done}};

router::Settings in_both(router::Settings settings) {
  settings.speaks = {.ipv4 = true, .ipv6 = true};
  return settings;
}

Scene leaving(const router::Settings& configured) {
  Scene scene(configured);
  scene.on(router::Ready{{.ipv4 = own, .ipv6 = own6}});
  scene.at_deadline();
  scene.on(router::Claimed{});
  for (int i = 0; i < 12; ++i) scene.at_deadline();
  scene.on(router::SwitchOver{});
  return scene;
}

Happened hears_virtual(Scene& scene, const router::Rank& rank, const IpAddress& from) {
  return scene.on(
      router::AdvertHeard{.rank = rank, .source = from, .mac = router::SourceMac::virtual_mac});
}

router::AnnouncementHeard announced_virtual(std::size_t number, Family family) {
  return {.address = number, .mac = router::SourceMac::virtual_mac, .family = family};
}

// Nothing is let go until the router is active again.
void check_keeps_until_active(Scene& scene) {
  for (const Timed& each : scene.pass(2s))
    CHECK_FALSE(std::holds_alternative<router::ReleaseAddresses>(each.effect));
  CHECK(scene.router.role() == Role::active);
}

}  // namespace

TEST_CASE("PRODUCT 8.1: the peer's first advert from the virtual MAC ends the lingering at once") {
  for (const auto& configured : {settings(1, 100), in_both(settings(1, 100))}) {
    Scene scene = leaving(configured);
    hears_virtual(scene, worse, peer.ipv4);
    CHECK(scene.until_deadline() == 0ns);
    CHECK(scene.at_deadline() == let_go);
  }
  Scene scene = leaving(v3(100));
  hears_virtual(scene, says(50), peer.ipv4);
  CHECK(scene.until_deadline() == 0ns);
}

TEST_CASE("PRODUCT 8.1: VRRP has a MAC for each family, so both have to move") {
  for (const Family first : families) {
    Scene scene = leaving(in_both(v3(100)));
    hears_virtual(scene, says(50), peer[first]);
    CHECK(scene.until_deadline() == 250ms);
    scene.now += 3ms;
    hears_virtual(scene, says(50), peer[other(first)]);
    CHECK(scene.until_deadline() == 0ns);
    CHECK(scene.at_deadline() == let_go);
  }
}

TEST_CASE("PRODUCT 8.1: an announcement from the virtual MAC moves the port as well") {
  Scene of_carp = leaving(settings(1, 100));
  of_carp.hears(worse, peer.ipv4);
  of_carp.after(1ms, announced_virtual(0, Family::ipv4));
  CHECK(of_carp.until_deadline() == 0ns);

  router::Settings configured = in_both(v3(100));
  configured.addresses = 3;
  Scene of_vrrp = leaving(configured);
  of_vrrp.hears(says(50), peer.ipv4);
  of_vrrp.after(1ms, announced_virtual(0, Family::ipv4));
  CHECK(of_vrrp.until_deadline() == 250ms);
  of_vrrp.after(1ms, announced_virtual(1, Family::ipv6));
  CHECK(of_vrrp.until_deadline() == 0ns);
}

TEST_CASE("PRODUCT 8.1: later frames from the virtual MAC put nothing off") {
  Scene scene = leaving(settings(1, 100));
  hears_virtual(scene, worse, peer.ipv4);
  scene.now += 5ms;
  hears_virtual(scene, worse, peer.ipv4);
  CHECK(scene.until_deadline() == -5ms);
}

TEST_CASE("PRODUCT 8.1: a farewell from the virtual MAC is nobody's to answer instead") {
  Scene scene = Scene::settled(v3(100));
  scene.hears(says(200), peer.ipv4);
  hears_virtual(scene, says(0), peer.ipv4);
  CHECK(scene.until_deadline() == skew_time(100));
}

TEST_CASE("PRODUCT 8.1: a successor that leaves before it announced is not let go for") {
  Scene scene = Scene::settled(v3(100));
  scene.hears(says(200), greater);
  scene.now += 10ms;
  scene.hears(says(0), greater);
  check_keeps_until_active(scene);
}

TEST_CASE("PRODUCT 8.1: nor one that had announced") {
  Scene scene = Scene::settled(v3(100));
  scene.hears(says(200), greater);
  scene.after(5ms, router::AnnouncementHeard{0});
  scene.now += 5ms;
  scene.hears(says(0), greater);
  check_keeps_until_active(scene);
}

TEST_CASE("PRODUCT 8.1: nor one that leaves while we listen after a stall") {
  Scene scene = Scene::settled(v3(100));
  scene.now += 60s;
  scene.on(router::Woken{});
  scene.hears(says(200), greater);
  scene.now += 10ms;
  scene.hears(says(0), greater);
  check_keeps_until_active(scene);
}

TEST_CASE("PRODUCT 8.1: the next successor announces the addresses anew") {
  Scene scene = Scene::settled(v3(100));
  scene.hears(says(200), greater);
  scene.after(5ms, router::AnnouncementHeard{0});
  scene.now += 5ms;
  scene.hears(says(0), greater);
  scene.now += 10ms;
  scene.hears(says(150), lesser);
  CHECK(scene.until_deadline() == 250ms);
  scene.after(10ms, router::AnnouncementHeard{0});
  CHECK(scene.until_deadline() == 20ms);
}

}  // namespace failover::tests
