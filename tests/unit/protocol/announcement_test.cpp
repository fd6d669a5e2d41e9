// When the neighbours are told (PRODUCT: 8.1, last sentences; CARP.md 3.3).

#include <algorithm>

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/scene.hpp"

namespace failover::tests {
namespace {

const Rank own_rank{.advbase = 1, .advskew = 100};
const Duration interval = own_rank.interval();

// Active for long, nothing due but the next advert, which is far.
Scene quiet() {
  Scene scene = Scene::settled();
  scene.now = *scene.router.deadline() - interval + 10ms;
  return scene;
}

}  // namespace

TEST_CASE("PRODUCT 8.1: a new active sends its advert, then claims, and announces nothing yet") {
  Scene scene = Scene::backup();
  CHECK(scene.at_deadline() == Happened{to_active(Reason::no_response),
                                        router::SendAdvert{own_rank}, router::ClaimAddresses{}});
}

TEST_CASE("PRODUCT 8.1: it announces when the kernel has notified, however late that is") {
  Scene scene = Scene::claiming();
  CHECK(scene.pass(3 * interval) ==
        std::vector<Timed>{{interval, router::SendAdvert{own_rank}},
                           {2 * interval, router::SendAdvert{own_rank}},
                           {3 * interval, router::SendAdvert{own_rank}}});
  CHECK(scene.on(router::Claimed{}) == Happened{router::Announce{}});
}

TEST_CASE("PRODUCT 8.1: it announces again after 50 ms, after 250 ms and with the second advert") {
  Scene scene = Scene::claiming();
  CHECK(scene.after(2ms, router::Claimed{}) == Happened{router::Announce{}});
  CHECK(scene.pass(3 * interval) ==
        std::vector<Timed>{{50ms, router::Announce{}},
                           {250ms, router::Announce{}},
                           {interval - 2ms, router::SendAdvert{own_rank}},
                           {2 * interval - 2ms, router::SendAdvert{own_rank}},
                           {2 * interval - 2ms, router::Announce{}},
                           {3 * interval - 2ms, router::SendAdvert{own_rank}}});
}

TEST_CASE("PRODUCT 8.1: a refreshed claim announces again, from the start") {
  Scene scene = quiet();
  CHECK(scene.on(router::Claimed{}) == Happened{router::Announce{}});
  CHECK(scene.pass(300ms) ==
        std::vector<Timed>{{50ms, router::Announce{}}, {250ms, router::Announce{}}});
}

TEST_CASE("a claim that is notified to a backup announces nothing") {
  Scene scene = Scene::backup();
  CHECK(scene.on(router::Claimed{}).empty());
  CHECK(scene.pass(300ms).empty());
}

TEST_CASE("a worse active is answered only by who holds the addresses") {
  Scene scene = Scene::claiming();
  CHECK(scene.hears(worse).empty());
}

TEST_CASE("worse adverts in a row are answered not more than once in 50 ms") {
  Scene scene = quiet();
  CHECK(scene.hears(carp::farewell_times) == Happened{router::Announce{}});
  for (int i = 0; i < 49; ++i) {
    scene.now += 1ms;
    CHECK(scene.hears(carp::farewell_times).empty());
  }
}

TEST_CASE("a worse advert next to a repetition that is due brings one announcement, not two") {
  Scene before = quiet();
  before.hears(carp::farewell_times);
  before.now += 50ms - 1ns;
  CHECK(before.hears(carp::farewell_times).empty());
  CHECK(before.after(1ns, router::DeadlineReached{}) == Happened{router::Announce{}});
  before.now += 50ms - 1ns;
  CHECK(before.hears(carp::farewell_times).empty());
  before.now += 1ns;
  CHECK(before.hears(carp::farewell_times) == Happened{router::Announce{}});

  // Captures are emptied before deadlines are judged.
  Scene together = quiet();
  together.hears(carp::farewell_times);
  together.now += 50ms;
  CHECK(together.hears(carp::farewell_times) == Happened{router::Announce{}});
  CHECK(together.on(router::DeadlineReached{}).empty());
}

TEST_CASE("a worse advert that comes too soon for an answer is answered when 50 ms are over") {
  Scene scene = quiet();
  scene.hears(carp::farewell_times);
  CHECK(scene.pass(60ms) == std::vector<Timed>{{50ms, router::Announce{}}});
  CHECK(scene.hears(carp::farewell_times).empty());
  CHECK(scene.until_deadline() == 40ms);
  CHECK(scene.after(10ms, router::AdvertHeard{worse, loser}) == Happened{router::TwoActive{loser}});
  CHECK(scene.until_deadline() == 30ms);
  CHECK(scene.at_deadline() == Happened{router::Announce{}});
}

// With fast adverts the second one, which announces, comes before the 50 ms are over.
TEST_CASE("a worse advert does not put off a repetition that is due earlier than its answer") {
  Scene scene = Scene::active(settings(0, 0));
  REQUIRE(scene.pass(20ms).back().effect == router::Effect{router::SendAdvert{Rank{.advbase = 0}}});
  scene.hears({.advbase = 0, .advskew = 10});
  const auto timeline = scene.pass(30ms);
  CHECK(std::ranges::count(timeline, router::Effect{router::Announce{}}, &Timed::effect) == 1);
  CHECK(timeline.back() == Timed{30ms, router::Announce{}});
}

// Replayed adverts must not make us flood the segment: a worse one each millisecond, for seconds.
TEST_CASE("whatever worse adverts come, two answers to them are 50 ms apart") {
  Scene scene = quiet();
  std::vector<Instant> announced;
  const auto remember = [&](const Happened& effects) {
    for (const auto& effect : effects)
      if (std::holds_alternative<router::Announce>(effect)) announced.push_back(scene.now);
  };
  for (int i = 0; i < 1'000; ++i) {
    scene.now += 1ms;
    if (*scene.router.deadline() <= scene.now) remember(scene.on(router::DeadlineReached{}));
    remember(scene.hears(carp::farewell_times));
  }
  REQUIRE(announced.size() > 2);
  for (std::size_t i = 1; i < announced.size(); ++i) {
    INFO(text(announced[i - 1] - announced[0]) << " and " << text(announced[i] - announced[0]));
    REQUIRE(announced[i] - announced[i - 1] >= 50ms);
  }
}

TEST_CASE("an operator's announcement is sent and repeated, and its operation is done") {
  Scene scene = quiet();
  CHECK(scene.on(router::AnnounceAgain{}) ==
        Happened{router::Announce{}, router::OperationEnded{Outcome::done}});
  CHECK(scene.pass(300ms) ==
        std::vector<Timed>{{50ms, router::Announce{}}, {250ms, router::Announce{}}});
}

TEST_CASE("an operator's announcement is refused by who does not hold the addresses") {
  const Happened refused{router::OperationEnded{Outcome::not_active}};
  Scene initialize;
  CHECK(initialize.on(router::AnnounceAgain{}) == refused);
  Scene backup = Scene::backup();
  CHECK(backup.on(router::AnnounceAgain{}) == refused);
  Scene claiming = Scene::claiming();
  CHECK(claiming.on(router::AnnounceAgain{}) == refused);
}

TEST_CASE("who lost the role announces no more") {
  Scene scene = Scene::active();
  scene.hears(better);
  for (const Timed& each : scene.pass(2s))
    CHECK_FALSE(std::holds_alternative<router::Announce>(each.effect));
}

}  // namespace failover::tests
