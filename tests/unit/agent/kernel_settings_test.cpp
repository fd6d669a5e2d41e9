// Settings of ours that somebody else changes are put back (PRODUCT: 8.9).

#include "tests/unit/agent/fake_kernel.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;
const std::string on_parent = "net/ipv4/conf/eth0/";
const std::string on_macvlan = "net/ipv4/conf/carp10.2/";
constexpr int its_macvlan = 3;

// A router with a virtual MAC, on an interface with the kernel's own settings.
struct SettingsScene : KernelScene {
  SettingsScene() {
    kernel.set(on_parent + "arp_ignore", "0");
    kernel.set(on_parent + "arp_announce", "0");
    begin();
    add_hot(0);
    turn();
    turn();
    // As the real one has them when it has added the link.
    kernel.set(on_macvlan + "rp_filter", "2");
    kernel.set(on_macvlan + "arp_ignore", "1");
    kernel.set(on_macvlan + "accept_local", "1");
    clock.advance(5s);
    turn(KernelThread::Wake::overdue);
    (void)to_engine();
    (void)log();
    (void)done();
  }
};

}  // namespace

TEST_CASE("PRODUCT 8.9: a setting that the kernel tells of is put back at once, and told") {
  SettingsScene scene;
  scene.kernel.set(on_macvlan + "rp_filter", "1", its_macvlan);
  scene.turn();
  CHECK(scene.kernel.value_of(on_macvlan + "rp_filter") == "2");
  CHECK(scene.to_engine() == Words{"setting 0"});
  const auto log = scene.log();
  REQUIRE(log.size() == 1);
  CHECK(log[0] ==
        "somebody has set net/ipv4/conf/carp10.2/rp_filter to 1, which failoverd needs "
        "to be 2; it is put back");
}

TEST_CASE("PRODUCT 8.9: a setting that nobody tells of is put back within five seconds") {
  SettingsScene scene;
  const auto [path, ours] =
      GENERATE(std::pair<std::string, std::string>(on_parent + "arp_ignore", "1"),
               std::pair<std::string, std::string>(on_parent + "arp_announce", "2"),
               std::pair<std::string, std::string>(on_macvlan + "accept_local", "1"));
  scene.kernel.set(path, "0");
  scene.turn();
  CHECK(scene.kernel.value_of(path) == "0");
  scene.clock.advance(5s);
  scene.turn(KernelThread::Wake::overdue);
  CHECK(scene.kernel.value_of(path) == ours);
  CHECK(scene.to_engine() == Words{"setting 0"});
}

TEST_CASE("PRODUCT 8.9: an event of their link is a reason to look at the settings") {
  SettingsScene scene;
  scene.kernel.set(on_parent + "arp_ignore", "0");
  scene.kernel.set_link(link(2, "eth0"));
  scene.turn();
  CHECK(scene.kernel.value_of(on_parent + "arp_ignore") == "1");
}

TEST_CASE("settings of an interface that failoverd has not changed are nobody's business") {
  KernelScene scene;
  scene.kernel.set(on_parent + "arp_ignore", "0");
  scene.begin_claimed({"192.0.2.1/24"});
  scene.kernel.set(on_parent + "arp_ignore", "2", 2);
  scene.clock.advance(5s);
  scene.turn(KernelThread::Wake::overdue);
  CHECK(scene.kernel.value_of(on_parent + "arp_ignore") == "2");
  CHECK(scene.to_engine().empty());
}

TEST_CASE("a setting that was something else before is left alone") {
  KernelScene scene;
  scene.kernel.set(on_parent + "arp_ignore", "2");
  scene.begin();
  scene.add_hot(0);
  scene.turn();
  scene.turn();
  (void)scene.to_engine();
  scene.kernel.set(on_parent + "arp_ignore", "0", 2);
  scene.turn();
  CHECK(scene.kernel.value_of(on_parent + "arp_ignore") == "0");
}

TEST_CASE("when the last macvlan has gone, its parent's settings are its own again") {
  SettingsScene scene;
  scene.forget(0);
  scene.turn();
  CHECK(scene.kernel.value_of(on_parent + "arp_ignore") == "0");
  scene.kernel.set(on_parent + "arp_ignore", "2", 2);
  scene.clock.advance(5s);
  scene.turn(KernelThread::Wake::overdue);
  CHECK(scene.kernel.value_of(on_parent + "arp_ignore") == "2");
}

TEST_CASE("who changes a setting in a loop gets a rest") {
  SettingsScene scene;
  for (int i = 0; i < 1000; ++i) {
    scene.kernel.set(on_macvlan + "rp_filter", "1", its_macvlan);
    scene.turn();
  }
  CHECK(scene.done().size() <= 256);
  CHECK(scene.log().size() == 1);
  CHECK(scene.kernel.value_of(on_macvlan + "rp_filter") == "1");
  scene.clock.advance(5001ms);
  scene.turn(KernelThread::Wake::overdue);
  CHECK(scene.kernel.value_of(on_macvlan + "rp_filter") == "2");
}

}  // namespace failover::tests
