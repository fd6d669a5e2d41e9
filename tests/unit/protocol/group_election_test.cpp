// Failover groups: routers that have one role together, or none (PRODUCT: 8.10).

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/group_scene.hpp"

namespace failover::tests {
namespace {

using group::Moved;

const router::SendAdvert first_best{Rank{.advbase = 1, .advskew = 0}};
const router::SendAdvert first_own{equal};
const router::SendAdvert second_best = advert(254);
const router::SendAdvert second_own = advert(100);
const router::ClaimAddresses claims;
const router::ReleaseAddresses releases;

Seen takes_role(group::Member member, Reason reason) { return did(member, to_active(reason)); }
Seen loses_role(group::Member member, Reason reason) { return did(member, to_backup(reason)); }
Seen first_says_farewell() { return says_farewell(first, settings(1, 100)); }
Seen second_says_farewell() { return says_farewell(second, v3(100)); }
Moved up(Reason reason) { return {Role::backup, Role::active, reason, false}; }
Moved back(Reason reason) { return {Role::active, Role::backup, reason, false}; }
// Still active, and why not for long.
Moved leaves(Reason reason) { return {Role::active, Role::active, reason, false}; }

// A better node stays active on the second one's segment, and the first one's is silent.
void pass_beside_better_in_second(GroupScene& scene, Duration span) {
  for (const Instant end = scene.now + span; scene.now < end;) {
    scene.hears_better(second);
    scene.pass(std::min(end - scene.now, Duration(1s)));
  }
}

// The first one has led; a better node has been heard by the second one.
GroupScene sent_back(const group::Settings& configured = {}) {
  GroupScene scene = GroupScene::settled(configured);
  scene.hears_better(second);
  return scene;
}

}  // namespace

TEST_CASE("PRODUCT 8.10: who becomes entitled takes the whole group along, with the best rank") {
  GroupScene scene = GroupScene::backup();
  scene.take();
  scene.at_deadline();
  CHECK(scene.take() == Story{takes_role(first, Reason::no_response), did(first, first_own),
                              did(first, claims), takes_role(second, Reason::group),
                              did(second, second_best), did(second, claims),
                              up(Reason::no_response)});
  CHECK(scene.machine.leader() == first);
}

TEST_CASE("PRODUCT 8.10: any element may lead") {
  GroupScene scene = GroupScene::backup();
  scene.pass_as_backup(10s);
  scene.take();
  scene.hears_farewell(second);
  scene.pass(skew_time(100) + limits::group_rivals_heard);
  CHECK(scene.take() == Story{takes_role(second, Reason::peer_left), did(second, second_own),
                              did(second, claims), up(Reason::peer_left),
                              takes_role(first, Reason::group), did(first, first_best),
                              did(first, claims)});
  CHECK(scene.machine.leader() == second);
}

TEST_CASE("PRODUCT 8.10: a worse active that one element preempts loses all segments") {
  GroupScene scene = GroupScene::backup();
  scene.hears_worse(first);
  scene.pass(limits::group_rivals_heard);
  CHECK(scene.all_are(Role::active));
  CHECK(scene.machine.reason() == Reason::priority);
}

TEST_CASE("PRODUCT 8.10: who claims what others may claim too hears them before all come along") {
  GroupScene scene = GroupScene::backup();
  scene.hears_worse(first);
  CHECK(scene.role(first) == Role::active);
  CHECK(scene.deadline() == scene.now + limits::group_rivals_heard);
  scene.pass(limits::group_rivals_heard - 1ns);
  CHECK(scene.role(second) == Role::backup);
  SECTION("nobody better has spoken") {
    scene.pass(1ns);
    CHECK(scene.all_are(Role::active));
  }
  SECTION("somebody better has: the others have said nothing") {
    scene.take();
    scene.hears_better(first);
    scene.pass(1s);
    CHECK(scene.all_are(Role::backup));
    CHECK(count<router::SendAdvert>(scene.take()) == 1);  // the first one's last word
  }
}

TEST_CASE("PRODUCT 8.10: nobody claims while an element has not come up yet") {
  GroupScene scene;
  scene.ready(first);
  scene.pass(60s);
  scene.hears_farewell(first);
  scene.hears_worse(first);
  CHECK(count<router::ClaimAddresses>(scene.take()) == 0);
  CHECK(scene.element(first).reason() == Reason::starting);
  CHECK(scene.machine.role() == Role::initialize);
  SECTION("and all listen for a dead time when it has") {
    scene.ready(second);
    CHECK(scene.deadline() == scene.now + first_dead);
    scene.at_deadline();
    CHECK(scene.all_are(Role::active));
  }
}

TEST_CASE("PRODUCT 8.10: nobody claims while an element waits for its interface") {
  GroupScene scene;
  scene.ready(first);
  scene.on(second, router::NotReady{WaitingFor::carrier});
  scene.pass(60s);
  CHECK(count<router::ClaimAddresses>(scene.take()) == 0);
  CHECK(scene.element(first).reason() == Reason::element_down);
  CHECK(scene.machine.reason() == Reason::element_down);
  CHECK(scene.machine.is_down());
}

TEST_CASE("an element whose capture is being opened is not down, only not up yet") {
  GroupScene scene;
  scene.ready(first);
  scene.on(second, router::NotReady{WaitingFor::capture});
  CHECK_FALSE(scene.machine.is_down());
  CHECK(scene.element(first).reason() == Reason::starting);
}

TEST_CASE("PRODUCT 8.10: who comes along advertises the best rank for one dead time") {
  GroupScene scene = GroupScene::active();
  const Instant began = scene.now;
  SECTION("and keeps a node that is better than its own rank away as long") {
    scene.pass(second_dead - 1ms);
    scene.hears_better(second);
    CHECK(scene.all_are(Role::active));
  }
  SECTION("and its own rank after that") {
    scene.pass(10s);
    const auto best_last = scene.element(second).rank();
    CHECK(best_last == says(100));
    CHECK(scene.when(did(second, second_own), began).value() >= second_dead);
    CHECK(scene.when(did(second, second_own), began).value() <= second_dead + 1s);
    scene.hears_better(second);
    CHECK(scene.role(second) == Role::backup);
  }
  SECTION("and who leads says its own rank all the time") {
    scene.pass(10s);
    CHECK(place(scene.take(), did(first, first_best)) > 0);
    CHECK(scene.element(first).rank() == router::Rank(equal));
  }
}

TEST_CASE("PRODUCT 8.10: a better advert on any element sends all back, with a farewell") {
  GroupScene scene = sent_back();
  CHECK(scene.take() == Story{did(second, second_own), loses_role(second, Reason::preempted),
                              first_says_farewell(), leaves(Reason::preempted)});
  CHECK(scene.machine.leader() == second);
  SECTION("which keep answering until somebody claims") {
    scene.pass(1s);
    CHECK(count<router::ReleaseAddresses>(scene.take(), first) == 0);
    scene.hears_worse(first);
    const Story story = scene.take();
    CHECK(story.at(0) == loses_role(first, Reason::preempted));
    CHECK(moves(story).at(0) == back(Reason::preempted));
    scene.pass_as_backup(1s);
    CHECK(count<router::ReleaseAddresses>(scene.take(), first) == 1);
  }
  SECTION("which let go though nobody claims, after the bound") {
    pass_beside_better_in_second(scene, first_dead + 1s - 1ns);
    CHECK(count<router::ReleaseAddresses>(scene.take(), first) == 0);
    scene.pass(1ns);
    const Story story = scene.take();
    CHECK(place(story, loses_role(first, Reason::preempted)) < story.size());
    CHECK(count<router::ReleaseAddresses>(story, first) == 1);
    CHECK(scene.all_are(Role::backup));
  }
}

TEST_CASE("PRODUCT 8.10: the way that was taken back is closed for three dead times") {
  GroupScene scene = sent_back();
  CHECK(scene.machine.not_again_before() == scene.now + closed_for_first);
  const Instant opens = scene.machine.not_again_before();
  pass_beside_better_in_second(scene, 5s);
  CHECK(scene.role(first) == Role::backup);
  CHECK(scene.element(first).reason() == Reason::not_again);
  SECTION("whatever is heard there") {
    while (scene.now + 1s < opens) {
      scene.hears_worse(first);
      scene.hears_farewell(first);
      scene.hears_better(second);
      scene.pass(1s);
    }
    CHECK(scene.all_are(Role::backup));
  }
  SECTION("and tried again after that, when its active has been silent all the while") {
    pass_beside_better_in_second(scene, opens - scene.now - 1ns);
    CHECK(scene.all_are(Role::backup));
    scene.pass(1ns);
    CHECK(scene.role(first) == Role::active);
    CHECK(scene.element(first).reason() == Reason::no_response);
  }
}

TEST_CASE("PRODUCT 8.10: it is closed for preempt_delay, where that is longer") {
  GroupScene scene = sent_back({.preempt_delay = 60s});
  CHECK(scene.machine.not_again_before() == scene.now + 60s);
}

TEST_CASE("PRODUCT 8.10: what another element becomes entitled to is another way, and open") {
  GroupScene scene = sent_back();
  pass_beside_better_in_second(scene, 5s);
  scene.hears_farewell(second);
  scene.pass(skew_time(100) + limits::group_rivals_heard);
  CHECK(scene.all_are(Role::active));
  CHECK(scene.machine.leader() == second);
  CHECK(scene.element(first).rank() == router::Rank(first_best.rank));
}

TEST_CASE("the others leave because the group does, and that closes nobody's way again") {
  GroupScene scene = sent_back();
  scene.take();
  scene.hears_farewell(second);
  scene.pass(skew_time(100));  // the first one has not been answered yet
  CHECK(scene.machine.leader() == second);
  CHECK(scene.element(first).leaving());
  scene.hears_worse(first);
  scene.pass(limits::group_rivals_heard);
  CHECK(scene.all_are(Role::active));
  CHECK(count_farewells(scene.take()) == 0);
}

TEST_CASE("a group of one has no other way, and nothing is closed") {
  GroupScene scene = GroupScene::settled({}, {settings(1, 100)});
  scene.hears_better(first);
  CHECK(scene.machine.not_again_before() <= scene.now);
  scene.at_deadline();
  scene.pass(first_dead);
  CHECK(scene.role(first) == Role::active);
}

TEST_CASE("three elements of both protocols move as two do") {
  GroupScene scene = GroupScene::settled({}, {settings(1, 100), v3(100), settings(1, 50)});
  CHECK(scene.machine.leader() == 2U);
  scene.hears_better(first);
  const Story story = scene.take();
  CHECK(count_farewells(story) == 2);
  CHECK(count_farewells(story, first) == 0);
  scene.pass_as_backup(5s);
  CHECK(scene.all_are(Role::backup));
  CHECK(moves(scene.take()) ==
        std::vector{back(Reason::preempted), Moved{Role::backup, Role::backup, Reason::not_again}});
}

TEST_CASE("a router that joins an active group takes the role at once") {
  GroupScene scene = GroupScene::settled();
  const group::Member third = scene.join(settings(1, 50));
  CHECK(scene.take() == Story{});
  scene.ready(third);
  CHECK(scene.role(third) == Role::active);
  CHECK(scene.element(third).reason() == Reason::group);
  CHECK(moves(scene.take()).empty());
}

TEST_CASE("a router that joins an active group and is not up takes nobody down") {
  GroupScene scene = GroupScene::settled();
  const group::Member third = scene.join(settings(1, 50));
  scene.on(third, router::NotReady{WaitingFor::interface});
  scene.pass(60s);
  CHECK(scene.role(first) == Role::active);
  CHECK(scene.role(second) == Role::active);
  CHECK_FALSE(scene.machine.is_down());
  SECTION("before it has been up once") {
    scene.ready(third);
    scene.take();
    scene.on(third, router::NotReady{WaitingFor::interface});
    CHECK(count_farewells(scene.take()) == 2);
    CHECK(scene.machine.is_down());
  }
}

TEST_CASE("a router that is taken out of the group stops, and moves nobody") {
  GroupScene scene = GroupScene::settled();
  scene.part(first);
  scene.pass(60s);
  CHECK(scene.role(second) == Role::active);
  CHECK(count_farewells(scene.take(), second) == 0);
  CHECK_FALSE(scene.machine.leader());
}

TEST_CASE("PRODUCT 8.10: an element that fails makes the others hand over at once") {
  GroupScene scene = GroupScene::settled();
  scene.on(first, router::NotReady{WaitingFor::carrier});
  CHECK(scene.take() ==
        Story{did(first, router::Transition{Role::active, Role::initialize, Reason::element_down}),
              did(first, releases), second_says_farewell(), leaves(Reason::element_down)});
  SECTION("and let go when somebody has claimed") {
    scene.hears_worse(second);
    scene.pass(1s);
    const Story story = scene.take();
    CHECK(story.at(0) == loses_role(second, Reason::element_down));
    CHECK(moves(story) ==
          std::vector{Moved{Role::active, Role::initialize, Reason::element_down, false}});
    CHECK(count<router::ReleaseAddresses>(story, second) == 1);
  }
  SECTION("and nobody claims as long as it is down") {
    scene.pass(5s);
    scene.hears_farewell(second);
    scene.hears_worse(second);
    scene.pass(300s);
    CHECK(count<router::ClaimAddresses>(scene.take()) == 0);
    CHECK(scene.role(second) == Role::backup);
    CHECK(scene.element(second).reason() == Reason::element_down);
    scene.ready(first);
    CHECK(scene.element(second).reason() == Reason::listening);
    scene.pass(first_dead);
    CHECK(scene.all_are(Role::active));
  }
}

TEST_CASE("PRODUCT 8.9: a foreign address in one element's way keeps all backup") {
  GroupScene scene = GroupScene::backup();
  scene.on(first, router::Barred{});
  scene.pass(60s);
  CHECK(scene.all_are(Role::backup));
  CHECK(scene.element(first).reason() == Reason::foreign_address);
  CHECK(scene.element(second).reason() == Reason::element_down);
  CHECK(scene.machine.is_down());
  scene.on(first, router::Unbarred{});
  scene.pass(first_dead);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("PRODUCT 8.9: a foreign address that comes to who holds the addresses moves nobody") {
  GroupScene scene = GroupScene::settled();
  scene.on(first, router::Barred{});
  CHECK(scene.take() == Story{});
  CHECK_FALSE(scene.machine.is_down());
}

TEST_CASE("PRODUCT 8.9: a claim that a foreign address is in the way of ends at once, and all") {
  GroupScene scene = GroupScene::backup();
  scene.at_deadline();
  scene.take();
  scene.on(second, router::Barred{});
  scene.on(second, router::ClaimRefused{});
  CHECK(scene.take() == Story{second_says_farewell(), did(second, releases),
                              loses_role(second, Reason::foreign_address), first_says_farewell(),
                              leaves(Reason::foreign_address)});
  scene.pass(60s);
  CHECK(scene.all_are(Role::backup));
}

TEST_CASE("an address that the kernel refuses one element sends all back, and closes the way") {
  GroupScene scene = GroupScene::backup();
  scene.at_deadline();
  scene.take();
  scene.on(second, router::ClaimRefused{});
  CHECK(scene.take() == Story{second_says_farewell(), did(second, releases),
                              loses_role(second, Reason::kernel_refused), first_says_farewell(),
                              leaves(Reason::kernel_refused)});
  CHECK(scene.machine.not_again_before() == scene.now + closed_for_first);
}

TEST_CASE("PRODUCT 8.7: an element that yields after a stall takes the others with it") {
  GroupScene scene = GroupScene::settled();
  scene.now += 60s;
  scene.on(first, router::Woken{});
  scene.on(second, router::Woken{});
  scene.hears_worse(second);
  CHECK(scene.role(second) == Role::backup);
  CHECK(scene.element(first).leaving());
  CHECK(scene.element(second).reason() == Reason::stall);
  // Nobody has taken a move back: as soon as it may, it is active again.
  CHECK(scene.machine.not_again_before() <= scene.now);
}

}  // namespace failover::tests
