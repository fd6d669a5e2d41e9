// Going on where an earlier agent was (PRODUCT: 8.2, 8.7).

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/scene.hpp"

namespace failover::tests {
namespace {

const Happened nothing{};
const router::SendAdvert advert{equal};
const router::Transition goes_on{
    .from = Role::initialize, .to = Role::active, .reason = Reason::no_response};

router::Resume as(Role role) {
  return {.sources = {.ipv4 = own, .ipv6 = {}}, .role = role, .reason = Reason::no_response};
}
router::Resume late() {
  auto resume = as(Role::active);
  resume.late = true;
  return resume;
}

}  // namespace

TEST_CASE("PRODUCT 8.2: an active goes on with its adverts at once, and claims what it has") {
  Scene scene;
  CHECK(scene.on(as(Role::active)) == Happened{goes_on, advert, router::ClaimAddresses{}});
  CHECK(scene.router.reason() == Reason::no_response);
  CHECK(scene.until_deadline() ==
        carp::Election{.advskew = carp::AdvSkew::of<100>()}.rank({}).interval());
  CHECK(scene.on(router::Claimed{}) == Happened{router::Announce{}});
}

TEST_CASE("PRODUCT 8.2: that the interface is ready changes nothing for who goes on") {
  Scene scene;
  scene.on(as(Role::active));
  CHECK(scene.on(router::Ready{{.ipv4 = own, .ipv6 = {}}}) == nothing);
  CHECK(scene.router.role() == Role::active);
}

TEST_CASE("PRODUCT 8.7: who comes back after a dead time says nothing for an interval") {
  Scene scene;
  CHECK(scene.on(late()) == Happened{goes_on, router::ClaimAddresses{}});
  CHECK(scene.on(router::Claimed{}) == nothing);
  SECTION("and yields to anybody who is active now") {
    CHECK(scene.hears(worse) == Happened{to_backup(Reason::stall)});
  }
  SECTION("and goes on when nobody is") {
    CHECK(scene.at_deadline() == Happened{advert, router::Announce{}});
    CHECK(scene.router.role() == Role::active);
  }
}

TEST_CASE("PRODUCT 5: who has handed over does not preempt after a restart either") {
  Scene scene;
  auto resume = as(Role::backup);
  resume.yielded = true;
  CHECK(scene.on(resume) == nothing);
  scene.on(router::Ready{{.ipv4 = own, .ipv6 = {}}});
  CHECK(scene.router.yielded());
  CHECK(scene.hears(worse) == nothing);
  CHECK(scene.router.role() == Role::backup);
}

TEST_CASE("who was nothing, or is something already, has nothing to go on with") {
  Scene fresh;
  CHECK(fresh.on(as(Role::initialize)) == nothing);
  CHECK(fresh.router.role() == Role::initialize);
  Scene backup = Scene::backup();
  CHECK(backup.on(as(Role::active)) == nothing);
  CHECK(backup.router.role() == Role::backup);
}

TEST_CASE("an interface that is not ready takes the role away from who goes on") {
  Scene scene;
  scene.on(as(Role::active));
  const router::Transition lost{
      .from = Role::active, .to = Role::initialize, .reason = Reason::element_down};
  CHECK(scene.on(router::NotReady{WaitingFor::link}) == Happened{lost, router::ReleaseAddresses{}});
}

}  // namespace failover::tests
