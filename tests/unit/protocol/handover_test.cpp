// Giving the role away: PRODUCT 8.1 sentence by sentence, and what 5 says of switchovers.

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/scene.hpp"

namespace failover::tests {
namespace {

const Happened nothing{};
const Rank own_rank{.advbase = 1, .advskew = 100};
const Duration interval = own_rank.interval();
const Duration bound = 3s + 100 * carp::skew_unit + 1s;  // dead time and grace

router::ReleaseAddresses released(router::Successor successor) { return {successor}; }
const auto announced = released(router::Successor::announced);
const auto unknown = released(router::Successor::unknown);

Happened ended(Outcome outcome) { return {router::OperationEnded{outcome}}; }

Scene leaving(const router::Settings& configured = settings(1, 100)) {
  Scene scene = Scene::settled(configured);
  scene.on(router::SwitchOver{});
  return scene;
}

// The peer has claimed; we still answer.
Scene lingering(std::size_t addresses = 1) {
  router::Settings configured = settings(1, 100);
  configured.addresses = addresses;
  Scene scene = leaving(configured);
  scene.hears(worse);
  return scene;
}

Scene yielded() {
  Scene scene = lingering();
  scene.pass(250ms);
  return scene;
}

router::AnnouncementHeard announcement(std::size_t number) { return {.address = number}; }

}  // namespace

TEST_CASE("PRODUCT 8.1: switching over says farewell first, and goes on answering") {
  Scene scene = Scene::settled();
  CHECK(scene.on(router::SwitchOver{}) == Happened{farewell});
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("PRODUCT 8.1: the peer's advert takes the role, the addresses go on answering") {
  Scene scene = leaving();
  CHECK(scene.hears(worse) == Happened{to_backup(Reason::op)});
  CHECK(scene.router.role() == Role::backup);
  CHECK(scene.router.yielded());
}

TEST_CASE("PRODUCT 8.1: 20 ms after the peer's announcement the address goes") {
  Scene scene = lingering();
  CHECK(scene.after(7ms, announcement(0)) == nothing);
  CHECK(scene.until_deadline() == 20ms);
  CHECK(scene.late_by(-1ns) == nothing);
  CHECK(scene.late_by(Duration{0}) == Happened{announced, router::OperationEnded{Outcome::done}});
}

TEST_CASE("PRODUCT 8.1: 250 ms after the peer's first advert, when no announcement is seen") {
  Scene scene = lingering();
  scene.now += 100ms;
  CHECK(scene.hears(worse) == nothing);  // a later one changes nothing
  CHECK(scene.until_deadline() == 150ms);
  CHECK(scene.at_deadline() == Happened{unknown, router::OperationEnded{Outcome::done}});
}

TEST_CASE("PRODUCT 8.1: each address waits for its own announcement") {
  Scene scene = lingering(3);
  scene.after(1ms, announcement(2));
  scene.after(1ms, announcement(0));
  scene.after(100ms, announcement(1));
  CHECK(scene.until_deadline() == 20ms);
  CHECK(scene.at_deadline() == Happened{announced, router::OperationEnded{Outcome::done}});
}

TEST_CASE("PRODUCT 8.1: when some announcements are missing, 250 ms after the latest one") {
  Scene scene = lingering(3);
  scene.after(10ms, announcement(0));
  scene.after(200ms, announcement(1));
  CHECK(scene.until_deadline() == 250ms);
  CHECK(scene.at_deadline() == Happened{announced, router::OperationEnded{Outcome::done}});
}

TEST_CASE("PRODUCT 8.1: an address that is announced twice, or is not ours, counts for no other") {
  Scene scene = lingering(2);
  scene.after(1ms, announcement(0));
  scene.after(1ms, announcement(0));
  scene.after(1ms, announcement(2));
  scene.after(1ms, announcement(16'383));
  CHECK(scene.until_deadline() == 250ms - 3ms);
}

TEST_CASE("PRODUCT 8.1: an announcement before the advert counts (ucarp), 20 ms after it") {
  Scene scene = leaving();
  CHECK(scene.after(1ms, announcement(0)) == nothing);
  scene.now += 5ms;
  CHECK(scene.hears(worse) == Happened{to_backup(Reason::op)});
  CHECK(scene.until_deadline() == 15ms);
  CHECK(scene.at_deadline() == Happened{announced, router::OperationEnded{Outcome::done}});
}

TEST_CASE("PRODUCT 8.1: an announcement long before the advert lets go with the advert") {
  Scene scene = leaving();
  scene.after(1ms, announcement(0));
  scene.now += 50ms;
  scene.hears(worse);
  CHECK(scene.until_deadline() == 0ns);
}

TEST_CASE("PRODUCT 8.1: any advert claims while we leave, better, equal or worse") {
  for (const Rank& rank : {better, equal, worse, Rank{.advbase = 1, .advskew = 240, .demote = 9}}) {
    Scene scene = leaving();
    CHECK(scene.hears(rank) == Happened{to_backup(Reason::op)});
  }
}

TEST_CASE("PRODUCT 8.1: another's farewell claims nothing") {
  Scene scene = leaving();
  CHECK(scene.hears(carp::farewell_times) == nothing);
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("PRODUCT 8.1: the farewell is repeated each interval, in case it was lost") {
  Scene scene = leaving();
  CHECK(scene.pass(bound - 1ns) == std::vector<Timed>{{interval, farewell},
                                                      {2 * interval, farewell},
                                                      {3 * interval, farewell}});
}

TEST_CASE("PRODUCT 8.1: a wake-up that comes late sends one farewell, not all that it missed") {
  Scene scene = leaving(settings(0, 1));
  CHECK(scene.late_by(500ms) == Happened{farewell});
  CHECK(*scene.until_deadline() > 0ns);
}

TEST_CASE("PRODUCT 5: when nobody claims within the bound, the role is taken back") {
  Scene scene = leaving();
  scene.pass(bound - 1ns);
  CHECK(scene.until_deadline() == 1ns);
  CHECK(scene.at_deadline() ==
        Happened{router::Transition{Role::active, Role::active, Reason::no_successor},
                 router::SendAdvert{own_rank}, router::ClaimAddresses{},
                 router::OperationEnded{Outcome::taken_back}});
  CHECK(scene.router.role() == Role::active);
  CHECK_FALSE(scene.router.yielded());
  CHECK(scene.on(router::Claimed{}) == Happened{router::Announce{}});
}

TEST_CASE("PRODUCT 8.1: the bound is at most the hand-over timeout") {
  router::Settings configured = settings(10, 0);
  Scene scene = leaving(configured);
  scene.pass(limits::handover_timeout_default - 1ns);
  CHECK(scene.until_deadline() == 1ns);
  configured.handover_timeout = 300ms;
  CHECK(leaving(configured).until_deadline() == 300ms);
}

TEST_CASE("PRODUCT 8.1: an announcement alone claims nothing: its sender may have died since") {
  Scene scene = leaving();
  scene.on(announcement(0));
  scene.pass(bound);
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("PRODUCT 8.1: who yields to a better advert goes on answering by the same rule") {
  Scene scene = Scene::settled();
  CHECK(scene.hears(better) == yields(Reason::preempted));
  CHECK(scene.until_deadline() == 250ms);
  scene.after(30ms, announcement(0));
  CHECK(scene.until_deadline() == 20ms);
  CHECK(scene.at_deadline() == Happened{announced});
}

TEST_CASE("PRODUCT 8.1: who takes over again while it still answers lets nothing go") {
  Scene scene = Scene::settled();
  scene.hears(better);
  scene.now += 10ms;
  CHECK(scene.hears(carp::farewell_times) == Happened{to_active(Reason::peer_left),
                                                      router::SendAdvert{own_rank},
                                                      router::ClaimAddresses{}});
  for (const Timed& each : scene.pass(1s))
    CHECK_FALSE(std::holds_alternative<router::ReleaseAddresses>(each.effect));
}

TEST_CASE("a switchover whose successor leaves before we let go is taken back") {
  Scene scene = lingering();
  CHECK(scene.hears(carp::farewell_times) ==
        Happened{router::OperationEnded{Outcome::taken_back}, to_active(Reason::peer_left),
                 router::SendAdvert{own_rank}, router::ClaimAddresses{}});
}

TEST_CASE("a switchover of one that is not active has nothing to hand over") {
  Scene initialize;
  CHECK(initialize.on(router::SwitchOver{}) == ended(Outcome::not_active));
  Scene backup = Scene::backup();
  CHECK(backup.on(router::SwitchOver{}) == ended(Outcome::not_active));
  CHECK_FALSE(backup.router.yielded());
}

TEST_CASE("a switchover is interrupted when the interface fails, and the addresses go") {
  Scene scene = leaving();
  CHECK(scene.on(router::NotReady{WaitingFor::link}) ==
        Happened{router::Transition{Role::active, Role::initialize, Reason::element_down},
                 router::OperationEnded{Outcome::interrupted}, unknown});
  Scene claimed = lingering();
  claimed.on(announcement(0));
  CHECK(claimed.on(router::NotReady{WaitingFor::carrier}) ==
        Happened{router::Transition{Role::backup, Role::initialize, Reason::element_down},
                 router::OperationEnded{Outcome::interrupted}, announced});
}

TEST_CASE("PRODUCT 5: after a switchover a worse active is not preempted") {
  Scene scene = yielded();
  CHECK(scene.hears(worse) == nothing);
  CHECK(scene.until_deadline() == scene.router.settings().dead_time());
}

TEST_CASE("PRODUCT 5: after a switchover neither a demoted nor a slow active is replaced") {
  Scene scene = yielded();
  CHECK(scene.hears({.advbase = 1, .advskew = 0, .demote = 9}) == nothing);
  CHECK(scene.hears({.advbase = 10, .advskew = 0}) == nothing);
  CHECK(scene.router.yielded());
}

TEST_CASE("PRODUCT 5: it takes over again when the peer leaves, and has yielded no more") {
  Scene scene = yielded();
  scene.hears(carp::farewell_times);
  CHECK(scene.router.role() == Role::active);
  CHECK(scene.router.reason() == Reason::peer_left);
  CHECK_FALSE(scene.router.yielded());
}

TEST_CASE("PRODUCT 5: it takes over again when the peer dies, and has yielded no more") {
  Scene scene = yielded();
  CHECK(scene.at_deadline() == Happened{to_active(Reason::no_response),
                                        router::SendAdvert{own_rank}, router::ClaimAddresses{}});
  CHECK_FALSE(scene.router.yielded());
}

TEST_CASE("PRODUCT 5: after a release it preempts again") {
  Scene scene = yielded();
  scene.on(router::Unyield{});
  CHECK_FALSE(scene.router.yielded());
  scene.hears(worse);
  CHECK(scene.router.role() == Role::active);
  CHECK(scene.router.reason() == Reason::priority);
}

TEST_CASE("PRODUCT 5: yielding outlives a failed interface") {
  Scene scene = yielded();
  scene.on(router::NotReady{WaitingFor::link});
  scene.on(router::Ready{{.ipv4 = own, .ipv6 = {}}});
  CHECK(scene.router.yielded());
  CHECK(scene.hears(worse) == nothing);
}

TEST_CASE("a router without addresses hands over with the peer's advert") {
  Scene scene = lingering(0);
  CHECK(scene.until_deadline() == 0ns);
  CHECK(scene.at_deadline() == Happened{unknown, router::OperationEnded{Outcome::done}});
}

}  // namespace failover::tests
