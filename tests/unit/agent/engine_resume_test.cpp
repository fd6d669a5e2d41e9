// The engine goes on where an earlier agent was.

#include "tests/unit/agent/fake_engine.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;

// A router of an agent that was last seen `ago`.
struct Successor : EngineScene {
  explicit Successor(Duration ago, router::Role role = router::Role::active) {
    survivor = Survivor{.role = role,
                        .reason = Reason::preempted,
                        .since = noon - 3600s,
                        .last_seen = clock.now - ago};
  }
};

}  // namespace

TEST_CASE("PRODUCT 8.2: the adverts go on before there is a capture") {
  Successor scene(100ms);
  scene.mailboxes.kernel_to_engine.post(
      InterfaceAdded{.slot = 0, .status = &scene.published_interface});
  scene.add_router();
  scene.turn();
  CHECK(scene.sender.sent.empty());
  scene.change_interface(WaitingFor::nothing);
  scene.turn();
  CHECK(scene.sender.sent.size() == 1);
  CHECK(scene.to_kernel() == Words{"claim 0"});
  CHECK(scene.status().role == router::Role::active);
  CHECK(scene.status().reason == Reason::preempted);
  CHECK(scene.status().since == noon - 3600s);
}

TEST_CASE("PRODUCT 8.7: who is late has a capture before it goes on, and listens") {
  Successor scene(10s);
  scene.mailboxes.kernel_to_engine.post(
      InterfaceAdded{.slot = 0, .status = &scene.published_interface});
  scene.add_router();
  scene.change_interface(WaitingFor::nothing);
  scene.turn();
  CHECK(scene.status().role == router::Role::initialize);
  CHECK(scene.to_kernel().empty());
  scene.open_capture();
  scene.turn();
  CHECK(scene.status().role == router::Role::active);
  CHECK(scene.sender.sent.empty());
  CHECK(scene.to_kernel() == Words{"claim 0"});
  scene.hear(frame_of({}));
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
  CHECK(scene.status().reason == Reason::stall);
}

TEST_CASE("what cannot go on lets go of what it had") {
  Successor scene(100ms);
  scene.mailboxes.kernel_to_engine.post(
      InterfaceAdded{.slot = 0, .status = &scene.published_interface});
  scene.add_router();
  SECTION("the link is down") { scene.change_interface(WaitingFor::link); }
  SECTION("it has no address to send from") {
    scene.change_interface(WaitingFor::nothing, 2, std::nullopt);
  }
  scene.turn();
  CHECK(scene.to_kernel() == Words{"release 0"});
  CHECK(scene.status().role == router::Role::initialize);
  // Once: it starts like any other when the interface is ready.
  scene.change_interface(WaitingFor::nothing);
  scene.open_capture();
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
}

TEST_CASE("a backup begins anew") {
  Successor scene(100ms, router::Role::backup);
  scene.start_interface();
  scene.add_router();
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
  CHECK(scene.to_kernel().empty());
}

}  // namespace failover::tests
