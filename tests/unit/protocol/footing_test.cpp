// What a router stands on: the interface, foreign addresses, the kernel's consent.

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/scene.hpp"

namespace failover::tests {
namespace {

const Happened nothing{};
const Rank own_rank{.advbase = 1, .advskew = 100};
const Duration dead = 3s + 100 * carp::skew_unit;
const router::ReleaseAddresses unknown{router::Successor::unknown};

router::Transition moves(Role from, Role to, Reason reason) { return {from, to, reason}; }

Scene barred() {
  Scene scene = Scene::backup();
  scene.on(router::Barred{});
  return scene;
}

}  // namespace

TEST_CASE("CARP 3.5: a router starts in INIT, waiting for nothing in particular") {
  const Scene scene;
  CHECK(scene.router.role() == Role::initialize);
  CHECK(scene.router.reason() == Reason::starting);
  CHECK(scene.router.waiting_for() == WaitingFor::nothing);
  CHECK_FALSE(scene.router.deadline());
}

TEST_CASE("CARP 3.5: an interface that is there makes it a backup that listens for a dead time") {
  Scene scene;
  CHECK(scene.on(router::Ready{{.ipv4 = own, .ipv6 = {}}}) ==
        Happened{moves(Role::initialize, Role::backup, Reason::listening)});
  CHECK(scene.until_deadline() == dead);
}

TEST_CASE("a second Ready only changes the address that adverts leave from") {
  Scene backup = Scene::backup();
  CHECK(backup.after(1s, router::Ready{{.ipv4 = own, .ipv6 = {}}}) == nothing);
  CHECK(backup.until_deadline() == dead - 1s);

  Scene active = Scene::active();
  CHECK(active.on(router::Ready{{.ipv4 = address("192.0.2.200"), .ipv6 = {}}}) == nothing);
  active.hears(equal, address("192.0.2.199"));
  CHECK(active.router.reason() == Reason::tie);
}

TEST_CASE("it says what it waits for, and follows when that changes") {
  Scene scene;
  for (const WaitingFor what : {WaitingFor::interface, WaitingFor::link, WaitingFor::carrier,
                                WaitingFor::address, WaitingFor::capture}) {
    CHECK(scene.on(router::NotReady{what}) ==
          Happened{moves(Role::initialize, Role::initialize, Reason::element_down)});
    CHECK(scene.router.waiting_for() == what);
    CHECK(scene.router.reason() == Reason::element_down);
  }
  scene.on(router::Ready{{.ipv4 = own, .ipv6 = {}}});
  CHECK(scene.router.waiting_for() == WaitingFor::nothing);
}

TEST_CASE("it says what it waits for once, however often it is told") {
  Scene scene;
  scene.on(router::NotReady{WaitingFor::carrier});
  CHECK(scene.on(router::NotReady{WaitingFor::carrier}) == nothing);
  CHECK(scene.on(router::NotReady{WaitingFor::address}).size() == 1);
  Scene failed = Scene::backup();
  failed.on(router::NotReady{WaitingFor::link});
  CHECK(failed.on(router::NotReady{WaitingFor::link}) == nothing);
}

TEST_CASE("CARP 3.5: an active whose interface fails goes to INIT and lets go, without farewell") {
  Scene scene = Scene::settled();
  CHECK(scene.on(router::NotReady{WaitingFor::carrier}) ==
        Happened{moves(Role::active, Role::initialize, Reason::element_down), unknown});
  CHECK_FALSE(scene.router.deadline());
  CHECK(scene.router.waiting_for() == WaitingFor::carrier);
}

TEST_CASE("CARP 3.5: a backup whose interface fails goes to INIT and has nothing to let go") {
  Scene scene = Scene::backup();
  CHECK(scene.on(router::NotReady{WaitingFor::interface}) ==
        Happened{moves(Role::backup, Role::initialize, Reason::element_down)});
  CHECK_FALSE(scene.router.deadline());
}

TEST_CASE("CARP 3.5: a backup that still answers lets go when its interface fails") {
  Scene scene = Scene::settled();
  scene.hears(better);
  CHECK(scene.on(router::NotReady{WaitingFor::link}) ==
        Happened{moves(Role::backup, Role::initialize, Reason::element_down), unknown});
}

TEST_CASE("CARP 3.5: an interface that comes back makes it a backup that listens, never active") {
  Scene scene = Scene::settled();
  scene.on(router::NotReady{WaitingFor::link});
  CHECK(scene.after(60s, router::Ready{{.ipv4 = own, .ipv6 = {}}}) ==
        Happened{moves(Role::initialize, Role::backup, Reason::listening)});
  CHECK(scene.until_deadline() == dead);
}

TEST_CASE("PRODUCT 8.9: a foreign address keeps it backup, and it says so") {
  Scene scene = Scene::backup();
  CHECK(scene.on(router::Barred{}) ==
        Happened{moves(Role::backup, Role::backup, Reason::foreign_address)});
  CHECK(scene.on(router::Barred{}) == nothing);
  CHECK_FALSE(scene.router.deadline());
}

TEST_CASE("PRODUCT 8.9: barred, it takes over from nobody") {
  for (const Rank& rank : {better, equal, worse, carp::farewell_times,
                           Rank{.advbase = 1, .advskew = 0, .demote = 9}, Rank{.advbase = 9}}) {
    Scene scene = barred();
    CHECK(scene.hears(rank) == nothing);
    CHECK(scene.on(router::DeadlineReached{}) == nothing);
    CHECK_FALSE(scene.router.deadline());
  }
}

TEST_CASE("PRODUCT 8.9: when the foreign address goes, it listens for a dead time first") {
  Scene scene = barred();
  CHECK(scene.after(60s, router::Unbarred{}) ==
        Happened{moves(Role::backup, Role::backup, Reason::listening)});
  CHECK(scene.until_deadline() == dead);
  CHECK(scene.on(router::Unbarred{}) == nothing);
}

TEST_CASE("PRODUCT 8.9: a foreign address that is there before the interface is remembered") {
  Scene scene;
  CHECK(scene.on(router::Barred{}) == nothing);
  CHECK(scene.on(router::Ready{{.ipv4 = own, .ipv6 = {}}}) ==
        Happened{moves(Role::initialize, Role::backup, Reason::foreign_address)});
  CHECK_FALSE(scene.router.deadline());
  scene.on(router::NotReady{WaitingFor::link});
  CHECK(scene.on(router::Unbarred{}) == nothing);
  scene.on(router::Ready{{.ipv4 = own, .ipv6 = {}}});
  CHECK(scene.router.reason() == Reason::listening);
  CHECK(scene.until_deadline() == dead);
}

TEST_CASE("PRODUCT 8.9: an active that is refused because of a foreign address stays barred") {
  Scene scene = Scene::claiming();
  CHECK(scene.on(router::Barred{}) == nothing);
  CHECK(scene.on(router::ClaimRefused{}) ==
        Happened{farewell, unknown, to_backup(Reason::foreign_address)});
  CHECK_FALSE(scene.router.deadline());
}

TEST_CASE("an active that holds its addresses is not moved by a foreign one that comes") {
  Scene scene = Scene::settled();
  CHECK(scene.on(router::Barred{}) == nothing);
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("an active that the kernel refuses leaves at once, and may try again") {
  Scene scene = Scene::claiming();
  CHECK(scene.on(router::ClaimRefused{}) ==
        Happened{farewell, unknown, to_backup(Reason::kernel_refused)});
  CHECK(scene.until_deadline() == dead);
  CHECK(scene.at_deadline() == Happened{to_active(Reason::no_response),
                                        router::SendAdvert{own_rank}, router::ClaimAddresses{}});
}

TEST_CASE("an active that the kernel refuses takes over from nobody within a dead time") {
  Scene scene = Scene::claiming();
  scene.on(router::ClaimRefused{});
  CHECK(scene.hears(worse) == nothing);
  CHECK(scene.hears(carp::farewell_times) == nothing);
  scene.now += dead - 1ns;
  CHECK(scene.hears(worse) == nothing);
  scene.now += 1ns;
  scene.hears(worse);
  CHECK(scene.router.reason() == Reason::priority);
}

TEST_CASE("a refusal that comes when the role is gone changes nothing") {
  Scene initialize;
  CHECK(initialize.on(router::ClaimRefused{}) == nothing);
  Scene backup = Scene::backup();
  CHECK(backup.on(router::ClaimRefused{}) == nothing);
  CHECK(backup.until_deadline() == dead);
}

TEST_CASE("a deadline that comes to who has none changes nothing") {
  Scene scene;
  CHECK(scene.on(router::DeadlineReached{}) == nothing);
  CHECK(scene.router.role() == Role::initialize);
}

}  // namespace failover::tests
