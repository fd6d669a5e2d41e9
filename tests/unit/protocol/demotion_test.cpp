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
  for (int i = 0; i < 3; ++i) scene.on(carp::AdvertNotSent{});
  return scene;
}

}  // namespace

TEST_CASE("CARP 3.5: three send errors in a row demote in both dialects, and are told at once") {
  Scene scene = Scene::settled();
  CHECK(scene.on(carp::AdvertNotSent{}) == nothing);
  CHECK(scene.on(carp::AdvertNotSent{}) == nothing);
  CHECK_FALSE(scene.router.demoted());
  CHECK(scene.on(carp::AdvertNotSent{}) == Happened{carp::SendAdvert{after_errors}});
  CHECK(scene.router.demoted());
  CHECK(scene.router.demotion_cost() == 240);
  CHECK(scene.router.rank() == after_errors);
}

TEST_CASE("CARP 3.5: send errors go on demoting once, not more") {
  Scene scene = demoted_by_errors();
  for (int i = 0; i < 10; ++i) CHECK(scene.on(carp::AdvertNotSent{}) == nothing);
  CHECK(scene.router.rank() == after_errors);
}

TEST_CASE("CARP 3.5: three adverts that left restore the rank, and are told at once") {
  Scene scene = demoted_by_errors();
  CHECK(scene.on(carp::AdvertSent{}) == nothing);
  CHECK(scene.on(carp::AdvertSent{}) == nothing);
  CHECK(scene.on(carp::AdvertSent{}) == Happened{carp::SendAdvert{own_rank}});
  CHECK_FALSE(scene.router.demoted());
  for (int i = 0; i < 5; ++i) CHECK(scene.on(carp::AdvertSent{}) == nothing);
}

TEST_CASE("CARP 3.5: an error among the successes makes them count from the start") {
  Scene scene = demoted_by_errors();
  scene.on(carp::AdvertSent{});
  scene.on(carp::AdvertSent{});
  CHECK(scene.on(carp::AdvertNotSent{}) == nothing);
  CHECK(scene.on(carp::AdvertSent{}) == nothing);
  CHECK(scene.on(carp::AdvertSent{}) == nothing);
  CHECK(scene.on(carp::AdvertSent{}) == Happened{carp::SendAdvert{own_rank}});
}

TEST_CASE("CARP 3.5: successes forget earlier errors only after three") {
  Scene forgotten = Scene::settled();
  forgotten.on(carp::AdvertNotSent{});
  forgotten.on(carp::AdvertNotSent{});
  for (int i = 0; i < 3; ++i) CHECK(forgotten.on(carp::AdvertSent{}) == nothing);
  forgotten.on(carp::AdvertNotSent{});
  CHECK_FALSE(forgotten.router.demoted());

  Scene remembered = Scene::settled();
  remembered.on(carp::AdvertNotSent{});
  remembered.on(carp::AdvertNotSent{});
  for (int i = 0; i < 2; ++i) remembered.on(carp::AdvertSent{});
  remembered.on(carp::AdvertNotSent{});
  CHECK(remembered.router.demoted());
}

TEST_CASE("CARP 3.5: a router that was demoted and restored can be demoted again") {
  Scene scene = demoted_by_errors();
  for (int i = 0; i < 3; ++i) scene.on(carp::AdvertSent{});
  for (int i = 0; i < 2; ++i) CHECK(scene.on(carp::AdvertNotSent{}) == nothing);
  CHECK(scene.on(carp::AdvertNotSent{}) == Happened{carp::SendAdvert{after_errors}});
}

TEST_CASE("CARP 3.5: send errors add to other demotions, within 240 and 255") {
  Scene scene = Scene::settled();
  scene.on(carp::Demote{.cost = 50, .count = 255});
  for (int i = 0; i < 3; ++i) scene.on(carp::AdvertNotSent{});
  CHECK(scene.router.rank() == Rank{.advbase = 1, .advskew = 240, .demote = 255});
  CHECK(scene.router.demotion_cost() == 290);
}

TEST_CASE("CARP 3.5: an active that is demoted tells at once, in both dialects") {
  Scene scene = Scene::settled();
  const Rank demoted{.advbase = 1, .advskew = 150, .demote = 2};
  CHECK(scene.on(carp::Demote{.cost = 50, .count = 2}) == Happened{carp::SendAdvert{demoted}});
  CHECK(scene.router.demoted());
  CHECK(scene.on(carp::Demote{.cost = 50, .count = 2}) == nothing);
  CHECK(scene.on(carp::Demote{}) == Happened{carp::SendAdvert{own_rank}});
  CHECK_FALSE(scene.router.demoted());
}

TEST_CASE("CARP 3.5: demotion in one dialect leaves the other alone") {
  Scene scene = Scene::settled();
  scene.on(carp::Demote{.cost = 0, .count = 1});
  CHECK(scene.router.rank() == Rank{.advbase = 1, .advskew = 100, .demote = 1});
  scene.on(carp::Demote{.cost = 1, .count = 0});
  CHECK(scene.router.rank() == Rank{.advbase = 1, .advskew = 101, .demote = 0});
}

TEST_CASE("CARP 3.5: a demotion that is told at once starts a new rhythm of the new length") {
  Scene scene = Scene::settled();
  scene.now += 300ms;
  scene.on(carp::Demote{.cost = 240, .count = 0});
  CHECK(scene.until_deadline() == Rank{.advbase = 1, .advskew = 240}.interval());
}

TEST_CASE("demotion of one that is not active is remembered and sends nothing") {
  Scene initialize;
  CHECK(initialize.on(carp::Demote{.cost = 10, .count = 1}) == nothing);
  Scene backup = Scene::backup();
  CHECK(backup.on(carp::Demote{.cost = 10, .count = 1}) == nothing);
  CHECK(backup.at_deadline() ==
        Happened{to_active(Reason::no_response),
                 carp::SendAdvert{{.advbase = 1, .advskew = 110, .demote = 1}},
                 carp::ClaimAddresses{}});
}

TEST_CASE("CARP 3.5: a demoted active yields to a peer that was worse before") {
  Scene skewed = Scene::active();
  skewed.on(carp::Demote{.cost = 240, .count = 0});
  CHECK(skewed.hears(worse) == yields(Reason::preempted, {.advbase = 1, .advskew = 240}));
  Scene counted = Scene::active();
  counted.on(carp::Demote{.cost = 0, .count = 1});
  CHECK(counted.hears(worse) ==
        yields(Reason::demoted, {.advbase = 1, .advskew = 100, .demote = 1}));
}

}  // namespace failover::tests
