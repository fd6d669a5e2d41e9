// Which addresses adverts leave from, in each family, and how much of a frame a capture lets
// through.

#include "tests/unit/agent/fake_kernel.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;

// eth0 with a link-local and a global address, too, of which the engine has been told.
struct DualScene : KernelScene {
  DualScene() {
    kernel.add(2, "fe80::11/64");
    kernel.add(2, "2001:db8::11/64");
    begin();
  }
};

}  // namespace

TEST_CASE("PRODUCT 4: an interface has a source for each family, and a global one for IPv6") {
  KernelScene scene;
  scene.kernel.add(2, "fe80::11/64");
  scene.kernel.add(2, "2001:db8::11/64");
  scene.thread.begin();
  scene.add_interface();
  scene.turn();
  CHECK(scene.to_engine() ==
        Words{"interface 0", "capture 0", "2 ready 192.0.2.11 fe80::11 global 2001:db8::11"});
}

TEST_CASE("an interface without IPv4 has the sources of IPv6, and the reverse") {
  DualScene scene;
  scene.kernel.set_link(link(3, "eth1"));
  scene.kernel.add(3, "fe80::33/64");
  scene.kernel.set_link(link(4, "eth2"));
  scene.kernel.add(4, "198.51.100.4/24");
  scene.add_interface(1, "eth1");
  scene.add_interface(2, "eth2");
  scene.turn();
  CHECK(scene.to_engine() == Words{"interface 1", "interface 2", "capture 1", "3 ready fe80::33",
                                   "capture 2", "4 ready 198.51.100.4"});
}

TEST_CASE("RFC 4862 5.4: a tentative address is no source until it has passed") {
  KernelScene scene;
  scene.begin();
  scene.kernel.add_tentative(2, "fe80::11/64");
  scene.kernel.add_tentative(2, "2001:db8::11/64");
  scene.turn();
  CHECK(scene.to_engine().empty());
  scene.kernel.settle();
  scene.turn();
  CHECK(scene.to_engine() == Words{"2 ready 192.0.2.11 fe80::11 global 2001:db8::11"});
}

TEST_CASE("adverts keep their source of each family while its address is gone") {
  DualScene scene;
  scene.kernel.remove(2, "fe80::11/64");
  scene.kernel.remove(2, "2001:db8::11/64");
  scene.turn();
  CHECK(scene.to_engine().empty());
  SECTION("and take another link-local address when there is one") {
    scene.kernel.add(2, "fe80::22/64");
    scene.turn();
    CHECK(scene.to_engine() == Words{"2 ready 192.0.2.11 fe80::22 global 2001:db8::11"});
  }
  SECTION("and take another global address when there is one") {
    scene.kernel.add(2, "2001:db8::22/64");
    scene.turn();
    CHECK(scene.to_engine() == Words{"2 ready 192.0.2.11 fe80::11 global 2001:db8::22"});
  }
  SECTION("a tentative one is no better than the one that has gone") {
    scene.kernel.add_tentative(2, "fe80::22/64");
    scene.turn();
    CHECK(scene.to_engine().empty());
  }
}

TEST_CASE("a second address of a family is no reason to change the source") {
  DualScene scene;
  scene.kernel.add(2, "fe80::1/64");
  scene.kernel.add(2, "2001:db8::1/64");
  scene.turn();
  CHECK(scene.to_engine().empty());
}

TEST_CASE("adverts over IPv6 leave from no failover IP, of this router or of another life") {
  KernelScene scene;
  scene.begin();
  scene.add_router(0, {"fe80::1/64", "2001:db8::1/64"});
  scene.turn();
  scene.claim(0);
  scene.turn();
  CHECK(scene.to_engine() == Words{"capture 0", "router", "claimed 0"});
  scene.kernel.add(2, "2001:db8::7/128", netlink::our_mark);
  scene.turn();
  CHECK(scene.to_engine().empty());
}

TEST_CASE("an interface of another index has no sources from before") {
  DualScene scene;
  scene.kernel.delete_link(2);
  scene.kernel.set_link(link(9, "eth0"));
  scene.turn();
  CHECK(scene.to_engine() == Words{"0 interface", "capture 0", "9 ready"});
}

TEST_CASE("a capture lets the longest advert of all routers on the interface through") {
  KernelScene scene;
  scene.kernel.set_link(link(3, "eth1"));
  scene.begin();
  scene.add_interface(1, "eth1");
  scene.turn();
  scene.journal.clear();
  scene.add_router(0, {"192.0.2.1/24"}, 0, 36);
  scene.turn();
  CHECK(scene.done() == Journal{"capture eth0 192.0.2.1 up to 36"});
  scene.add_router(1, {"192.0.2.2/24"}, 0, 300);
  scene.add_router(2, {"198.51.100.1/24"}, 1, 900);
  scene.turn();
  CHECK(scene.done() == Journal{"capture eth0 192.0.2.1 192.0.2.2 up to 300",
                                "capture eth1 198.51.100.1 up to 900"});
  scene.change_router(0, {"192.0.2.1/24"}, 0, 48);
  scene.turn();
  CHECK(scene.done().empty());
  scene.change_router(0, {"192.0.2.1/24"}, 0, 400);
  scene.turn();
  CHECK(scene.done() == Journal{"capture eth0 192.0.2.1 192.0.2.2 up to 400"});
  scene.forget(0);
  scene.turn();
  CHECK(scene.done() == Journal{"capture eth0 192.0.2.2 up to 300"});
}

}  // namespace failover::tests
