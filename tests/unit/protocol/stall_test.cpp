// A process that did not run for a while (PRODUCT: 8.7).

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/scene.hpp"

namespace failover::tests {
namespace {

const Happened nothing{};
const Rank own_rank{.advbase = 1, .advskew = 100};
const Duration interval = own_rank.interval();
const Duration dead = 3s + 100 * carp::skew_unit;

// Active, has just sent an advert, nothing else is due.
Scene settled() {
  Scene scene = Scene::settled();
  while (scene.until_deadline() < interval - 1ms) scene.at_deadline();
  return scene;
}

Scene woken_active() {
  Scene scene = settled();
  scene.after(dead, router::Woken{});
  return scene;
}

Scene woken_backup() {
  Scene scene = Scene::backup();
  scene.after(dead + interval, router::Woken{});
  return scene;
}

}  // namespace

TEST_CASE("PRODUCT 8.7: a short pause changes nothing: the late advert leaves at once") {
  Scene scene = settled();
  CHECK(scene.after(dead - 1ns, router::Woken{}) == nothing);
  CHECK(scene.on(router::DeadlineReached{}) == Happened{router::SendAdvert{own_rank}});
}

TEST_CASE("PRODUCT 8.7: who is late with its own advert yields to a better one without a word") {
  Scene scene = settled();
  CHECK(scene.after(interval + 1ms, router::AdvertHeard{better, loser}) ==
        Happened{to_backup(Reason::preempted)});
}

TEST_CASE("PRODUCT 8.7: after a dead time of silence an active says nothing for one interval") {
  Scene scene = settled();
  CHECK(scene.after(dead, router::Woken{}) == nothing);
  CHECK(scene.on(router::DeadlineReached{}) == nothing);
  CHECK(scene.router.role() == Role::active);
  CHECK(scene.until_deadline() == interval);
}

TEST_CASE("PRODUCT 8.7: it keeps its address meanwhile, and reasserts when nobody was heard") {
  Scene scene = woken_active();
  CHECK(scene.at_deadline() == Happened{router::SendAdvert{own_rank}, router::Announce{}});
  CHECK(scene.pass(300ms) ==
        std::vector<Timed>{{50ms, router::Announce{}}, {250ms, router::Announce{}}});
}

TEST_CASE("PRODUCT 8.7: announcements that were due before the pause are not made after it") {
  Scene scene = Scene::active();
  scene.after(dead, router::Woken{});
  CHECK(scene.on(router::DeadlineReached{}) == nothing);
  CHECK(scene.at_deadline() == Happened{router::SendAdvert{own_rank}, router::Announce{}});
}

TEST_CASE("PRODUCT 8.7: reasserting announces once, also where an announcement was due anyway") {
  Scene scene = Scene::active();
  while (scene.at_deadline() != Happened{router::SendAdvert{own_rank}}) {
  }
  scene.after(dead, router::Woken{});  // the second advert since would announce
  CHECK(scene.at_deadline() == Happened{router::SendAdvert{own_rank}, router::Announce{}});
}

TEST_CASE("PRODUCT 8.7: it yields to whoever is active now, better, equal or worse") {
  for (const Rank& rank : {better, equal, worse, Rank{.advbase = 1, .advskew = 0, .demote = 9}}) {
    Scene scene = woken_active();
    CHECK(scene.hears(rank) == Happened{to_backup(Reason::stall)});
    CHECK(scene.until_deadline() == 250ms);  // until it lets go
  }
}

TEST_CASE("PRODUCT 8.7: a farewell is nobody to yield to") {
  Scene scene = woken_active();
  CHECK(scene.hears(carp::farewell_times) == nothing);
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("PRODUCT 8.7: who has yielded after a stall does not preempt within one interval") {
  Scene scene = woken_active();
  scene.hears(worse);
  scene.pass(interval - 1ns);
  CHECK(scene.hears(worse) == nothing);
  scene.now += 1ns;
  scene.hears(worse);
  CHECK(scene.router.reason() == Reason::priority);
}

TEST_CASE("PRODUCT 8.7: the interval begins with waking, whenever the advert was captured") {
  Scene scene = woken_active();
  const Instant woken = scene.now;
  scene.now = woken - 2s;
  CHECK(scene.hears(worse) == Happened{to_backup(Reason::stall)});
  scene.now = woken + interval - 1ns;
  CHECK(scene.hears(worse) == nothing);
  scene.now = woken + interval;
  scene.hears(worse);
  CHECK(scene.router.reason() == Reason::priority);
}

TEST_CASE("PRODUCT 8.7: who yields to what was captured long ago does not claim when it wakes") {
  Scene scene = woken_active();
  const Instant woken = scene.now;
  scene.now = woken - dead - 1s;
  CHECK(scene.hears(worse) == Happened{to_backup(Reason::stall)});
  scene.now = woken;
  CHECK(scene.on(router::DeadlineReached{}) == Happened{router::ReleaseAddresses{}});
  CHECK(scene.router.role() == Role::backup);
  CHECK(scene.until_deadline() == interval);
}

TEST_CASE("PRODUCT 8.7: a backup that hears what was captured before it woke listens on") {
  Scene scene = woken_backup();
  const Instant woken = scene.now;
  scene.now = woken - dead;
  CHECK(scene.hears(worse) == nothing);
  scene.now = woken;
  CHECK(scene.until_deadline() == interval);
}

TEST_CASE("PRODUCT 8.7: while it listens nothing makes an active speak") {
  Scene scene = woken_active();
  CHECK(scene.on(router::Claimed{}) == nothing);
  CHECK(scene.on(router::Demote{{.cost = 10, .count = 1}}) == nothing);
  CHECK(scene.on(router::Reconfigured{settings(1, 50)}) == nothing);
  CHECK(scene.on(router::AnnounceAgain{}) == Happened{router::OperationEnded{Outcome::not_active}});
}

TEST_CASE("PRODUCT 8.7: a claim that is notified while it listens is announced when it reasserts") {
  Scene scene = Scene::claiming();
  scene.after(dead, router::Woken{});
  scene.on(router::Claimed{});
  CHECK(scene.at_deadline() == Happened{router::SendAdvert{own_rank}, router::Announce{}});
}

TEST_CASE("PRODUCT 8.7: a backup whose timer ran out unwatched listens for one interval more") {
  Scene scene = Scene::backup();
  CHECK(scene.after(dead + interval, router::Woken{}) == nothing);
  CHECK(scene.on(router::DeadlineReached{}) == nothing);
  CHECK(scene.until_deadline() == interval);
  CHECK(scene.at_deadline() == Happened{to_active(Reason::no_response),
                                        router::SendAdvert{own_rank}, router::ClaimAddresses{}});
}

TEST_CASE("PRODUCT 8.7: a backup that was a little late claims at once") {
  Scene scene = Scene::backup();
  CHECK(scene.after(dead + interval - 1ns, router::Woken{}) == nothing);
  scene.on(router::DeadlineReached{});
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("PRODUCT 8.7: a backup that listens preempts nobody, and waits when it hears somebody") {
  Scene scene = woken_backup();
  CHECK(scene.hears(worse) == nothing);
  CHECK(scene.until_deadline() == dead);
}

TEST_CASE("PRODUCT 8.7: a fast backup that hears somebody while it listens still listens on") {
  Scene scene = Scene::backup(settings(0, 0));
  scene.after(1s, router::Woken{});
  scene.hears(worse);
  CHECK(*scene.until_deadline() >= Rank{}.interval());
}

TEST_CASE("PRODUCT 8.7: a change of the configuration does not cut the listening short") {
  Scene scene = woken_backup();
  CHECK(scene.on(router::Reconfigured{settings(0, 10)}) == nothing);
  CHECK(*scene.until_deadline() >= interval);
}

TEST_CASE("PRODUCT 8.7: waking changes nothing for who waits, leaves or has no timer") {
  Scene initialize;
  CHECK(initialize.after(60s, router::Woken{}) == nothing);
  CHECK_FALSE(initialize.router.deadline());

  Scene barred = Scene::backup();
  barred.on(router::Barred{});
  CHECK(barred.after(60s, router::Woken{}) == nothing);
  CHECK_FALSE(barred.router.deadline());

  Scene leaving = settled();
  leaving.on(router::SwitchOver{});
  CHECK(leaving.after(60s, router::Woken{}) == nothing);
  CHECK(leaving.on(router::DeadlineReached{}).front() ==
        router::Effect{router::Transition{Role::active, Role::active, Reason::no_successor}});
}

}  // namespace failover::tests
