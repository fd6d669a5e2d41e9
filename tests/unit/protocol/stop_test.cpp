// Stopping from every state (PRODUCT: 8.1; 5, "only stop lets go when nobody answers").

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/scene.hpp"

namespace failover::tests {
namespace {

const Happened nothing{};
const Duration bound = 3s + 100 * carp::skew_unit + 1s;
const router::ReleaseAddresses unknown{router::Successor::unknown};
const router::ReleaseAddresses announced{router::Successor::announced};
const router::Stopped stopped{};

router::Transition stops(Role from) {
  return {.from = from, .to = Role::initialize, .reason = Reason::stopping};
}

Scene stopping() {
  Scene scene = Scene::settled();
  scene.on(router::Stop{});
  return scene;
}

void check_is_over(Scene& scene) {
  CHECK_FALSE(scene.router.deadline());
  CHECK(scene.router.role() == Role::initialize);
  CHECK(scene.on(router::Ready{{.ipv4 = own, .ipv6 = {}}}) == nothing);
  CHECK(scene.hears(worse) == nothing);
  CHECK(scene.on(router::Stop{}) == nothing);
  CHECK_FALSE(scene.router.deadline());
}

}  // namespace

TEST_CASE("PRODUCT 8.1: stopping says farewell and goes on answering") {
  Scene scene = Scene::settled();
  CHECK(scene.on(router::Stop{}) == Happened{farewell});
  CHECK(scene.router.role() == Role::active);
  CHECK(scene.on(router::Stop{}) == nothing);
}

TEST_CASE("PRODUCT 8.1: a stop lets go when the peer has announced") {
  Scene scene = stopping();
  CHECK(scene.hears(worse) == Happened{stops(Role::active)});
  scene.after(5ms, router::AnnouncementHeard{0});
  CHECK(scene.until_deadline() == 20ms);
  CHECK(scene.at_deadline() == Happened{announced, stopped});
  check_is_over(scene);
}

TEST_CASE("PRODUCT 8.1: a stop lets go 250 ms after the peer's advert without announcement") {
  Scene scene = stopping();
  scene.hears(worse);
  CHECK(scene.until_deadline() == 250ms);
  CHECK(scene.at_deadline() == Happened{unknown, stopped});
  check_is_over(scene);
}

TEST_CASE("PRODUCT 5: a stop lets go when nobody answers within the bound") {
  Scene scene = stopping();
  scene.pass(bound - 1ns);
  CHECK(scene.at_deadline() == Happened{stops(Role::active), unknown, stopped});
  check_is_over(scene);
}

TEST_CASE("a backup stops at once") {
  Scene scene = Scene::backup();
  CHECK(scene.on(router::Stop{}) == Happened{stops(Role::backup), unknown, stopped});
  check_is_over(scene);
}

TEST_CASE("a backup that still answers stops when it lets go") {
  Scene scene = Scene::settled();
  scene.hears(better);
  CHECK(scene.on(router::Stop{}) == Happened{stops(Role::backup)});
  CHECK(scene.at_deadline() == Happened{unknown, stopped});
  check_is_over(scene);
}

TEST_CASE("a router that waits for its interface stops at once") {
  Scene scene;
  CHECK(scene.on(router::Stop{}) == Happened{unknown, stopped});
  check_is_over(scene);
}

TEST_CASE("a stop during a switchover: the operation ends before the router has stopped") {
  Scene claimed = Scene::settled();
  claimed.on(router::SwitchOver{});
  claimed.hears(worse);
  CHECK(claimed.on(router::Stop{}) == Happened{stops(Role::backup)});
  CHECK(claimed.at_deadline() == Happened{unknown, router::OperationEnded{Outcome::done}, stopped});

  Scene alone = Scene::settled();
  alone.on(router::SwitchOver{});
  CHECK(alone.on(router::Stop{}) == nothing);
  alone.pass(bound - 1ns);
  CHECK(alone.at_deadline() == Happened{stops(Role::active),
                                        router::OperationEnded{Outcome::interrupted}, unknown,
                                        stopped});
}

TEST_CASE("a switchover of one that is stopping is refused") {
  Scene scene = stopping();
  CHECK(scene.on(router::SwitchOver{}) == Happened{router::OperationEnded{Outcome::not_active}});
}

TEST_CASE("a stop is not held up by an interface that fails meanwhile") {
  Scene leaving = stopping();
  CHECK(leaving.on(router::NotReady{WaitingFor::link}) ==
        Happened{stops(Role::active), unknown, stopped});
  check_is_over(leaving);
  Scene lingering = stopping();
  lingering.hears(worse);
  CHECK(lingering.on(router::NotReady{WaitingFor::link}) == Happened{unknown, stopped});
  check_is_over(lingering);
}

TEST_CASE("stopping now says farewell and lets go, from every state") {
  Scene active = Scene::settled();
  CHECK(active.on(router::StopNow{}) == Happened{farewell, stops(Role::active), unknown, stopped});
  check_is_over(active);

  Scene leaving = stopping();
  CHECK(leaving.on(router::StopNow{}) == Happened{stops(Role::active), unknown, stopped});
  check_is_over(leaving);

  Scene lingering = Scene::settled();
  lingering.hears(better);
  lingering.on(router::AnnouncementHeard{0});
  CHECK(lingering.on(router::StopNow{}) == Happened{stops(Role::backup), announced, stopped});
  check_is_over(lingering);

  Scene initialize;
  CHECK(initialize.on(router::StopNow{}) == Happened{unknown, stopped});
  check_is_over(initialize);
}

TEST_CASE("stopping now lets a backup go as well: nothing is held, and it says so") {
  Scene backup = Scene::backup();
  CHECK(backup.on(router::StopNow{}) == Happened{stops(Role::backup), unknown, stopped});
  check_is_over(backup);
}

}  // namespace failover::tests
