// The kernel thread follows interfaces by their names through everything that can happen to them.

#include "tests/unit/agent/fake_kernel.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;
constexpr auto overdue = KernelThread::Wake::overdue;

netlink::Link down(netlink::Link link) {
  link.up = link.carrier = false;
  return link;
}
netlink::Link unplugged(netlink::Link link) {
  link.carrier = false;
  return link;
}

}  // namespace

TEST_CASE("an interface that is there is joined, captured and told, in this order") {
  KernelScene scene;
  scene.thread.begin();
  scene.add_interface();
  scene.turn();
  CHECK(scene.done() == Journal{"join on 2", "capture eth0"});
  CHECK(scene.to_engine() == Words{"interface 0", "capture 0", "2 ready 192.0.2.11"});
}

TEST_CASE("a missing interface is waited for, and taken up when it appears") {
  KernelScene scene;
  scene.thread.begin();
  scene.add_interface(0, "eth7");
  scene.turn();
  CHECK(scene.to_engine() == Words{"interface 0"});
  scene.kernel.set_link(down(link(7, "eth7")));
  scene.turn();
  CHECK(scene.to_engine() == Words{"7 link"});
  scene.kernel.set_link(unplugged(link(7, "eth7")));
  scene.turn();
  CHECK(scene.to_engine() == Words{"7 carrier"});
  scene.kernel.set_link(link(7, "eth7"));
  scene.turn();
  CHECK(scene.to_engine() == Words{"capture 0", "7 ready"});
  scene.kernel.add(7, "198.51.100.7/24");
  scene.turn();
  CHECK(scene.to_engine() == Words{"7 ready 198.51.100.7"});
}

TEST_CASE("the capture is opened again after the interface was down, not after an unplugged link") {
  KernelScene scene;
  scene.begin();
  scene.kernel.set_link(unplugged(link(2, "eth0")));
  scene.turn();
  scene.kernel.set_link(link(2, "eth0"));
  scene.turn();
  CHECK(scene.to_engine() == Words{"2 carrier 192.0.2.11", "2 ready 192.0.2.11"});
  scene.kernel.set_link(down(link(2, "eth0")));
  scene.turn();
  scene.kernel.set_link(link(2, "eth0"));
  scene.turn();
  CHECK(scene.to_engine() == Words{"2 link 192.0.2.11", "capture 0", "2 ready 192.0.2.11"});
}

TEST_CASE("a deleted interface is told as missing, and the group left") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.kernel.delete_link(2);
  scene.turn();
  CHECK(scene.done() == Journal{"leave on 2"});
  const auto told = scene.to_engine();
  REQUIRE_FALSE(told.empty());
  CHECK(told.back() == "0 interface");
}

TEST_CASE("an interface that comes back with another index is held as before") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.kernel.delete_link(2);
  scene.kernel.set_link(link(9, "eth0"));
  scene.kernel.add(9, "192.0.2.11/24");
  scene.turn();
  CHECK(scene.done() ==
        Journal{"leave on 2", "join on 9", "capture eth0 192.0.2.1", "add 192.0.2.1/32 on 9"});
  CHECK(scene.to_engine() == Words{"0 interface", "capture 0", "9 ready 192.0.2.11"});
}

TEST_CASE("what is ours on an interface that has lost its name goes") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.kernel.set_link(link(2, "old0"));
  scene.turn();
  CHECK(scene.kernel.addresses(2) == std::set<std::string>{"192.0.2.11/24"});
}

TEST_CASE("a capture that cannot be opened is waited for, named once and tried again") {
  KernelScene scene;
  scene.links.capture_error = "eth0: no capture today";
  scene.thread.begin();
  scene.add_interface();
  scene.turn();
  CHECK(scene.to_engine() == Words{"interface 0", "2 capture 192.0.2.11"});
  CHECK(scene.thread.wants_retry());
  scene.turn(overdue);
  scene.turn(overdue);
  CHECK(scene.log() == Words{"eth0: no capture today"});
  scene.links.capture_error.reset();
  scene.turn(overdue);
  CHECK(scene.to_engine() == Words{"capture 0", "2 ready 192.0.2.11"});
  CHECK_FALSE(scene.thread.wants_retry());
}

TEST_CASE("two things that are refused at once are named once each") {
  KernelScene scene;
  scene.links.capture_error = "eth0: no capture today";
  scene.links.join_error = "no group today";
  scene.thread.begin();
  scene.add_interface();
  for (int i = 0; i < 5; ++i) scene.turn(overdue);
  CHECK(scene.log().size() == 2);
}

TEST_CASE("a capture that failed in the engine is closed and opened again") {
  KernelScene scene;
  scene.begin();
  Segment segment;
  scene.mailboxes.engine_to_kernel.post(
      CloseCapture{.slot = 0, .capture = std::make_unique<FakeCapture>(segment), .failed = true});
  scene.turn();
  CHECK(scene.to_engine() == Words{"capture 0"});
  scene.mailboxes.engine_to_kernel.post(
      CloseCapture{.slot = 0, .capture = std::make_unique<FakeCapture>(segment), .failed = false});
  scene.turn();
  CHECK(scene.to_engine().empty());
}

TEST_CASE("adverts leave from the interface's own address, never from a failover IP") {
  KernelScene scene;
  scene.kernel.remove(2, "192.0.2.11/24");
  scene.begin();
  scene.add_router(0, {"192.0.2.1/24"});
  scene.turn();
  (void)scene.to_engine();
  scene.claim(0);
  scene.turn();
  CHECK(scene.to_engine() == Words{"claimed 0"});
  scene.kernel.add(2, "2001:db8::11/64");
  scene.kernel.add(2, "192.0.2.12/24");
  scene.turn();
  CHECK(scene.to_engine() == Words{"2 ready 192.0.2.12 global 2001:db8::11"});
}

TEST_CASE("adverts keep their source while its address is gone, and take another when there is") {
  KernelScene scene;
  scene.begin();
  scene.kernel.remove(2, "192.0.2.11/24");
  scene.turn();
  CHECK(scene.to_engine().empty());
  scene.kernel.add(2, "192.0.2.20/24");
  scene.turn();
  CHECK(scene.to_engine() == Words{"2 ready 192.0.2.20"});
}

TEST_CASE("two routers on one interface share its capture, and its filter names both") {
  KernelScene scene;
  scene.begin();
  scene.add_router(0, {"192.0.2.1/24"});
  scene.add_router(1, {"192.0.2.2/24"});
  scene.turn();
  CHECK(scene.done().back() == "capture eth0 192.0.2.1 192.0.2.2");
}

}  // namespace failover::tests
