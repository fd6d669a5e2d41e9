// When adverts leave: their phase, how early and how late they may be.

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/scene.hpp"

namespace failover::tests {
namespace {

const Rank own_rank{.advbase = 1, .advskew = 100};
const Duration interval = own_rank.interval();
const Happened advert{router::SendAdvert{own_rank}};

// Active, the advert of this moment has just left.
Scene in_rhythm() {
  Scene scene = Scene::settled();
  while (scene.at_deadline() != advert) {
  }
  return scene;
}

}  // namespace

TEST_CASE("CARP 3.1: adverts leave at advbase + advskew/256 s, the first one at once") {
  Scene scene = Scene::backup();
  scene.pass(*scene.until_deadline());
  CHECK(scene.router.role() == Role::active);
  CHECK(scene.pass(3 * interval) ==
        std::vector<Timed>{{interval, router::SendAdvert{own_rank}},
                           {2 * interval, router::SendAdvert{own_rank}},
                           {3 * interval, router::SendAdvert{own_rank}}});
}

TEST_CASE("PRODUCT 4: with 0/0 adverts leave each 1/256 s") {
  Scene scene = Scene::claiming(settings(0, 0));
  CHECK(scene.pass(1s).size() == 256);
}

TEST_CASE("a late advert keeps the rhythm: the next one is not late") {
  Scene scene = in_rhythm();
  CHECK(scene.late_by(interval / 4) == advert);
  CHECK(scene.until_deadline() == interval - interval / 4);
  CHECK(scene.late_by(interval - 1ns) == advert);
  CHECK(scene.until_deadline() == 1ns);
}

TEST_CASE("an advert that is late by a whole interval is sent once, and starts a new rhythm") {
  Scene scene = in_rhythm();
  CHECK(scene.late_by(interval) == advert);
  CHECK(scene.until_deadline() == interval);
}

TEST_CASE("an advert may leave 1 % early, with others, and keeps the rhythm") {
  Scene scene = in_rhythm();
  CHECK(scene.router.slack() == interval / 100);
  CHECK(scene.late_by(-interval / 100) == advert);
  CHECK(scene.until_deadline() == interval + interval / 100);
}

TEST_CASE("an advert does not leave more than 1 % early") {
  Scene scene = in_rhythm();
  CHECK(scene.late_by(-interval / 100 - 1ns).empty());
}

TEST_CASE("the slack is that of an advert: dead times, hand-overs and announcements have none") {
  CHECK(Scene().router.slack() == 0ns);
  CHECK(Scene::backup().router.slack() == 0ns);
  Scene lingering = Scene::settled();
  lingering.hears(better);
  CHECK(lingering.router.slack() == 0ns);
  Scene leaving = Scene::settled();
  leaving.on(router::SwitchOver{});
  CHECK(leaving.router.slack() == 0ns);
  Scene announcing = Scene::active();
  REQUIRE(announcing.until_deadline() == 50ms);
  CHECK(announcing.router.slack() == 0ns);
}

TEST_CASE("the slack follows the interval that is advertised") {
  CHECK(Scene::claiming(settings(0, 50)).router.slack() == 50 * carp::skew_unit / 100);
  Scene demoted = Scene::claiming(settings(1, 0));
  demoted.on(router::Demote{{.cost = 128, .count = 0}});
  CHECK(demoted.router.slack() == 15ms);
}

TEST_CASE("an advert out of turn starts a new rhythm") {
  Scene scene = in_rhythm();
  scene.after(interval / 2, router::Demote{{.cost = 0, .count = 1}});
  CHECK(scene.until_deadline() == interval);
}

}  // namespace failover::tests
