// The state machine of RFC 9568 6.4 while nobody is Active here, sentence by sentence; RFC 3768
// says the same of version 2 but where a test says otherwise. What is wrong with a packet is judged
// before: see the tests of vrrp/advert.hpp and of the engine's wire.

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vrrp_scene.hpp"

namespace failover::tests {
namespace {

const Happened nothing{};
constexpr Preempt preempts[] = {Preempt::on, Preempt::off};

Happened becomes_active(Reason reason, int priority = 100) {
  return {to_active(reason), advert(priority), router::ClaimAddresses{}};
}

}  // namespace

// --- 6.1 Parameters ---

TEST_CASE("RFC 9568 6.1: the defaults are priority 100, an interval of 1 s, and preemption") {
  CHECK(vrrp::Election{}.priority.value() == 100);
  CHECK(vrrp::Election{}.interval.value() == 100);
  CHECK(router::Settings{}.preempt == Preempt::on);
}

TEST_CASE("RFC 9568 6.1: the skew is the active's interval, in 256ths, for each step below 256") {
  for (const int priority : {1, 99, 100, 200, 254}) {
    for (const int centiseconds : {1, 25, 100, 4095}) {
      const Duration interval = centiseconds * Duration(10ms);
      Scene scene = Scene::backup(v3(priority, centiseconds));
      CHECK(scene.until_deadline() == down_interval(priority, interval));
      scene.hears(says(0, centiseconds));
      CHECK(scene.until_deadline() == skew_time(priority, interval));
    }
  }
}

TEST_CASE("RFC 9568 6.1: the down interval is three of the active's intervals, and the skew") {
  Scene scene = Scene::backup(v3(100));
  CHECK(scene.until_deadline() == 3'609'375us);
  scene.hears(says(200, 25));
  CHECK(scene.until_deadline() == 902'343'750ns);
  scene.hears(says(200, 4095));
  CHECK(scene.until_deadline() == 147'803'906'250ns);
}

TEST_CASE("RFC 3768 6.1: the skew is in 256ths of a second, whatever the interval") {
  for (const int seconds : {1, 5, 255}) {
    Scene scene = Scene::backup(v2(100, seconds));
    CHECK(scene.until_deadline() == 3 * Duration(1s) * seconds + skew_time(100));
    scene.hears(says(200, 100 * seconds));
    CHECK(scene.until_deadline() == 3 * Duration(1s) * seconds + skew_time(100));
    scene.hears(says(0, 100 * seconds));
    CHECK(scene.until_deadline() == skew_time(100));
  }
}

// --- 6.4.1 Initialize ---

TEST_CASE("RFC 9568 6.4.1: Initialize, Startup, the owner advertises and is active at once") {
  for (const auto& configured : both_versions(255)) {
    Scene scene(configured);
    CHECK(scene.on(router::Ready{{.ipv4 = own, .ipv6 = {}}}) ==
          Happened{router::Transition{Role::initialize, Role::active, Reason::owner}, advert(255),
                   router::ClaimAddresses{}});
    CHECK(scene.until_deadline() == 1s);  // Adver_Timer
    CHECK(scene.on(router::Claimed{}) == Happened{router::Announce{}});
  }
}

TEST_CASE("RFC 9568 6.4.1: Initialize, Startup, any other is a backup for a down interval") {
  for (const int priority : {1, 100, 254}) {
    for (const auto& configured : both_versions(priority)) {
      Scene scene(configured);
      CHECK(scene.on(router::Ready{{.ipv4 = own, .ipv6 = {}}}) ==
            Happened{router::Transition{Role::initialize, Role::backup, Reason::listening}});
      CHECK(scene.until_deadline() == down_interval(priority));
    }
  }
}

TEST_CASE("RFC 9568 6.4.1: Initialize, an advert changes nothing") {
  for (const int priority : {0, 1, 100, 255}) {
    Scene scene(v3(100));
    CHECK(scene.hears(says(priority)) == nothing);
    CHECK(scene.router.role() == Role::initialize);
    CHECK_FALSE(scene.router.deadline());
  }
}

// --- 6.4.2 Backup ---

TEST_CASE("RFC 9568 6.4.2: Backup, the down timer fires: an advert, and active") {
  for (const Preempt preempt : preempts) {
    for (const auto& configured : both_versions(100, preempt)) {
      Scene scene = Scene::backup(configured);
      CHECK(scene.late_by(-1ns) == nothing);
      CHECK(scene.at_deadline() == becomes_active(Reason::no_response));
      CHECK(scene.until_deadline() == 1s);  // Adver_Timer
    }
  }
}

TEST_CASE("RFC 9568 6.4.2: Backup, the down timer fires: announced when the addresses are there") {
  Scene scene = Scene::backup(v3(100));
  for (const router::Effect& effect : scene.at_deadline())
    CHECK_FALSE(std::holds_alternative<router::Announce>(effect));
  CHECK(scene.after(30ms, router::Claimed{}) == Happened{router::Announce{}});
}

TEST_CASE("RFC 9568 6.4.2: Backup, priority 0: active after a skew time") {
  for (const Preempt preempt : preempts) {
    for (const auto& configured : both_versions(100, preempt)) {
      Scene scene = Scene::backup(configured);
      scene.now += 2s;
      scene.hears(says(200), greater);
      scene.now += 700ms;
      CHECK(scene.hears(says(0), greater) == nothing);
      CHECK(scene.until_deadline() == skew_time(100));
      scene.at_deadline();
      CHECK(scene.router.role() == Role::active);
    }
  }
}

TEST_CASE("RFC 9568 6.4.2: Backup, priority 0: the skew time is that of the interval learned") {
  Scene scene = Scene::backup(v3(100, 100));
  scene.hears(says(200, 25), greater);
  scene.hears(says(0, 25), greater);
  CHECK(scene.until_deadline() == skew_time(100, 250ms));
}

// Skew_Time is recomputed when a backup learns an interval, and from a farewell it learns nothing.
TEST_CASE("RFC 9568 6.4.2: Backup, priority 0: a farewell's own interval is not learned") {
  Scene follows = Scene::backup(v3(100, 100));
  follows.hears(says(200, 25), greater);
  follows.hears(says(0, 4095), lesser);
  CHECK(follows.until_deadline() == skew_time(100, 250ms));

  Scene ignores = Scene::backup(v3(200, 100));
  ignores.hears(says(100, 4095), greater);
  ignores.hears(says(0, 4095), greater);
  CHECK(ignores.until_deadline() == skew_time(200, 1s));
}

TEST_CASE("RFC 9568 6.4.2: Backup, priority 0: a better one that claims first is followed") {
  Scene scene = Scene::backup(v3(100));
  scene.hears(says(200), greater);
  scene.hears(says(0), greater);
  scene.now += 300ms;
  CHECK(scene.hears(says(150), lesser) == nothing);
  CHECK(scene.until_deadline() == down_interval(100));
}

TEST_CASE("RFC 9568 6.4.2: Backup, a higher priority sets the down timer anew") {
  for (const Preempt preempt : preempts) {
    for (const auto& configured : both_versions(100, preempt)) {
      Scene scene = Scene::backup(configured);
      scene.now += 3s;
      CHECK(scene.hears(says(101), lesser) == nothing);
      CHECK(scene.until_deadline() == down_interval(100));
      CHECK(scene.router.role() == Role::backup);
    }
  }
}

TEST_CASE("RFC 9568 6.4.2: Backup, an equal priority is followed, from whichever address") {
  for (const auto& configured : both_versions(100)) {
    for (const IpAddress& from : {greater, lesser, own}) {
      Scene scene = Scene::backup(configured);
      scene.now += 3s;
      CHECK(scene.hears(says(100), from) == nothing);
      CHECK(scene.until_deadline() == down_interval(100));
    }
  }
}

TEST_CASE("RFC 9568 6.4.2: Backup, the interval of who is followed is learned") {
  for (const int centiseconds : {1, 30, 100, 4095}) {
    Scene scene = Scene::backup(v3(100, 100));
    scene.hears(says(150, centiseconds), greater);
    CHECK(scene.until_deadline() == down_interval(100, centiseconds * Duration(10ms)));
  }
}

TEST_CASE("RFC 9568 6.4.2: Backup, a lower priority is discarded where preemption is on") {
  for (const auto& configured : both_versions(100)) {
    Scene scene = Scene::backup(configured);
    for (int heard = 0; heard < 3; ++heard) {
      scene.now += 1s;
      CHECK(scene.hears(says(99), greater) == nothing);
    }
    CHECK(scene.until_deadline() == down_interval(100) - 3s);
    CHECK(scene.at_deadline() == becomes_active(Reason::priority));
  }
}

TEST_CASE("RFC 9568 6.4.2: Backup, the interval of who is discarded is not learned") {
  Scene scene = Scene::backup(v3(100, 100));
  scene.hears(says(200, 50), greater);
  scene.now += 100ms;
  scene.hears(says(99, 4095), lesser);
  CHECK(scene.until_deadline() == down_interval(100, 500ms) - 100ms);
}

TEST_CASE("RFC 9568 6.4.2: Backup, a lower priority is followed where preemption is off") {
  for (const auto& configured : both_versions(100, Preempt::off)) {
    Scene scene = Scene::backup(configured);
    scene.now += 3s;
    CHECK(scene.hears(says(1), greater) == nothing);
    CHECK(scene.until_deadline() == down_interval(100));
  }
  Scene learns = Scene::backup(v3(100, 100, Preempt::off));
  learns.hears(says(1, 30), lesser);
  CHECK(learns.until_deadline() == down_interval(100, 300ms));
}

TEST_CASE("RFC 9568 6.4.2: Backup, Shutdown: nothing is sent, and no timer runs") {
  for (const router::Event& shutdown :
       {router::Event{router::Stop{}}, router::Event{router::StopNow{}}}) {
    Scene scene = Scene::backup(v3(100));
    for (const router::Effect& effect : scene.on(shutdown))
      CHECK_FALSE(std::holds_alternative<router::SendAdvert>(effect));
    CHECK(scene.router.role() == Role::initialize);
    CHECK_FALSE(scene.router.deadline());
  }
}

}  // namespace failover::tests
