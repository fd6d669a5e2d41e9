// What a failover group depends on beside its routers (PRODUCT: 4, tracks).

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/group_scene.hpp"

namespace failover::tests {
namespace {

using group::Health;
using group::TrackMoved;
using group::TrackNumber;
using group::TrackReport;
using group::TrackSettings;
using group::TrackState;

constexpr TrackNumber site = group::track_number("site");
constexpr TrackNumber uplink = group::track_number("uplink");
const Story nothing{};

// Asked again and again; without it the group yields.
const TrackSettings asked{.number = site, .rise = 2, .fall = 3};
// The kernel tells.
const TrackSettings told{.number = uplink, .well_for = 2s};

void report(GroupScene& scene, TrackNumber track, Health health, int times = 1) {
  for (int i = 0; i < times; ++i) scene.on(TrackReport{track, health});
}

GroupScene active_with(const std::vector<TrackSettings>& tracks) {
  GroupScene scene({.tracks = tracks});
  for (const TrackSettings& each : tracks) report(scene, each.number, Health::good);
  scene.ready(first);
  scene.ready(second);
  scene.at_deadline();
  scene.kernel_answers();
  scene.pass(10s);
  scene.take();
  return scene;
}

TrackState state(const GroupScene& scene, std::size_t track = 0) {
  return scene.machine.tracks().state(track);
}

}  // namespace

TEST_CASE("tracks have the numbers that FNV-1a makes of their names") {
  static_assert(group::track_number("") == 0x811c9dc5);
  static_assert(group::track_number("a") == 0xe40c292c);
  static_assert(group::track_number("foobar") == 0xbf9cf968);
  CHECK(site != uplink);
}

TEST_CASE("PRODUCT 4: a track is down after `fall` failures in a row, and the group yields") {
  GroupScene scene = active_with({asked});
  report(scene, site, Health::bad, 2);
  CHECK(scene.take() == nothing);
  CHECK(scene.machine.tracks().in_a_row(0) == 2);
  report(scene, site, Health::bad);
  const Story story = scene.take();
  CHECK(story.at(0) == Seen(TrackMoved{site, TrackState::down}));
  CHECK(count_farewells(story) == 2);
  CHECK(scene.machine.is_down());
  SECTION("and lets go though nobody claims, and claims nothing while it is down") {
    scene.pass(300s);
    CHECK(scene.all_are(Role::backup));
    CHECK(scene.machine.reason() == Reason::element_down);
    CHECK(count<router::ReleaseAddresses>(scene.take()) == 2);
  }
}

TEST_CASE("PRODUCT 4: failures that are not in a row do not count together") {
  GroupScene scene = active_with({asked});
  for (int i = 0; i < 10; ++i) {
    report(scene, site, Health::bad, 2);
    report(scene, site, Health::good);
  }
  CHECK(scene.take() == nothing);
  CHECK(state(scene) == TrackState::up);
}

TEST_CASE("PRODUCT 4: a track is up again after `rise` successes in a row") {
  GroupScene scene = active_with({asked});
  report(scene, site, Health::bad, 3);
  scene.pass_as_backup(5s);
  scene.take();
  for (int i = 0; i < 5; ++i) {
    report(scene, site, Health::good);
    report(scene, site, Health::bad);
  }
  CHECK(state(scene) == TrackState::down);
  report(scene, site, Health::good, 2);
  CHECK(scene.take().at(0) == Seen(TrackMoved{site, TrackState::up}));
  CHECK_FALSE(scene.machine.is_down());
  scene.pass(first_dead);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("a track that recovers during the hand-over does not call it off, nor claim before") {
  GroupScene scene = active_with({asked});
  report(scene, site, Health::bad, 3);
  scene.take();
  report(scene, site, Health::good, 2);
  CHECK(scene.machine.leaving());
  scene.hears_worse(first);
  scene.hears_worse(second);
  CHECK(scene.all_are(Role::backup));
  CHECK(count<router::ClaimAddresses>(scene.take()) == 0);
}

TEST_CASE("PRODUCT 4: what the kernel tells of is down at once, and up when it was well for long") {
  GroupScene scene = active_with({told});
  report(scene, uplink, Health::bad);
  CHECK(state(scene) == TrackState::down);
  CHECK(scene.machine.leaving());
  scene.take();
  report(scene, uplink, Health::good);
  const Instant well = scene.now;
  CHECK(state(scene) == TrackState::down);
  SECTION("and not before") {
    scene.pass(2s - 1ns);
    CHECK(state(scene) == TrackState::down);
    scene.pass(1ns);
    CHECK(state(scene) == TrackState::up);
    const Story story = scene.take();
    CHECK(place(story, TrackMoved{uplink, TrackState::up}) < story.size());
  }
  SECTION("which begins with the first good news, and not with every one") {
    scene.pass(1s);
    report(scene, uplink, Health::good);
    scene.pass(1s);
    CHECK(scene.now == well + 2s);
    CHECK(state(scene) == TrackState::up);
  }
  SECTION("and anew after bad news") {
    scene.pass(1s);
    report(scene, uplink, Health::bad);
    scene.pass(60s);
    CHECK(state(scene) == TrackState::down);
    report(scene, uplink, Health::good);
    scene.pass(2s);
    CHECK(state(scene) == TrackState::up);
  }
}

TEST_CASE("what the kernel tells of is up at once when nothing was known of it") {
  GroupScene scene({.tracks = {told}});
  report(scene, uplink, Health::good);
  CHECK(state(scene) == TrackState::up);
}

TEST_CASE("tracks that become well at the same time are each told of") {
  TrackSettings other = told;
  other.number = site;
  GroupScene scene = active_with({told, other});
  report(scene, uplink, Health::bad);
  report(scene, site, Health::bad);
  report(scene, site, Health::good);
  report(scene, uplink, Health::good);
  scene.take();
  scene.pass(2s);
  CHECK(state(scene, 0) == TrackState::up);
  CHECK(state(scene, 1) == TrackState::up);
}

TEST_CASE("PRODUCT 4: tracks that demote cost their sum, in both protocols, and move nothing") {
  GroupScene scene = active_with(
      {{.number = 1, .fall = 1, .demote = 50}, {.number = 2, .rise = 1, .fall = 1, .demote = 30}});
  report(scene, 1, Health::bad);
  CHECK(scene.machine.demotion() == 50);
  const Story story = scene.take();
  CHECK(place(story, did(first, router::SendAdvert{Rank{.advbase = 1, .advskew = 150}})) <
        story.size());
  CHECK(place(story, did(second, advert(50))) < story.size());
  CHECK(count_farewells(story) == 0);
  CHECK_FALSE(scene.machine.is_down());
  report(scene, 2, Health::bad);
  CHECK(scene.machine.demotion() == 80);
  CHECK(scene.element(first).rank() == router::Rank(Rank{.advbase = 1, .advskew = 180}));
  CHECK(scene.element(second).rank() == says(20));
  report(scene, 2, Health::good);
  CHECK(scene.machine.demotion() == 50);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("PRODUCT 4: demoted, CARP does not pass 240, and VRRP does not fall below 1") {
  GroupScene scene = active_with(
      {{.number = 1, .fall = 1, .demote = 254}, {.number = 2, .fall = 1, .demote = 254}});
  report(scene, 1, Health::bad);
  report(scene, 2, Health::bad);
  CHECK(scene.machine.demotion() == 508);
  CHECK(scene.element(first).rank() == router::Rank(Rank{.advbase = 1, .advskew = 240}));
  CHECK(scene.element(second).rank() == says(1));
}

TEST_CASE("PRODUCT 4: demoted, a node loses the role to a better one, and takes over as early") {
  GroupScene scene = active_with({{.number = 1, .fall = 1, .demote = 150}});
  report(scene, 1, Health::bad);
  scene.hears(first, worse);
  CHECK(scene.role(first) == Role::backup);
  GroupScene demoted({.tracks = {{.number = 1, .fall = 1, .demote = 150}}});
  report(demoted, 1, Health::bad);
  demoted.ready(first);
  demoted.ready(second);
  CHECK(demoted.deadline() == demoted.now + first_dead);
}

TEST_CASE("an element that joins is demoted as the others are") {
  GroupScene scene = active_with({{.number = 1, .fall = 1, .demote = 50}});
  report(scene, 1, Health::bad);
  const group::Member third = scene.join(settings(1, 10));
  scene.ready(third);
  scene.pass(10s);
  CHECK(scene.element(third).rank() == router::Rank(Rank{.advbase = 1, .advskew = 60}));
}

TEST_CASE("at a start nobody claims before each track that matters is known") {
  GroupScene scene = GroupScene::backup({.tracks = {asked, told, {.number = 1, .demote = 50}}});
  scene.pass(60s);
  CHECK(scene.all_are(Role::backup));
  CHECK(scene.machine.reason() == Reason::starting);
  CHECK_FALSE(scene.machine.is_down());
  report(scene, site, Health::good);
  scene.pass(60s);
  CHECK(scene.all_are(Role::backup));
  report(scene, uplink, Health::good);
  scene.pass(first_dead);
  CHECK(scene.all_are(Role::active));
  CHECK(state(scene, 2) == TrackState::unknown);
  CHECK(scene.machine.demotion() == 0);
}

TEST_CASE("at a start one success is enough, and it takes all the failures to be down") {
  GroupScene scene = GroupScene::backup({.tracks = {asked}});
  SECTION("success") {
    report(scene, site, Health::good);
    CHECK(state(scene) == TrackState::up);
  }
  SECTION("failures") {
    report(scene, site, Health::bad, 2);
    CHECK(state(scene) == TrackState::unknown);
    report(scene, site, Health::bad);
    CHECK(state(scene) == TrackState::down);
  }
}

TEST_CASE("who goes on active gives nothing up for a track that is not known yet") {
  GroupScene scene({.tracks = {asked}}, {}, GroupScene::Start::resumed);
  for (const router::Settings& each : pair()) scene.join_surviving(each);
  for (const group::Member member : {first, second})
    scene.resume(member, {.sources = {.ipv4 = own, .ipv6 = {}}, .role = Role::active});
  report(scene, site, Health::bad, 2);
  CHECK(count_farewells(scene.take()) == 0);
  report(scene, site, Health::bad);
  CHECK(count_farewells(scene.take()) == 2);
}

TEST_CASE("a report of a track that there is no more of says nothing") {
  GroupScene scene = active_with({asked});
  report(scene, uplink, Health::bad, 10);
  CHECK(scene.take() == nothing);
}

TEST_CASE("a changed configuration keeps what is known of a track, wherever it stands in it") {
  GroupScene scene = active_with({asked, {.number = 1, .fall = 1, .demote = 50}});
  report(scene, 1, Health::bad);
  report(scene, site, Health::bad, 2);
  TrackSettings patient = asked;
  patient.fall = 4;
  scene.on(group::Reconfigured{{.tracks = {{.number = 1, .demote = 70}, patient}}});
  CHECK(state(scene, 0) == TrackState::down);
  CHECK(state(scene, 1) == TrackState::up);
  CHECK(scene.machine.demotion() == 70);
  CHECK(scene.element(second).rank() == says(30));
  report(scene, site, Health::bad);
  CHECK(state(scene, 1) == TrackState::up);
  report(scene, site, Health::bad);
  CHECK(state(scene, 1) == TrackState::down);
}

TEST_CASE("a track that is taken out of the configuration costs nothing, and holds nobody back") {
  GroupScene scene = active_with({asked});
  report(scene, site, Health::bad, 3);
  scene.pass(60s);
  CHECK(scene.all_are(Role::backup));
  scene.on(group::Reconfigured{});
  CHECK(scene.machine.tracks().size() == 0);
  scene.pass(first_dead);
  CHECK(scene.all_are(Role::active));
}

TEST_CASE("a track that is new takes nothing from who is active before it is known to be down") {
  GroupScene scene = active_with({});
  scene.on(group::Reconfigured{{.tracks = {asked}}});
  scene.pass(60s);
  CHECK(scene.all_are(Role::active));
  CHECK(count_farewells(scene.take()) == 0);
}

}  // namespace failover::tests
