// Somebody on this node keeps removing a group's addresses: a peer is to have them, if there is
// one (PRODUCT: 8.3).

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/group_scene.hpp"

namespace failover::tests {
namespace {

using group::Moved;

const Duration offer_bound = second_dead + 1s;  // the longest that a hand-over may take

void worse_one_speaks(GroupScene& scene, Duration span) {
  for (const Instant end = scene.now + span; scene.now < end;) {
    scene.hears_worse(first);
    scene.hears_worse(second);
    scene.pass(std::min(end - scene.now, Duration(500ms)));
  }
}

// A peer has taken over because of it.
GroupScene given_away() {
  GroupScene scene = GroupScene::settled();
  scene.on(group::Contested{});
  worse_one_speaks(scene, 500ms);
  return scene;
}

}  // namespace

TEST_CASE("PRODUCT 8.3: a contested group hands over, unplanned, when a peer claims") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::Contested{});
  CHECK(scene.machine.leaving());
  worse_one_speaks(scene, 500ms);
  const Story story = scene.take();
  CHECK(moves(story).back() == Moved{Role::active, Role::backup, Reason::contested, false});
  CHECK(count<router::ReleaseAddresses>(story) == 2);
  CHECK(outcomes(story).empty());
  CHECK_FALSE(scene.machine.yielded());
  CHECK(scene.machine.unplanned_moves() > 0);
}

TEST_CASE("PRODUCT 8.3: a contested group keeps what no peer claims, and answers all the while") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::Contested{});
  scene.pass(offer_bound);
  CHECK(scene.all_are(Role::active));
  CHECK(scene.machine.reason() == Reason::no_successor);
  CHECK(count<router::ReleaseAddresses>(scene.take()) == 0);
}

TEST_CASE("a contested group does not preempt for a minute, and then it does") {
  GroupScene scene = given_away();
  worse_one_speaks(scene, limits::contested_shortest - 1s);
  CHECK(scene.all_are(Role::backup));
  worse_one_speaks(scene, 1s);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("a contested group that has handed over takes over when the peer dies") {
  GroupScene scene = given_away();
  scene.pass(first_dead + 1s);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("the time after a contest is twice as long the next time, ten minutes at most") {
  GroupScene scene = given_away();
  for (const Duration expected : {120s, 240s, 480s, 600s, 600s}) {
    worse_one_speaks(scene, scene.machine.contested_until() - scene.now + 1s);
    REQUIRE(scene.all_are(Role::active));
    scene.on(group::Contested{});
    CHECK(scene.machine.contested_until() == scene.now + expected);
    worse_one_speaks(scene, 500ms);
  }
  SECTION("and short again when there was none for long") {
    scene.pass(scene.machine.contested_until() - scene.now + limits::contested_longest);
    REQUIRE(scene.all_are(Role::active));
    scene.on(group::Contested{});
    CHECK(scene.machine.contested_until() == scene.now + limits::contested_shortest);
  }
}

TEST_CASE("a contest moves no group that is frozen, held active, backup, or moved by a person") {
  GroupScene scene = GroupScene::settled();
  SECTION("frozen") { scene.on(group::Override{.wanted = {.hold = {}, .frozen = true}}); }
  SECTION("held active") { scene.on(group::Override{.wanted = {.hold = group::Hold::active}}); }
  SECTION("being moved") { scene.on(group::SwitchOver{}); }
  const bool was_leaving = scene.machine.leaving();
  (void)scene.take();
  scene.on(group::Contested{});
  CHECK(scene.take().empty());
  CHECK(scene.machine.leaving() == was_leaving);
  GroupScene backup = GroupScene::backup();
  (void)backup.take();
  backup.on(group::Contested{});
  CHECK(backup.take().empty());
  CHECK(backup.machine.contested_until() == Instant{});
}

}  // namespace failover::tests
