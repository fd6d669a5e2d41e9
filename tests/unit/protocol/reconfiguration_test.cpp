// A change of the settings touches what changed and nothing else (PRODUCT: 8.5).

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/scene.hpp"

namespace failover::tests {
namespace {

const Happened nothing{};

router::Settings with_ratio(int ratio) {
  router::Settings changed = settings(1, 100);
  carp_of(changed).dead_ratio = carp::DeadRatio::from(ratio).value();
  return changed;
}

}  // namespace

TEST_CASE("PRODUCT 8.5: the same settings again change nothing, in no state") {
  for (Scene scene : {Scene(), Scene::backup(), Scene::claiming(), Scene::settled()}) {
    const auto deadline = scene.router.deadline();
    CHECK(scene.after(20ms, router::Reconfigured{settings(1, 100)}) == nothing);
    CHECK(scene.router.deadline() == deadline);
  }
}

TEST_CASE("an active with a new rank advertises it at once, and in its new interval") {
  Scene scene = Scene::settled();
  scene.now += 300ms;
  const Rank changed{.advbase = 0, .advskew = 50};
  CHECK(scene.on(router::Reconfigured{settings(0, 50)}) == Happened{router::SendAdvert{changed}});
  CHECK(scene.until_deadline() == changed.interval());
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("an active with another dead ratio, preemption or timeout says nothing new") {
  router::Settings changed = with_ratio(5);
  changed.preempt = Preempt::off;
  changed.handover_timeout = 1s;
  Scene scene = Scene::settled();
  const auto deadline = scene.router.deadline();
  CHECK(scene.on(router::Reconfigured{changed}) == nothing);
  CHECK(scene.router.deadline() == deadline);
  CHECK(scene.router.settings() == changed);
}

TEST_CASE("a backup's timer runs on by the new dead time, from the last advert") {
  Scene scene = Scene::backup();
  scene.now += 1s;
  CHECK(scene.on(router::Reconfigured{with_ratio(5)}) == nothing);
  CHECK(scene.until_deadline() == with_ratio(5).dead_time() - 1s);
  CHECK(scene.on(router::Reconfigured{with_ratio(2)}) == nothing);
  CHECK(scene.until_deadline() == with_ratio(2).dead_time() - 1s);
}

TEST_CASE("a backup whose new dead time is over already claims with the next deadline") {
  Scene scene = Scene::backup();
  scene.after(2s, router::Reconfigured{with_ratio(1)});
  CHECK(*scene.until_deadline() < 0ns);
  scene.on(router::DeadlineReached{});
  CHECK(scene.router.reason() == Reason::no_response);
}

TEST_CASE("a barred backup stays without a timer") {
  Scene scene = Scene::backup();
  scene.on(router::Barred{});
  scene.on(router::Reconfigured{with_ratio(1)});
  CHECK_FALSE(scene.router.deadline());
}

TEST_CASE("preemption that is switched on takes effect with the next advert, and so when off") {
  Scene scene = Scene::backup(settings(1, 100, Preempt::off));
  CHECK(scene.hears(worse) == nothing);
  CHECK(scene.on(router::Reconfigured{settings(1, 100)}) == nothing);
  scene.hears(worse);
  CHECK(scene.router.reason() == Reason::priority);

  Scene other = Scene::backup();
  other.on(router::Reconfigured{settings(1, 100, Preempt::off)});
  CHECK(other.hears(worse) == nothing);
}

TEST_CASE("the number of addresses that a hand-over waits for is the configured one") {
  Scene scene = Scene::settled();
  router::Settings more = settings(1, 100);
  more.addresses = 2;
  CHECK(scene.on(router::Reconfigured{more}) == nothing);
  scene.hears(better);
  scene.after(1ms, router::AnnouncementHeard{0});
  CHECK(scene.until_deadline() == 250ms);
  scene.after(1ms, router::AnnouncementHeard{1});
  CHECK(scene.until_deadline() == 20ms);
}

TEST_CASE("a demoted router stays demoted under new settings") {
  Scene scene = Scene::settled();
  scene.on(router::Demote{{.cost = 50, .count = 1}});
  CHECK(scene.on(router::Reconfigured{settings(1, 10)}) ==
        Happened{router::SendAdvert{Rank{.advbase = 1, .advskew = 60, .demote = 1}}});
}

}  // namespace failover::tests
