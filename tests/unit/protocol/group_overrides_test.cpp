// What a person asks of a failover group: hand-overs, which are tried, and overrides, which last
// (PRODUCT: 5).

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/group_scene.hpp"

namespace failover::tests {
namespace {

using group::Hold;
using group::Moved;
using group::Override;
using group::Overrides;

const router::Unclaimed force = router::Unclaimed::let_go;
const std::vector<Outcome> none{};
const std::vector<Outcome> done{Outcome::done};
const std::vector<Outcome> taken_back{Outcome::taken_back};
const std::vector<Outcome> not_active{Outcome::not_active};
const Duration bound = second_dead + 1s;  // the longest that a hand-over may take

// A peer claims on every segment, and announces nothing.
void peer_claims(GroupScene& scene) {
  scene.hears_worse(first);
  scene.hears_worse(second);
  scene.pass(250ms);
}

// Somebody worse is active on every segment.
void pass_beside_worse(GroupScene& scene, Duration span) {
  for (const Instant end = scene.now + span; scene.now < end;) {
    scene.hears_worse(first);
    scene.hears_worse(second);
    scene.pass(std::min(end - scene.now, Duration(1s)));
  }
}

GroupScene overridden(const Overrides& wanted) {
  GroupScene scene = GroupScene::settled();
  scene.on(Override{.wanted = wanted});
  peer_claims(scene);
  return scene;
}

}  // namespace

TEST_CASE("PRODUCT 5: a switchover is done when a peer has claimed every segment") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::SwitchOver{});
  CHECK(scene.take() ==
        Story{says_farewell(first, settings(1, 100)), says_farewell(second, v3(100))});
  CHECK(scene.machine.leaving());
  peer_claims(scene);
  const Story story = scene.take();
  CHECK(outcomes(story) == done);
  CHECK(moves(story).back() == Moved{Role::active, Role::backup, Reason::op, true});
  CHECK(count<router::ReleaseAddresses>(story) == 2);
  CHECK(scene.machine.yielded());
  SECTION("and the group does not preempt after it") {
    pass_beside_worse(scene, 60s);
    CHECK(scene.all_are(Role::backup));
  }
  SECTION("and takes over again when the peer dies on one segment") {
    scene.hears_worse(second);
    scene.pass(first_dead);
    CHECK(scene.all_are(Role::active));
    CHECK_FALSE(scene.machine.yielded());
  }
  SECTION("and preempts again after a release") {
    scene.on(group::Release{});
    CHECK(outcomes(scene.take()) == done);
    CHECK_FALSE(scene.machine.yielded());
    scene.hears_worse(first);
    scene.pass(limits::group_rivals_heard);
    CHECK(scene.all_are(Role::active));
  }
}

TEST_CASE("PRODUCT 5: a switchover that no peer claims is taken back, as if nothing had happened") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::SwitchOver{});
  scene.pass(bound);
  const Story story = scene.take();
  CHECK(outcomes(story) == taken_back);
  CHECK(count<router::ReleaseAddresses>(story) == 0);
  CHECK(scene.all_are(Role::active));
  CHECK(scene.machine.reason() == Reason::no_successor);
  CHECK_FALSE(scene.machine.yielded());
}

TEST_CASE("PRODUCT 5: a switchover that a peer claims in part is taken back in whole") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::SwitchOver{});
  SECTION("the first segment") { scene.hears_worse(first); }
  SECTION("the second segment") { scene.hears_worse(second); }
  scene.pass(bound);
  const Story story = scene.take();
  CHECK(outcomes(story) == taken_back);
  CHECK(scene.all_are(Role::active));
  CHECK_FALSE(scene.machine.yielded());
}

TEST_CASE("a segment that was claimed while the others were not is taken back with the best rank") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::SwitchOver{});
  for (Duration waited{}; waited < 4s; waited += 1s) {
    scene.hears_worse(second);
    scene.pass(1s);
  }
  scene.pass(first_dead - 3s);
  CHECK(scene.role(second) == Role::active);
  CHECK(scene.element(second).rank() == says(254));
}

TEST_CASE("PRODUCT 5: forced, a switchover lets go though nobody claims") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::SwitchOver{force});
  scene.pass(bound);
  const Story story = scene.take();
  CHECK(outcomes(story) == done);
  CHECK(count<router::ReleaseAddresses>(story) == 2);
  CHECK(scene.all_are(Role::backup));
}

TEST_CASE("an operation of a group that is not active has nothing to hand over or to announce") {
  GroupScene scene = GroupScene::backup();
  scene.on(group::SwitchOver{});
  CHECK(outcomes(scene.take()) == not_active);
  scene.on(group::AnnounceAgain{});
  CHECK(outcomes(scene.take()) == not_active);
  GroupScene empty({}, {});
  empty.on(group::SwitchOver{});
  CHECK(outcomes(empty.take()) == not_active);
}

TEST_CASE("a second operation is refused while one is under way, and the first ends once") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::SwitchOver{});
  scene.on(group::SwitchOver{});
  CHECK(outcomes(scene.take()) == not_active);
  scene.pass(60s);
  CHECK(outcomes(scene.take()) == taken_back);
}

TEST_CASE("a switchover is interrupted when an element fails, and the others let go") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::SwitchOver{});
  scene.on(first, router::NotReady{WaitingFor::carrier});
  scene.pass(bound);
  const Story story = scene.take();
  CHECK(outcomes(story) == std::vector{Outcome::interrupted});
  CHECK(count<router::ReleaseAddresses>(story) == 2);
}

TEST_CASE("an element that is taken out of the group does not keep its operation open") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::SwitchOver{});
  SECTION("before it has answered") {
    scene.part(first);
    scene.hears_worse(second);
    scene.pass(250ms);
    CHECK(outcomes(scene.take()) == done);
  }
  SECTION("when it is the last that is waited for") {
    scene.hears_worse(second);
    scene.pass(250ms);
    CHECK(outcomes(scene.take()) == none);
    scene.part(first);
    CHECK(outcomes(scene.take()) == done);
  }
  SECTION("and its own end is not taken for another's") {
    scene.part(first);
    scene.hears_worse(first);
    scene.pass(250ms);
    CHECK(outcomes(scene.take()) == none);
    scene.pass(bound);
    CHECK(outcomes(scene.take()) == taken_back);
  }
}

TEST_CASE("PRODUCT 5: draining an active hands over first, and counts when that is done") {
  GroupScene scene = GroupScene::settled();
  scene.on(Override{.wanted = {.drained = true}});
  CHECK(count_farewells(scene.take()) == 2);
  CHECK_FALSE(scene.machine.overrides().drained);
  peer_claims(scene);
  CHECK(outcomes(scene.take()) == done);
  CHECK(scene.machine.overrides().drained);
  CHECK(scene.machine.demotion() == 255);
  SECTION("drained, it does not preempt") {
    pass_beside_worse(scene, 60s);
    CHECK(scene.all_are(Role::backup));
  }
  SECTION("drained, it takes over when nobody else is there, as the worst that there is") {
    scene.pass(5s);
    CHECK(scene.all_are(Role::active));
    scene.pass(10s);
    CHECK(scene.element(first).rank() == router::Rank(Rank{.advbase = 1, .advskew = 240}));
    CHECK(scene.element(second).rank() == says(1));
    scene.hears_worse(first);
    CHECK(scene.role(first) == Role::backup);
  }
  SECTION("and undrained, it preempts again") {
    scene.on(Override{});
    CHECK(outcomes(scene.take()) == done);
    CHECK(scene.machine.demotion() == 0);
    scene.hears_worse(first);
    scene.pass(limits::group_rivals_heard);
    CHECK(scene.all_are(Role::active));
  }
}

TEST_CASE("PRODUCT 5: a drain that no peer claims is taken back, and leaves the old overrides") {
  GroupScene scene = GroupScene::settled();
  scene.on(Override{.wanted = {.drained = true}});
  scene.pass(bound);
  CHECK(outcomes(scene.take()) == taken_back);
  CHECK(scene.machine.overrides() == Overrides{});
  CHECK(scene.machine.demotion() == 0);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("PRODUCT 5: forced, a drain lets go though nobody claims") {
  GroupScene scene = GroupScene::settled();
  scene.on(Override{.wanted = {.drained = true}, .unclaimed = force});
  scene.pass(bound);
  CHECK(outcomes(scene.take()) == done);
  CHECK(scene.machine.overrides().drained);
}

TEST_CASE("PRODUCT 5: draining a backup has nothing to hand over, and counts at once") {
  GroupScene scene = GroupScene::backup();
  scene.pass_as_backup(5s);
  scene.on(Override{.wanted = {.drained = true}});
  CHECK(outcomes(scene.take()) == done);
  pass_beside_worse(scene, 60s);
  CHECK(scene.all_are(Role::backup));
}

TEST_CASE("PRODUCT 5: draining a group that is leaving already has nothing to hand over either") {
  GroupScene scene = GroupScene::settled();
  scene.hears_better(second);
  CHECK(scene.element(first).leaving());
  scene.on(Override{.wanted = {.drained = true}});
  CHECK(outcomes(scene.take()) == done);
  CHECK(scene.machine.overrides().drained);
}

TEST_CASE("PRODUCT 5: held backup, an active hands over, and takes over from nobody") {
  GroupScene scene = overridden({.hold = Hold::backup});
  CHECK(outcomes(scene.take()) == done);
  CHECK(scene.machine.reason() == Reason::held);
  CHECK(scene.element(first).reason() == Reason::held);
  scene.hears_farewell(first);
  scene.hears_farewell(second);
  scene.pass(300s);
  CHECK(scene.all_are(Role::backup));
  SECTION("and released, it does again") {
    scene.on(group::Release{});
    CHECK(outcomes(scene.take()) == done);
    CHECK(scene.machine.overrides().hold == Hold::none);
    scene.pass(first_dead);
    CHECK(scene.all_are(Role::active));
  }
}

TEST_CASE("PRODUCT 5: a hold backup that no peer claims is taken back, forced it lets go") {
  GroupScene scene = GroupScene::settled();
  SECTION("taken back") {
    scene.on(Override{.wanted = {.hold = Hold::backup}});
    scene.pass(bound);
    CHECK(outcomes(scene.take()) == taken_back);
    CHECK(scene.machine.overrides().hold == Hold::none);
    scene.pass(60s);
    CHECK(scene.all_are(Role::active));
  }
  SECTION("forced") {
    scene.on(Override{.wanted = {.hold = Hold::backup}, .unclaimed = force});
    scene.pass(bound);
    CHECK(outcomes(scene.take()) == done);
    CHECK(scene.machine.overrides().hold == Hold::backup);
    scene.pass(60s);
    CHECK(scene.all_are(Role::backup));
  }
}

TEST_CASE("PRODUCT 5: held active, it advertises the best rank, and preempts though it must not") {
  GroupScene scene = GroupScene::backup(
      {.preempt_delay = 600s}, {settings(1, 100, Preempt::off), v3(100, 100, Preempt::off)});
  scene.hears(second, says(200));
  scene.on(Override{.wanted = {.hold = Hold::active}});
  CHECK(outcomes(scene.take()) == done);
  scene.hears(first, Rank{.advbase = 1, .advskew = 1});
  scene.pass(limits::group_rivals_heard);
  CHECK(scene.all_are(Role::active));
  scene.pass(10s);
  CHECK(scene.element(first).rank() == router::Rank(Rank{.advbase = 1, .advskew = 0}));
  CHECK(scene.element(second).rank() == says(254));
  SECTION("and never ignores a better advert") {
    scene.hears(second, says(255));
    CHECK(scene.role(second) == Role::backup);
    CHECK(scene.element(first).leaving());
  }
  SECTION("and says its own rank at once when it is released") {
    scene.take();
    scene.on(group::Release{});
    const Story story = scene.take();
    CHECK(place(story, did(first, router::SendAdvert{equal})) < story.size());
    CHECK(place(story, did(second, advert(100))) < story.size());
    CHECK(scene.all_are(Role::active));
  }
}

TEST_CASE("PRODUCT 5: held active, what a switchover has left behind ends") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::SwitchOver{});
  peer_claims(scene);
  scene.on(Override{.wanted = {.hold = Hold::active}});
  CHECK_FALSE(scene.machine.yielded());
  scene.hears_worse(first);
  scene.pass(limits::group_rivals_heard);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("PRODUCT 5: frozen, nothing moves by itself") {
  SECTION("a backup stays backup though nobody is active") {
    GroupScene scene = GroupScene::backup();
    scene.on(Override{.wanted = {.frozen = true}});
    scene.pass(300s);
    CHECK(scene.all_are(Role::backup));
    CHECK(scene.machine.reason() == Reason::frozen);
    scene.on(Override{});
    scene.pass(first_dead);
    CHECK(scene.all_are(Role::active));
  }
  SECTION("an active stays active though a track is down") {
    const group::TrackSettings site{.number = 1, .fall = 1};
    GroupScene scene = GroupScene::backup({.tracks = {site}});
    scene.on(group::TrackReport{1, group::Health::good});
    scene.pass(10s);
    scene.on(Override{.wanted = {.frozen = true}});
    scene.on(group::TrackReport{1, group::Health::bad});
    CHECK(scene.all_are(Role::active));
    CHECK_FALSE(scene.machine.leaving());
    scene.on(Override{});
    CHECK(scene.machine.leaving());
  }
  SECTION("what an element has lost already the others give up") {
    GroupScene scene = GroupScene::settled();
    scene.on(Override{.wanted = {.frozen = true}});
    scene.hears_better(second);
    CHECK(scene.element(first).leaving());
  }
}

TEST_CASE("PRODUCT 5: overrides that run out are answered to nobody") {
  GroupScene scene = overridden({.hold = Hold::backup});
  scene.take();
  scene.on(Override{.wanted = {}, .reply = group::Reply::not_wanted});
  CHECK(outcomes(scene.take()) == none);
  CHECK(scene.machine.overrides() == Overrides{});
  CHECK_FALSE(scene.machine.yielded());
  scene.pass(first_dead);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("overrides of an earlier life are in force from the start") {
  GroupScene scene({}, pair(), GroupScene::Start::fresh, {.hold = Hold::backup, .drained = true});
  scene.ready(first);
  scene.ready(second);
  scene.pass(60s);
  CHECK(scene.all_are(Role::backup));
  CHECK(scene.element(second).rank() == says(1));
}

TEST_CASE("PRODUCT 5: an announcement is made by every element that can, and ends once") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::AnnounceAgain{});
  const Story story = scene.take();
  CHECK(count<router::Announce>(story) == 2);
  CHECK(outcomes(story) == done);
}

TEST_CASE("an announcement is done when one element can make it, and not when none can") {
  GroupScene scene = GroupScene::backup();
  scene.at_deadline();
  scene.take();
  SECTION("the first") { scene.on(first, router::Claimed{}); }
  SECTION("the second") { scene.on(second, router::Claimed{}); }
  scene.take();
  scene.on(group::AnnounceAgain{});
  CHECK(outcomes(scene.take()) == done);
  GroupScene claiming = GroupScene::backup();
  claiming.at_deadline();
  claiming.take();
  claiming.on(group::AnnounceAgain{});
  CHECK(outcomes(claiming.take()) == not_active);
}

}  // namespace failover::tests
