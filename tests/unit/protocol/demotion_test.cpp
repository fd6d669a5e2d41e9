// Demotion by what a router depends on, and by send errors (CARP.md 3.5).

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/scene.hpp"

namespace failover::tests {
namespace {

const Happened nothing{};
const Rank own_rank{.advbase = 1, .advskew = 100};
const Rank after_errors{.advbase = 1, .advskew = 240, .demote = 1};

Scene demoted_by_errors() {
  Scene scene = Scene::settled();
  for (int i = 0; i < 3; ++i) scene.on(router::AdvertNotSent{});
  return scene;
}

}  // namespace

TEST_CASE("CARP 3.5: three send errors in a row demote in both dialects, and are told at once") {
  Scene scene = Scene::settled();
  CHECK(scene.on(router::AdvertNotSent{}) == nothing);
  CHECK(scene.on(router::AdvertNotSent{}) == nothing);
  CHECK_FALSE(scene.router.demoted());
  CHECK(scene.on(router::AdvertNotSent{}) == Happened{router::SendAdvert{after_errors}});
  CHECK(scene.router.demoted());
  CHECK(scene.router.demotion().cost == 240);
  CHECK(scene.router.rank() == router::Rank(after_errors));
}

TEST_CASE("CARP 3.5: send errors go on demoting once, not more") {
  Scene scene = demoted_by_errors();
  for (int i = 0; i < 10; ++i) CHECK(scene.on(router::AdvertNotSent{}) == nothing);
  CHECK(scene.router.rank() == router::Rank(after_errors));
}

TEST_CASE("CARP 3.5: three adverts that left restore the rank, and are told at once") {
  Scene scene = demoted_by_errors();
  CHECK(scene.on(router::AdvertSent{}) == nothing);
  CHECK(scene.on(router::AdvertSent{}) == nothing);
  CHECK(scene.on(router::AdvertSent{}) == Happened{router::SendAdvert{own_rank}});
  CHECK_FALSE(scene.router.demoted());
  for (int i = 0; i < 5; ++i) CHECK(scene.on(router::AdvertSent{}) == nothing);
}

TEST_CASE("CARP 3.5: an error among the successes makes them count from the start") {
  Scene scene = demoted_by_errors();
  scene.on(router::AdvertSent{});
  scene.on(router::AdvertSent{});
  CHECK(scene.on(router::AdvertNotSent{}) == nothing);
  CHECK(scene.on(router::AdvertSent{}) == nothing);
  CHECK(scene.on(router::AdvertSent{}) == nothing);
  CHECK(scene.on(router::AdvertSent{}) == Happened{router::SendAdvert{own_rank}});
}

TEST_CASE("CARP 3.5: successes forget earlier errors only after three") {
  Scene forgotten = Scene::settled();
  forgotten.on(router::AdvertNotSent{});
  forgotten.on(router::AdvertNotSent{});
  for (int i = 0; i < 3; ++i) CHECK(forgotten.on(router::AdvertSent{}) == nothing);
  forgotten.on(router::AdvertNotSent{});
  CHECK_FALSE(forgotten.router.demoted());

  Scene remembered = Scene::settled();
  remembered.on(router::AdvertNotSent{});
  remembered.on(router::AdvertNotSent{});
  for (int i = 0; i < 2; ++i) remembered.on(router::AdvertSent{});
  remembered.on(router::AdvertNotSent{});
  CHECK(remembered.router.demoted());
}

TEST_CASE("CARP 3.5: a router that was demoted and restored can be demoted again") {
  Scene scene = demoted_by_errors();
  for (int i = 0; i < 3; ++i) scene.on(router::AdvertSent{});
  for (int i = 0; i < 2; ++i) CHECK(scene.on(router::AdvertNotSent{}) == nothing);
  CHECK(scene.on(router::AdvertNotSent{}) == Happened{router::SendAdvert{after_errors}});
}

TEST_CASE("CARP 3.5: send errors add to other demotions, within 240 and 255") {
  Scene scene = Scene::settled();
  scene.on(router::Demote{{.cost = 50, .count = 255}});
  for (int i = 0; i < 3; ++i) scene.on(router::AdvertNotSent{});
  CHECK(scene.router.rank() == router::Rank(Rank{.advbase = 1, .advskew = 240, .demote = 255}));
  CHECK(scene.router.demotion().cost == 290);
}

TEST_CASE("CARP 3.5: an active that is demoted tells at once, in both dialects") {
  Scene scene = Scene::settled();
  const Rank demoted{.advbase = 1, .advskew = 150, .demote = 2};
  CHECK(scene.on(router::Demote{{.cost = 50, .count = 2}}) ==
        Happened{router::SendAdvert{demoted}});
  CHECK(scene.router.demoted());
  CHECK(scene.on(router::Demote{{.cost = 50, .count = 2}}) == nothing);
  CHECK(scene.on(router::Demote{}) == Happened{router::SendAdvert{own_rank}});
  CHECK_FALSE(scene.router.demoted());
}

TEST_CASE("CARP 3.5: demotion in one dialect leaves the other alone") {
  Scene scene = Scene::settled();
  scene.on(router::Demote{{.cost = 0, .count = 1}});
  CHECK(scene.router.rank() == router::Rank(Rank{.advbase = 1, .advskew = 100, .demote = 1}));
  scene.on(router::Demote{{.cost = 1, .count = 0}});
  CHECK(scene.router.rank() == router::Rank(Rank{.advbase = 1, .advskew = 101, .demote = 0}));
}

TEST_CASE("CARP 3.5: a demotion that is told at once starts a new rhythm of the new length") {
  Scene scene = Scene::settled();
  scene.now += 300ms;
  scene.on(router::Demote{{.cost = 240, .count = 0}});
  CHECK(scene.until_deadline() == Rank{.advbase = 1, .advskew = 240}.interval());
}

TEST_CASE("demotion of one that is not active is remembered and sends nothing") {
  Scene initialize;
  CHECK(initialize.on(router::Demote{{.cost = 10, .count = 1}}) == nothing);
  Scene backup = Scene::backup();
  CHECK(backup.on(router::Demote{{.cost = 10, .count = 1}}) == nothing);
  CHECK(backup.at_deadline() ==
        Happened{to_active(Reason::no_response),
                 router::SendAdvert{Rank{.advbase = 1, .advskew = 110, .demote = 1}},
                 router::ClaimAddresses{}});
}

TEST_CASE("CARP 3.5: a demoted active yields to a peer that was worse before") {
  Scene skewed = Scene::active();
  skewed.on(router::Demote{{.cost = 240, .count = 0}});
  CHECK(skewed.hears(worse) == yields(Reason::preempted, {.advbase = 1, .advskew = 240}));
  Scene counted = Scene::active();
  counted.on(router::Demote{{.cost = 0, .count = 1}});
  CHECK(counted.hears(worse) ==
        yields(Reason::demoted, {.advbase = 1, .advskew = 100, .demote = 1}));
}

}  // namespace failover::tests
