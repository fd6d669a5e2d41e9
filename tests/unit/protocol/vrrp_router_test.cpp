// What a VRRP router does beyond the RFCs: hand-over, demotion, stalls, new settings. The rules are
// those of CARP's tests; here is where VRRP makes a difference.

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vrrp_scene.hpp"

namespace failover::tests {
namespace {

const Happened nothing{};
const router::ReleaseAddresses unknown{router::Successor::unknown};

Scene leaving(const router::Settings& configured = v3(100)) {
  Scene scene = Scene::settled(configured);
  scene.on(router::SwitchOver{});
  return scene;
}

// A worse one has taken over, and the addresses are let go.
Scene yielded() {
  Scene scene = leaving();
  scene.hears(says(50), greater);
  scene.pass(250ms);
  return scene;
}

std::vector<Duration> adverts_of(const std::vector<Timed>& timeline, const router::Rank& rank) {
  std::vector<Duration> times;
  for (const Timed& each : timeline)
    if (each.effect == router::Effect{router::SendAdvert{rank}}) times.push_back(each.at);
  return times;
}

}  // namespace

// --- Hand-over ---

TEST_CASE("VRRP, PRODUCT 8.1: the farewell is priority 0, and repeated each interval") {
  Scene scene = Scene::settled(v3(200, 50));
  CHECK(scene.on(router::SwitchOver{}) == Happened{advert(0, 50)});
  CHECK(scene.router.role() == Role::active);
  CHECK(scene.pass(2s) == std::vector<Timed>{{500ms, advert(0, 50)},
                                             {1s, advert(0, 50)},
                                             {1500ms, advert(0, 50)},
                                             {2s, advert(0, 50)}});
}

TEST_CASE("VRRP, PRODUCT 8.1: any priority but 0 claims while we leave") {
  for (const int priority : {1, 50, 100, 255}) {
    for (const IpAddress& from : {greater, lesser}) {
      Scene scene = leaving();
      CHECK(scene.hears(says(priority), from) == Happened{to_backup(Reason::op)});
      CHECK(scene.router.yielded());
      scene.pass(250ms);  // the addresses are let go
      CHECK(scene.until_deadline() == down_interval(100) - 250ms);
    }
  }
  Scene scene = leaving();
  CHECK(scene.hears(says(0), greater) == nothing);
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE(
    "VRRP, PRODUCT 8.1: when nobody claims for a down interval and a second, it is taken back") {
  Scene scene = leaving();
  scene.pass(down_interval(100) + 1s - 1ns);
  CHECK(scene.at_deadline() ==
        Happened{router::Transition{Role::active, Role::active, Reason::no_successor}, advert(100),
                 router::ClaimAddresses{}, router::OperationEnded{Outcome::taken_back}});
  CHECK(scene.until_deadline() == 1s);
}

TEST_CASE("VRRP, PRODUCT 8.1: the bound of a hand-over is by our own interval, not a learned one") {
  Scene scene = Scene::backup(v3(100, 100));
  scene.hears(says(200, 25), greater);
  scene.at_deadline();
  scene.on(router::Claimed{});
  scene.pass(10s);
  scene.on(router::SwitchOver{});
  scene.pass(down_interval(100) + 1s - 1ns);
  CHECK(scene.router.reason() == Reason::no_response);
  scene.at_deadline();
  CHECK(scene.router.reason() == Reason::no_successor);
}

TEST_CASE("VRRP, PRODUCT 5: after a switchover a lower priority is followed, not preempted") {
  Scene scene = yielded();
  for (int heard = 0; heard < 10; ++heard) {
    scene.now += 1s;
    CHECK(scene.hears(says(50), greater) == nothing);
  }
  CHECK(scene.until_deadline() == down_interval(100));
  CHECK(scene.router.yielded());
}

TEST_CASE("VRRP, PRODUCT 5: after a switchover it takes over when the peer leaves, or is silent") {
  Scene leaves = yielded();
  leaves.hears(says(0), greater);
  CHECK(leaves.until_deadline() == skew_time(100));
  leaves.at_deadline();
  CHECK(leaves.router.role() == Role::active);
  CHECK_FALSE(leaves.router.yielded());
  Scene dies = yielded();
  CHECK(dies.at_deadline().front() == router::Effect{to_active(Reason::no_response)});
  CHECK_FALSE(dies.router.yielded());
}

TEST_CASE("VRRP, PRODUCT 5: after a release it preempts again, by its running timer") {
  Scene scene = yielded();
  scene.on(router::Unyield{});
  CHECK(scene.hears(says(50), greater) == nothing);
  CHECK(scene.until_deadline() == down_interval(100) - 250ms);
}

TEST_CASE("VRRP: the reason of who takes over after a farewell is that the peer left") {
  Scene scene = Scene::backup(v3(100));
  scene.hears(says(200), greater);
  scene.hears(says(0), greater);
  scene.at_deadline();
  CHECK(scene.router.reason() == Reason::peer_left);
}

TEST_CASE("VRRP: who hears another claim after a farewell, and then nobody, had no response") {
  Scene scene = Scene::backup(v3(100));
  scene.hears(says(200), greater);
  scene.hears(says(0), greater);
  scene.hears(says(150), lesser);
  scene.at_deadline();
  CHECK(scene.router.reason() == Reason::no_response);
}

TEST_CASE("VRRP: an active that the kernel refuses says farewell, and waits a down interval") {
  Scene scene = Scene::claiming(v3(100));
  CHECK(scene.on(router::ClaimRefused{}) ==
        Happened{advert(0), unknown, to_backup(Reason::kernel_refused)});
  CHECK(scene.until_deadline() == down_interval(100));
  scene.hears(says(0), greater);
  CHECK(scene.until_deadline() == down_interval(100));
}

TEST_CASE("VRRP, PRODUCT 8.9: an owner with a foreign address in the way is backup") {
  Scene scene(v3(255));
  scene.on(router::Barred{});
  CHECK(scene.on(router::Ready{{.ipv4 = own, .ipv6 = {}}}) ==
        Happened{router::Transition{Role::initialize, Role::backup, Reason::foreign_address}});
  CHECK_FALSE(scene.router.deadline());
  CHECK(scene.hears(says(0), greater) == nothing);
  CHECK_FALSE(scene.router.deadline());
}

// --- Demotion ---

TEST_CASE("VRRP, PRODUCT 4: a demotion takes from the priority, and is told at once") {
  Scene scene = Scene::settled(v3(100));
  scene.now += 500ms;
  CHECK(scene.on(router::Demote{{.cost = 30, .count = 1}}) == Happened{advert(70)});
  CHECK(scene.until_deadline() == 1s);
  scene.now += 500ms;
  CHECK(scene.on(router::Demote{}) == Happened{advert(100)});
}

TEST_CASE("VRRP, PRODUCT 4: no demotion makes a farewell: the priority stays 1 or more") {
  for (const unsigned cost : {99U, 100U, 240U, 10'000U}) {
    Scene scene = Scene::settled(v3(100));
    CHECK(scene.on(router::Demote{{.cost = cost, .count = 1}}) == Happened{advert(1)});
  }
}

TEST_CASE("VRRP, PRODUCT 4: an owner is not demoted") {
  Scene scene = Scene::settled(v3(255));
  scene.on(router::Demote{{.cost = 240, .count = 1}});
  CHECK(scene.router.rank() == says(255));
  for (int i = 0; i < 3; ++i) scene.on(router::AdvertNotSent{});
  CHECK(scene.router.rank() == says(255));
}

TEST_CASE("VRRP, PRODUCT 4: a demoted active yields to one that was worse before") {
  Scene scene = Scene::settled(v3(200));
  scene.on(router::Demote{{.cost = 150, .count = 1}});
  scene.hears(says(100), lesser);
  CHECK(scene.router.role() == Role::backup);
}

TEST_CASE("VRRP, PRODUCT 4: a demoted backup follows one that it preempted before") {
  Scene scene = Scene::backup(v3(200));
  scene.on(router::Demote{{.cost = 150, .count = 1}});
  scene.now += 1s;
  scene.hears(says(100), lesser);
  CHECK(scene.until_deadline() == down_interval(50));
}

// Or it would claim before those that are better now.
TEST_CASE("VRRP: a backup that is demoted waits longer, at once, and restored no longer") {
  Scene scene = Scene::backup(v3(200));
  scene.hears(says(250, 50), greater);
  scene.now += 500ms;
  CHECK(scene.on(router::Demote{{.cost = 150, .count = 1}}) == nothing);
  CHECK(scene.until_deadline() == down_interval(50, 500ms) - 500ms);
  CHECK(scene.on(router::Demote{}) == nothing);
  CHECK(scene.until_deadline() == down_interval(200, 500ms) - 500ms);
}

TEST_CASE("VRRP: three send errors make the priority as low as it gets, three adverts restore it") {
  Scene scene = Scene::settled(v3(254));
  for (int i = 0; i < 2; ++i) CHECK(scene.on(router::AdvertNotSent{}) == nothing);
  CHECK(scene.on(router::AdvertNotSent{}) == Happened{advert(14)});
  for (int i = 0; i < 2; ++i) CHECK(scene.on(router::AdvertSent{}) == nothing);
  CHECK(scene.on(router::AdvertSent{}) == Happened{advert(254)});
}

// --- Stalls ---

TEST_CASE("VRRP, PRODUCT 8.7: after a stall of a down interval it listens for one interval") {
  Scene scene = Scene::settled(v3(100));
  scene.now += down_interval(100);
  CHECK(scene.on(router::Woken{}) == nothing);
  CHECK(scene.until_deadline() == 1s);
  CHECK(scene.hears(says(0), greater) == nothing);
  CHECK(scene.at_deadline() == Happened{advert(100), router::Announce{}});
}

TEST_CASE("VRRP, PRODUCT 8.7: after a shorter stall it goes on as before") {
  Scene scene = Scene::settled(v3(100));
  scene.now += down_interval(100) - 1ns;
  scene.on(router::Woken{});
  CHECK(scene.on(router::DeadlineReached{}) == Happened{advert(100)});
}

TEST_CASE("VRRP, PRODUCT 8.7: who listens after a stall yields to any priority, without a word") {
  for (const int priority : {1, 100, 255}) {
    Scene scene = Scene::settled(v3(100));
    scene.now += 60s;
    scene.on(router::Woken{});
    CHECK(scene.hears(says(priority), lesser) == Happened{to_backup(Reason::stall)});
    scene.pass(250ms);
    CHECK(scene.until_deadline() == down_interval(100) - 250ms);
  }
}

TEST_CASE("VRRP, PRODUCT 8.7: a backup that slept through its timer listens for one interval") {
  Scene scene = Scene::backup(v3(100));
  scene.hears(says(200), greater);
  scene.now += 60s;
  scene.on(router::Woken{});
  CHECK(scene.until_deadline() == 1s);
  scene.hears(says(0), greater);
  CHECK(scene.until_deadline() == 1s);
  scene.hears(says(200), greater);
  CHECK(scene.until_deadline() == down_interval(100));
}

// --- New settings ---

TEST_CASE("VRRP, PRODUCT 8.5: a backup's new priority moves its running timer by the skew") {
  Scene scene = Scene::backup(v3(100, 100));
  scene.hears(says(250, 50), greater);
  scene.now += 1s;
  CHECK(scene.on(router::Reconfigured{v3(200, 100)}) == nothing);
  CHECK(scene.until_deadline() == down_interval(200, 500ms) - 1s);
}

TEST_CASE("VRRP, PRODUCT 8.5: a backup's new interval counts where none is learned, only there") {
  Scene alone = Scene::backup(v3(100, 100));
  alone.now += 1s;
  alone.on(router::Reconfigured{v3(100, 300)});
  CHECK(alone.until_deadline() == down_interval(100, 3s) - 1s);

  Scene follows = Scene::backup(v3(100, 100));
  follows.hears(says(200, 50), greater);
  follows.on(router::Reconfigured{v3(100, 300)});
  CHECK(follows.until_deadline() == down_interval(100, 500ms));
}

TEST_CASE("VRRP, PRODUCT 8.5: an active's new priority or interval is told at once") {
  Scene scene = Scene::settled(v3(100));
  scene.now += 300ms;
  CHECK(scene.on(router::Reconfigured{v3(150)}) == Happened{advert(150)});
  CHECK(scene.until_deadline() == 1s);
  scene.now += 300ms;
  CHECK(scene.on(router::Reconfigured{v3(150, 20)}) == Happened{advert(150, 20)});
  CHECK(adverts_of(scene.pass(1s), says(150, 20)) ==
        std::vector<Duration>{200ms, 400ms, 600ms, 800ms, 1s});
}

TEST_CASE("VRRP, PRODUCT 8.5: who is made the owner while backup claims by its timer") {
  Scene scene = Scene::backup(v3(100));
  scene.hears(says(200), greater);
  scene.on(router::Reconfigured{v3(255)});
  CHECK(scene.until_deadline() == down_interval(255));
  scene.now += 1s;
  scene.hears(says(200), greater);
  CHECK(scene.until_deadline() == down_interval(255) - 1s);
}

}  // namespace failover::tests
