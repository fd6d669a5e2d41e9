// CARP's transition table, a test for each row of CARP.md 3.2, in our reading of it.

#include <algorithm>

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/scene.hpp"

namespace failover::tests {
namespace {

const router::Settings no_preempt = settings(1, 100, Preempt::off);
const Happened nothing{};
const Rank own_rank{.advbase = 1, .advskew = 100};

Happened becomes_active(Reason reason, const Rank& rank = own_rank) {
  return {to_active(reason), router::SendAdvert{rank}, router::ClaimAddresses{}};
}

Rank demoted_by(Rank rank, std::uint8_t count) {
  rank.demote = count;
  return rank;
}

// Nothing happens but that the dead time starts anew.
void check_rearms(Scene& scene, const Rank& peer, const IpAddress& from = loser) {
  scene.now += 500ms;
  CHECK(scene.hears(peer, from) == nothing);
  CHECK(scene.router.role() == Role::backup);
  CHECK(scene.until_deadline() == scene.router.settings().dead_time());
}

}  // namespace

TEST_CASE("CARP 3.2 INIT, any advert: is ignored") {
  for (const Rank& rank : {better, equal, worse, carp::farewell_times, demoted_by(worse, 9)}) {
    Scene scene;
    CHECK(scene.hears(rank) == nothing);
    CHECK(scene.router.role() == Role::initialize);
    CHECK_FALSE(scene.router.deadline());
  }
}

TEST_CASE("CARP 3.2 MASTER, peer better: says a last word, becomes backup, goes on answering") {
  for (const auto preempt : {Preempt::on, Preempt::off}) {
    Scene scene = Scene::active(settings(1, 100, preempt));
    CHECK(scene.hears(better) == yields(Reason::preempted));
    CHECK(scene.router.role() == Role::backup);
  }
}

TEST_CASE("CARP 3.2 MASTER, peer better by 1/256 s: becomes backup") {
  Scene scene = Scene::active();
  CHECK(scene.hears({.advbase = 1, .advskew = 99}) == yields(Reason::preempted));
}

// Captures are emptied before deadlines are judged.
TEST_CASE("CARP 3.2 MASTER, peer better, in the moment of the own advert: a last word is said") {
  Scene scene = Scene::settled();
  scene.now = *scene.router.deadline();
  CHECK(scene.hears(better) == yields(Reason::preempted));
}

TEST_CASE("CARP 3.2 MASTER, peer better: who yields listens for a dead time, no longer") {
  Scene scene = Scene::active();
  scene.hears(better);
  scene.pass(1s);  // the addresses are let go meanwhile
  CHECK(scene.until_deadline() == scene.router.settings().dead_time() - 1s);
}

TEST_CASE("CARP 3.2 MASTER, equal: ucarp's order decides") {
  struct Row {
    const char* peer;
    bool yields;
  };
  // The first two were seen with a real ucarp: the last octet weighs most, lower wins.
  for (const Row& row :
       {Row{"192.0.3.5", true}, Row{"10.0.0.99", false}, Row{"192.0.2.10", true},
        Row{"192.0.2.12", false}, Row{"192.0.1.11", true}, Row{"192.0.3.11", false},
        Row{"191.0.2.11", true}, Row{"193.0.2.11", false}, Row{"255.255.255.1", true}}) {
    INFO(row.peer);
    Scene scene = Scene::active();
    scene.hears(equal, address(row.peer));
    CHECK((scene.router.role() == Role::backup) == row.yields);
    CHECK(scene.router.reason() == (row.yields ? Reason::tie : Reason::no_response));
    CHECK(carp::wins_tie(address(row.peer), own) == row.yields);
    CHECK(carp::wins_tie(own, address(row.peer)) != row.yields);
  }
}

TEST_CASE("CARP 3.2 MASTER, equal: who stays announces again, as ucarp does") {
  Scene scene = Scene::settled();
  scene.now = *scene.router.deadline() - 100ms;
  CHECK(scene.hears(equal, loser) == Happened{router::TwoActive{loser}, router::Announce{}});
}

TEST_CASE("CARP 3.2 MASTER, equal: who yields listens half an interval longer than a dead time") {
  Scene scene = Scene::active();
  CHECK(scene.hears(equal, winner) == yields(Reason::tie));
  scene.pass(1s);  // the addresses are let go meanwhile
  CHECK(scene.until_deadline() ==
        scene.router.settings().dead_time() + own_rank.interval() / 2 - 1s);
}

TEST_CASE("CARP 3.2 MASTER, equal, from our own address: yields, like a BSD") {
  Scene scene = Scene::active();
  CHECK(scene.hears(equal, own) == yields(Reason::tie));
}

TEST_CASE("IPv6 ties are decided from the front, lower wins, another family wins") {
  CHECK(carp::wins_tie(address("fe80::1:0"), address("fe80::2:0")));
  CHECK_FALSE(carp::wins_tie(address("fe80::2:0"), address("fe80::1:1")));
  CHECK(carp::wins_tie(address("fe80::1"), address("fe80::1")));
  CHECK(carp::wins_tie(address("fe80::1"), own));
  CHECK(carp::wins_tie(own, address("fe80::1")));
}

TEST_CASE("CARP 3.2 MASTER, peer worse: stays, announces, and again with the second advert") {
  Scene scene = Scene::settled();
  const Duration interval = own_rank.interval();
  CHECK(scene.hears(worse) == Happened{router::TwoActive{loser}, router::Announce{}});
  CHECK(scene.pass(2 * interval) == std::vector<Timed>{{50ms, router::Announce{}},
                                                       {250ms, router::Announce{}},
                                                       {interval, router::SendAdvert{own_rank}},
                                                       {2 * interval, router::SendAdvert{own_rank}},
                                                       {2 * interval, router::Announce{}}});
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("CARP 3.2 MASTER, farewell: is worse than anything, and no second active") {
  Scene scene = Scene::settled();
  scene.pass(2 * carp::farewell_times.interval());
  CHECK(scene.hears(carp::farewell_times) == Happened{router::Announce{}});
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("CARP 3.4 MASTER, demoted, farewell: who leaves is not yielded to") {
  Scene scene = Scene::settled();
  scene.on(router::Demote{{.cost = 0, .count = 1}});
  scene.hears(carp::farewell_times);
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("CARP 3.2 MASTER, peer better but demoted more: stays (OpenBSD)") {
  Scene scene = Scene::active();
  scene.hears(demoted_by(better, 1));
  CHECK(scene.router.role() == Role::active);
  scene.hears(demoted_by(equal, 1), winner);
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("CARP 3.2 MASTER, peer better and demoted as much: becomes backup (OpenBSD)") {
  Scene scene = Scene::active();
  scene.on(router::Demote{{.cost = 0, .count = 2}});
  CHECK(scene.hears(demoted_by(better, 2)) == yields(Reason::preempted, demoted_by(own_rank, 2)));
}

TEST_CASE("CARP 3.2 MASTER, peer worse but demoted less: becomes backup (OpenBSD)") {
  for (const Rank& peer : {demoted_by(worse, 1), demoted_by(equal, 1)}) {
    Scene scene = Scene::active();
    scene.on(router::Demote{{.cost = 0, .count = 2}});
    CHECK(scene.hears(peer) == yields(Reason::demoted, demoted_by(own_rank, 2)));
  }
}

TEST_CASE("CARP 3.2 BACKUP, preempt on, peer worse: becomes active at once") {
  Scene scene = Scene::backup();
  CHECK(scene.hears(worse) == becomes_active(Reason::priority));
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("CARP 3.2 BACKUP, preempt on, peer worse but demoted less: re-arms (OpenBSD)") {
  Scene scene = Scene::backup();
  scene.on(router::Demote{{.cost = 0, .count = 1}});
  check_rearms(scene, worse);
  CHECK(scene.hears(demoted_by(worse, 1)) ==
        becomes_active(Reason::priority, demoted_by(own_rank, 1)));
}

TEST_CASE("CARP 3.2 BACKUP, preempt on, demoted in skew: compares what it would advertise") {
  Scene scene = Scene::backup();
  scene.on(router::Demote{{.cost = 101, .count = 0}});
  check_rearms(scene, worse);  // 1/201 against 1/200
  scene.on(router::Demote{{.cost = 99, .count = 0}});
  CHECK(scene.hears(worse) == becomes_active(Reason::priority, {.advbase = 1, .advskew = 199}));
}

TEST_CASE("CARP 3.2 BACKUP, peer demoted more: becomes active, preempt or not (OpenBSD)") {
  for (const auto preempt : {Preempt::on, Preempt::off}) {
    Scene scene = Scene::backup(settings(1, 100, preempt));
    CHECK(scene.hears(demoted_by(better, 1)) == becomes_active(Reason::demoted_peer));
  }
}

TEST_CASE("CARP 3.2 BACKUP, peer will time out anyway: becomes active, preempt or not") {
  for (const auto preempt : {Preempt::on, Preempt::off}) {
    // Seen with a real ucarp: own 1/0 against 3/1, and against 3/0, which it waits for.
    Scene slower = Scene::backup(settings(1, 0, Preempt::off));
    CHECK(slower.hears({.advbase = 3, .advskew = 1}) ==
          becomes_active(Reason::slow_peer, {.advbase = 1, .advskew = 0}));
    Scene just_in_time = Scene::backup(settings(1, 0, Preempt::off));
    check_rearms(just_in_time, {.advbase = 3, .advskew = 0});
    Scene bows_out = Scene::backup(settings(1, 100, preempt));
    CHECK(bows_out.hears(carp::farewell_times) == becomes_active(Reason::peer_left));
  }
}

TEST_CASE("CARP 3.2 BACKUP, peer will time out anyway: by the configured dead ratio") {
  router::Settings patient = settings(1, 0, Preempt::off);
  carp_of(patient).dead_ratio = carp::DeadRatio::of<5>();
  Scene scene = Scene::backup(patient);
  check_rearms(scene, {.advbase = 5, .advskew = 0});
  CHECK(scene.hears({.advbase = 5, .advskew = 1}) ==
        becomes_active(Reason::slow_peer, {.advbase = 1, .advskew = 0}));
}

TEST_CASE(
    "CARP 3.4 BACKUP, farewell: is taken over from by every node, however slow its own pace") {
  for (const int advbase : {0, 1, 84, 85, 255}) {
    INFO(advbase);
    Scene scene = Scene::backup(settings(advbase, 254, Preempt::off));
    scene.hears(carp::farewell_times);
    CHECK(scene.router.role() == Role::active);
    CHECK(scene.router.reason() == Reason::peer_left);
  }
}

TEST_CASE("CARP 3.2 BACKUP, peer better or equal: re-arms") {
  for (const auto preempt : {Preempt::on, Preempt::off}) {
    Scene scene = Scene::backup(settings(1, 100, preempt));
    check_rearms(scene, better);
    check_rearms(scene, equal, winner);
    check_rearms(scene, equal, loser);
  }
}

TEST_CASE("CARP 3.2 BACKUP, preempt off, peer worse: re-arms") {
  Scene scene = Scene::backup(no_preempt);
  check_rearms(scene, worse);
}

TEST_CASE("CARP 3.2 BACKUP, timer fires: becomes active, a dead time after the last advert") {
  for (const auto preempt : {Preempt::on, Preempt::off}) {
    Scene scene = Scene::backup(settings(1, 100, preempt));
    CHECK(scene.until_deadline() == scene.router.settings().dead_time());
    scene.now += 2s;
    scene.hears(better);
    CHECK(scene.until_deadline() == scene.router.settings().dead_time());
    CHECK(scene.at_deadline() == becomes_active(Reason::no_response));
  }
}

TEST_CASE("CARP 3.2 BACKUP, timer has not fired: a deadline that comes early does nothing") {
  Scene scene = Scene::backup();
  CHECK(scene.late_by(-1ns) == nothing);
  CHECK(scene.until_deadline() == 1ns);
}

TEST_CASE("PRODUCT 4: demotion does not change the own dead time") {
  Scene scene = Scene::backup();
  scene.on(router::Demote{{.cost = 240, .count = 3}});
  CHECK(scene.until_deadline() == scene.router.settings().dead_time());
  scene.hears(better);
  CHECK(scene.until_deadline() == scene.router.settings().dead_time());
}

TEST_CASE("PRODUCT 4: with advbase 0 the dead time is in parts of a second") {
  Scene scene = Scene::backup(settings(0, 0));
  CHECK(scene.until_deadline() == 3 * carp::skew_unit);
  CHECK(Scene::backup(settings(0, 50)).until_deadline() == 150 * carp::skew_unit);
}

TEST_CASE("PRODUCT 8.6: two active nodes are reported on the one that stays, once it has settled") {
  Scene fresh = Scene::active();
  fresh.pass(2 * worse.interval() - 1ms);  // to hear us, and to yield
  CHECK(fresh.hears(worse) == Happened{router::Announce{}});
  Scene scene = Scene::active();
  scene.pass(2 * worse.interval());
  CHECK(scene.hears(worse) == Happened{router::TwoActive{loser}, router::Announce{}});
}

TEST_CASE("PRODUCT 8.6: two active nodes are reported on the one that yields to an equal") {
  Scene scene = Scene::settled();
  CHECK(scene.hears(equal, winner) ==
        Happened{router::TwoActive{winner}, router::SendAdvert{own_rank}, to_backup(Reason::tie)});
}

TEST_CASE("PRODUCT 8.6: who yields to the peer whose silence made it active reports two active") {
  Scene scene = Scene::backup();
  scene.hears(better, loser);
  scene.at_deadline();
  scene.on(router::Claimed{});
  scene.pass(10s);
  CHECK(scene.hears(better, loser) == Happened{router::TwoActive{loser},
                                               router::SendAdvert{own_rank},
                                               to_backup(Reason::preempted)});
}

TEST_CASE("PRODUCT 8.6: who yields to a third node does not report the one that fell silent") {
  Scene scene = Scene::backup();
  scene.hears(better, loser);
  scene.at_deadline();
  scene.on(router::Claimed{});
  scene.pass(10s);
  CHECK(scene.hears(better, winner) == yields(Reason::preempted));
}

TEST_CASE("PRODUCT 8.6: who was preempted comes back better: no case of two active") {
  Scene scene = Scene::backup();
  scene.hears(worse, loser);
  REQUIRE(scene.router.reason() == Reason::priority);
  scene.on(router::Claimed{});
  scene.pass(10s);
  CHECK(scene.hears(better, loser) == yields(Reason::preempted));
}

TEST_CASE("PRODUCT 8.6: silence after a farewell is not the silence of an active") {
  const auto active_after_farewell_of = [](const IpAddress& leaver) {
    Scene scene = Scene::backup();
    scene.hears(better, loser);
    scene.on(router::Barred{});  // or it would take over at once
    scene.hears(carp::farewell_times, leaver);
    scene.on(router::Unbarred{});
    scene.at_deadline();
    scene.on(router::Claimed{});
    scene.pass(10s);
    return scene;
  };
  CHECK(active_after_farewell_of(loser).hears(better, loser) == yields(Reason::preempted));
  // Another one's farewell says nothing of who was active.
  CHECK(active_after_farewell_of(winner).hears(better, loser).front() ==
        router::Effect{router::TwoActive{loser}});
}

TEST_CASE("PRODUCT 8.6: after healing, the last word of who yields makes both sides report") {
  Scene yielding = Scene::backup();
  yielding.hears(better, winner);
  yielding.at_deadline();
  yielding.on(router::Claimed{});
  Scene staying = Scene::settled(settings(1, 0));
  yielding.pass(60s);
  staying.pass(60s);

  const Happened said = yielding.hears(staying.router.rank(), winner);
  REQUIRE(said == Happened{router::TwoActive{winner}, router::SendAdvert{own_rank},
                           to_backup(Reason::preempted)});
  const auto last_word = std::get<router::SendAdvert>(said[1]);
  CHECK(staying.hears(last_word.rank, own) == Happened{router::TwoActive{own}, router::Announce{}});
  CHECK(staying.router.role() == Role::active);
}

TEST_CASE("PRODUCT 8.6: a plain preemption by a node that comes is no case of two active") {
  Scene scene = Scene::settled();
  CHECK(scene.hears(better) == yields(Reason::preempted));
}

}  // namespace failover::tests
