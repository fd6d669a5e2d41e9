// What keeps a failover group waiting though all of it is up: how it is configured, and what has
// happened before. And what it does not wait for: an active one that is silent or leaves.

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/group_scene.hpp"

namespace failover::tests {
namespace {

std::vector<router::Settings> pair_without_preempt() {
  return {settings(1, 100, Preempt::off), v3(100, 100, Preempt::off)};
}

// Somebody worse is active on every segment.
void pass_beside_worse(GroupScene& scene, Duration span) {
  for (const Instant end = scene.now + span; scene.now < end;) {
    for (group::Member member = 0; member < scene.size(); ++member) scene.hears_worse(member);
    scene.pass(std::min(end - scene.now, Duration(1s)));
  }
}

// Damping looks at moves, whatever they are of: a group of one moves fastest.
const std::vector<router::Settings> alone{settings(1, 100)};

// Two moves that nobody has asked for.
void move_there_and_back(GroupScene& scene) {
  scene.hears_better(first);
  scene.hears_farewell(first);
}

}  // namespace

TEST_CASE(
    "PRODUCT 4: without preempt a group follows a worse active, and takes over when it dies") {
  GroupScene scene = GroupScene::backup({}, pair_without_preempt());
  pass_beside_worse(scene, 30s);
  CHECK(scene.all_are(Role::backup));
  scene.pass(second_dead);
  CHECK(scene.all_are(Role::active));
  CHECK(scene.machine.reason() == Reason::no_response);
}

TEST_CASE("PRODUCT 4: preempt_delay begins when all elements are up") {
  GroupScene scene({.preempt_delay = 30s});
  scene.ready(first);
  pass_beside_worse(scene, 60s);
  scene.ready(second);
  const Instant up = scene.now;
  CHECK(scene.machine.preempts_from() == up + 30s);
  pass_beside_worse(scene, 30s - 1ms);
  CHECK(scene.all_are(Role::backup));
  scene.pass(1ms);
  scene.hears_worse(first);
  scene.pass(limits::group_rivals_heard);
  CHECK(scene.all_are(Role::active));
  CHECK(scene.machine.reason() == Reason::priority);
}

TEST_CASE("PRODUCT 4: preempt_delay begins again when an element was down") {
  GroupScene scene = GroupScene::backup({.preempt_delay = 30s});
  pass_beside_worse(scene, 25s);
  scene.on(second, router::NotReady{WaitingFor::carrier});
  scene.ready(second);
  pass_beside_worse(scene, 25s);
  CHECK(scene.all_are(Role::backup));
  pass_beside_worse(scene, 6s);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("PRODUCT 4: preempt_delay delays no take-over from who is silent or leaves") {
  GroupScene scene = GroupScene::backup({.preempt_delay = 3600s});
  SECTION("silent") { scene.pass(first_dead); }
  SECTION("leaving") {
    scene.hears_better(first);
    scene.hears_farewell(first);
    scene.pass(limits::group_rivals_heard);
  }
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("PRODUCT 4: the group stays backup for start_delay, whoever is silent") {
  GroupScene scene = GroupScene::backup({.start_delay = 20s});
  CHECK(scene.element(first).reason() == Reason::start_delay);
  scene.pass(20s - 1ns);
  scene.hears_farewell(first);
  scene.hears_worse(second);
  CHECK(scene.all_are(Role::backup));
  CHECK(scene.machine.reason() == Reason::start_delay);
  scene.pass(1ns);
  scene.pass(limits::group_rivals_heard);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("PRODUCT 5: who is told to hold active does not wait for start_delay") {
  GroupScene scene = GroupScene::backup({.start_delay = 20s});
  scene.pass(second_dead);
  REQUIRE(scene.all_are(Role::backup));
  scene.on(group::Override{.wanted = {.hold = group::Hold::active}});
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("PRODUCT 4: start_delay does not count when only the agent was replaced") {
  GroupScene scene({.start_delay = 3600s}, pair(), GroupScene::Start::resumed);
  scene.ready(first);
  scene.ready(second);
  scene.pass(first_dead);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("PRODUCT 6: mode none never takes over by itself, whatever happens to the active") {
  GroupScene scene = GroupScene::backup({.takes_over = group::TakesOver::when_told});
  pass_beside_worse(scene, 10s);
  scene.hears_farewell(first);
  scene.hears_farewell(second);
  scene.pass(300s);
  CHECK(scene.all_are(Role::backup));
  CHECK(scene.machine.reason() == Reason::mode_none);
  SECTION("and does when a person holds it active") {
    scene.on(group::Override{.wanted = {.hold = group::Hold::active}});
    scene.pass(first_dead);
    CHECK(scene.all_are(Role::active));
  }
  SECTION("and stays active when the hold ends") {
    scene.on(group::Override{.wanted = {.hold = group::Hold::active}});
    scene.pass(first_dead);
    scene.on(group::Release{});
    scene.pass(60s);
    CHECK(scene.all_are(Role::active));
  }
}

TEST_CASE("damping: more unplanned moves than that, and it does not preempt for a window") {
  GroupScene scene = GroupScene::active({.damping_moves = 3, .damping_window = 60s}, alone);
  scene.hears_better(first);
  scene.hears_worse(first);
  CHECK(scene.all_are(Role::active));
  CHECK(scene.machine.unplanned_moves() == 3);
  CHECK(scene.machine.damped_until() <= scene.now);
  scene.hears_better(first);  // the fourth
  CHECK(scene.machine.damped_until() == scene.now + 60s);
  pass_beside_worse(scene, 60s);
  CHECK(scene.all_are(Role::backup));
  scene.hears_worse(first);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("damping: it takes over from who is silent or leaves all the same") {
  GroupScene scene = GroupScene::active({.damping_moves = 1, .damping_window = 600s}, alone);
  scene.hears_better(first);
  CHECK(scene.machine.damped_until() > scene.now);
  SECTION("silent") { scene.pass(first_dead); }
  SECTION("leaving") { scene.hears_farewell(first); }
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("damping: it lasts until a window has passed without an unplanned move") {
  GroupScene scene = GroupScene::active({.damping_moves = 3, .damping_window = 60s}, alone);
  move_there_and_back(scene);
  move_there_and_back(scene);
  CHECK(scene.machine.damped_until() == scene.now + 60s);
  scene.pass(60s - 1ns);
  scene.hears_better(first);
  CHECK(scene.machine.damped_until() == scene.now + 60s);
}

TEST_CASE("damping: moves longer ago than the window do not count") {
  GroupScene scene = GroupScene::active({.damping_moves = 2, .damping_window = 60s}, alone);
  for (int i = 0; i < 5; ++i) {
    scene.pass(60s);
    move_there_and_back(scene);
    CHECK(scene.machine.unplanned_moves() == 2);
  }
  CHECK(scene.machine.damped_until() <= scene.now);
}

TEST_CASE("damping: moves that a person wants do not count") {
  GroupScene scene = GroupScene::active({.damping_moves = 2, .damping_window = 600s}, alone);
  scene.on(group::SwitchOver{});
  scene.hears_better(first);
  scene.pass(1s);
  CHECK(scene.all_are(Role::backup));
  CHECK(scene.machine.unplanned_moves() == 1);
}

TEST_CASE("damping: 0 moves switch it off") {
  GroupScene scene = GroupScene::active({.damping_moves = 0}, alone);
  for (int i = 0; i < 20; ++i) move_there_and_back(scene);
  CHECK(scene.machine.unplanned_moves() == 0);
  CHECK(scene.machine.damped_until() <= scene.now);
}

TEST_CASE("services that do not start make the group hand over, and wait before the next try") {
  GroupScene scene = GroupScene::settled();
  scene.on(group::ServicesFailed{});
  CHECK(count_farewells(scene.take()) == 2);
  scene.pass_as_backup(1s);
  CHECK(scene.machine.reason() == Reason::services);
  const Duration longest = 3 * second_dead;
  scene.pass(longest - 1s - 1ns);
  CHECK(scene.all_are(Role::backup));
  scene.pass(1ns + first_dead);
  CHECK(scene.all_are(Role::active));
}

// --- Going on after the agent was replaced (PRODUCT: 8.2) ---

namespace {

router::Resume as_active(Reason reason) {
  return {.sources = {.ipv4 = own, .ipv6 = {}}, .role = Role::active, .reason = reason};
}

GroupScene resumed(const group::Settings& configured = {}) {
  GroupScene scene(configured, {}, GroupScene::Start::resumed);
  for (const router::Settings& each : pair()) scene.join_surviving(each);
  scene.resume(first, as_active(Reason::no_response));
  scene.resume(second, as_active(Reason::group));
  return scene;
}

}  // namespace

TEST_CASE("PRODUCT 8.2: a group goes on as it was: one advert each, nothing said, nothing moved") {
  GroupScene scene = resumed();
  const Story story = scene.take();
  CHECK(count<router::SendAdvert>(story, first) == 1);
  CHECK(count<router::SendAdvert>(story, second) == 1);
  CHECK(count_farewells(story) == 0);
  CHECK(count<router::ReleaseAddresses>(story) == 0);
  CHECK(count<router::Transition>(story) == 2);
  CHECK(moves(story) ==
        std::vector{group::Moved{Role::initialize, Role::active, Reason::no_response, false}});
  CHECK(scene.all_are(Role::active));
  scene.pass(60s);
  CHECK(count_farewells(scene.take()) == 0);
}

TEST_CASE("PRODUCT 8.2: who goes on waits for nothing that a start waits for") {
  GroupScene scene = resumed({.preempt_delay = 60s,
                              .start_delay = 60s,
                              .tracks = {{.number = group::track_number("site")}}});
  CHECK(scene.all_are(Role::active));
  CHECK(count_farewells(scene.take()) == 0);
}

TEST_CASE("PRODUCT 8.2: an element that has gone on can lose the role, and take it again") {
  GroupScene scene({}, {}, GroupScene::Start::resumed);
  for (const router::Settings& each : pair()) scene.join_surviving(each);
  scene.resume(first, as_active(Reason::group));
  scene.resume(second, as_active(Reason::no_response));
  scene.kernel_answers();
  scene.pass(10s);
  scene.hears_better(first);
  scene.hears_better(second);
  scene.pass_as_backup(5s);
  CHECK(scene.all_are(Role::backup));
  scene.pass(first_dead - 1s);  // the last advert was heard a second ago
  CHECK(scene.all_are(Role::active));
  CHECK(scene.machine.leader() == first);
}

TEST_CASE("PRODUCT 8.2: an element that cannot go on makes the others hand over") {
  GroupScene scene({}, {}, GroupScene::Start::resumed);
  scene.join_surviving(settings(1, 100));
  scene.resume(first, as_active(Reason::no_response));
  const group::Member other = scene.join_surviving(v3(100));
  CHECK(count_farewells(scene.take()) == 0);
  scene.cannot_resume(other, WaitingFor::carrier);
  CHECK(scene.element(first).leaving());
}

TEST_CASE("PRODUCT 8.2: a backup goes on as backup") {
  GroupScene scene({}, {}, GroupScene::Start::resumed);
  for (const router::Settings& each : pair()) scene.join_surviving(each);
  const router::Resume survivor{.sources = {.ipv4 = own, .ipv6 = {}}, .role = Role::backup};
  scene.resume(first, survivor);
  scene.resume(second, survivor);
  CHECK(scene.all_are(Role::backup));
  CHECK(scene.element(first).reason() == Reason::listening);
  CHECK(count<router::SendAdvert>(scene.take()) == 0);
}

}  // namespace failover::tests
