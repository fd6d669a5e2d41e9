// Hot mode (PRODUCT 6): a backup's addresses are in place and silenced, and taking over is a fixed
// number of steps.

#include <algorithm>

#include "tests/unit/agent/fake_kernel.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

constexpr int macvlan = 3;
const std::set<std::string> both{"192.0.2.1/32", "2001:db8::1/64"};

// What was done to the macvlan, not the rest.
Journal to_macvlan(KernelScene& scene) {
  Journal done = scene.done();
  std::erase_if(done, [](const std::string& line) {
    return !line.ends_with(" on " + std::to_string(macvlan)) && !line.starts_with("set net/ipv6");
  });
  for (std::string& line : done) line = line.substr(0, line.find(" on "));
  return done;
}

Journal quiet_and(Journal steps) {
  std::erase_if(steps, [](const std::string& line) { return line.starts_with("mac 02:"); });
  return steps;
}

struct HotScene : KernelScene {
  HotScene() {
    begin();
    add_hot(0);
    turn();
    turn();
    (void)to_engine();
  }
  void carrier(bool on) {
    netlink::Link eth0 = link(2, "eth0");
    eth0.carrier = on;
    kernel.set_link(eth0);
    turn();
  }
};

}  // namespace

TEST_CASE("PRODUCT 6: a hot backup's addresses are there, silenced before its link is up") {
  HotScene scene;
  CHECK(scene.kernel.addresses(macvlan) == both);
  CHECK(to_macvlan(scene) == Journal{"protodown",
                                     "set net/ipv6/conf/carp10.2/keep_addr_on_down = 1", "up",
                                     "add 192.0.2.1/32", "add 2001:db8::1/64"});
}

TEST_CASE("PRODUCT 6: a hot backup that takes over adds nothing, and is heard before it says so") {
  HotScene scene;
  (void)scene.done();
  scene.claim(0);
  scene.turn();
  CHECK(to_macvlan(scene) == Journal{"mac 00:00:5e:00:01:0a", "no protodown"});
  scene.turn();
  CHECK(scene.to_engine() == std::vector<std::string>{"claimed 0"});
  CHECK(to_macvlan(scene).empty());
  SECTION("and is silent first when it hands over, with another MAC then, and removes nothing") {
    scene.release(0);
    scene.turn();
    CHECK(quiet_and(to_macvlan(scene)) == Journal{"protodown"});
    CHECK(scene.kernel.addresses(macvlan) == both);
  }
}

TEST_CASE("a hot backup that takes over before its addresses are there adds them in silence") {
  KernelScene scene;
  scene.begin();
  scene.add_hot(0);
  scene.turn();
  scene.turn();
  scene.kernel.remove(macvlan, "192.0.2.1/32");
  scene.claim(0);
  (void)scene.done();
  scene.turn();
  CHECK(to_macvlan(scene) == Journal{"add 192.0.2.1/32", "mac 00:00:5e:00:01:0a", "no protodown"});
}

TEST_CASE("a hot backup sleeps while its parent has no carrier, and keeps its addresses") {
  HotScene scene;
  (void)scene.done();
  scene.carrier(false);
  CHECK(to_macvlan(scene) == Journal{"down"});
  CHECK(scene.kernel.addresses(macvlan) == both);
  scene.carrier(true);
  CHECK(to_macvlan(scene) ==
        Journal{"protodown", "set net/ipv6/conf/carp10.2/keep_addr_on_down = 1", "up"});
}

TEST_CASE("a hot backup whose silence has ended without us is silenced again") {
  HotScene scene;
  (void)scene.done();
  SECTION("by a carrier of the parent that was gone for less than a moment") {
    netlink::Link woken = scene.kernel.dump()->links.at(1);
    REQUIRE(woken.index == macvlan);
    woken.carrier = woken.running = true;
    scene.kernel.set_link(woken);
  }
  SECTION("by somebody's hand") {
    REQUIRE(
        scene.kernel.execute({netlink::SetProtoDown{macvlan, netlink::ProtoDown::off}}).empty());
    (void)scene.done();
  }
  scene.turn();
  CHECK(to_macvlan(scene) == Journal{"protodown"});
}

TEST_CASE("PRODUCT 6: changing the mode takes effect at once") {
  HotScene scene;
  (void)scene.done();
  SECTION("a backup's addresses go") {
    scene.become_warm(0);
    scene.turn();
    CHECK(scene.kernel.addresses(macvlan).empty());
    CHECK(to_macvlan(scene).front() == "down");
    scene.become_hot(0);
    scene.turn();
    scene.turn();
    CHECK(scene.kernel.addresses(macvlan) == both);
  }
  SECTION("an active's stay, and it goes on answering") {
    scene.claim(0);
    scene.turn();
    scene.turn();
    (void)scene.done();
    scene.become_warm(0);
    scene.turn();
    CHECK(to_macvlan(scene).empty());
    CHECK(scene.kernel.addresses(macvlan) == both);
  }
}

TEST_CASE("what somebody removes from a hot backup is put back, and nobody is told of it") {
  HotScene scene;
  (void)scene.done();
  scene.kernel.remove(macvlan, "2001:db8::1/64");
  scene.turn();
  CHECK(to_macvlan(scene) == Journal{"add 2001:db8::1/64"});
  CHECK(scene.to_engine().empty());
}

}  // namespace failover::tests
