// accept = false in the kernel thread: what is dropped, from when, and until when.

#include <cerrno>

#include "tests/unit/agent/fake_kernel.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;
constexpr auto overdue = KernelThread::Wake::overdue;
constexpr std::uint32_t macvlan = 3;  // index of the first one
const MacAddress virtual_mac({0, 0, 0x5e, 0, 1, 10});

// Routers that take no packets, and hold their addresses.
struct Gateways : KernelScene {
  Gateways() { begin(); }
  void hold(RouterId id, const std::vector<std::string_view>& prefixes) {
    add_gateway(id, prefixes);
    turn();
    claim(id);
    turn();
    (void)to_engine();
    journal.clear();
  }
};

}  // namespace

TEST_CASE("RFC 9568 6.1: Accept_Mode false drops packets before the addresses are added") {
  KernelScene scene;
  scene.begin();
  scene.add_gateway(0, {"192.0.2.1/24", "2001:db8::1/64"});
  scene.turn();
  CHECK(scene.done() == Journal{"capture eth0 192.0.2.1 2001:db8::1"});
  scene.claim(0);
  scene.turn();
  CHECK(scene.done() == Journal{"drop for 192.0.2.1 2001:db8::1", "add 192.0.2.1/32 on 2",
                                "add 2001:db8::1/64 on 2"});
  CHECK(scene.to_engine() == Words{"capture 0", "router", "claimed 0"});
}

TEST_CASE("packets are dropped until the addresses are removed") {
  Gateways scene;
  scene.hold(0, {"192.0.2.1/24"});
  SECTION("by a release") {
    scene.release(0);
    scene.turn();
    CHECK(scene.done() == Journal{"remove 192.0.2.1/32 on 2", "drop nothing"});
  }
  SECTION("by a hand-over") {
    scene.release(0, {.ipv4 = peer_mac, .ipv6 = {}});
    scene.turn();
    const std::string told = "announce on 2 for " + peer_mac.text() + " 192.0.2.1";
    CHECK(scene.done() == Journal{told, "remove 192.0.2.1/32 on 2", told, "drop nothing"});
  }
  SECTION("by the end of the router, and the control thread hears of it then") {
    scene.forget(0);
    scene.turn();
    CHECK(scene.done() == Journal{"capture eth0", "remove 192.0.2.1/32 on 2", "drop nothing"});
    CHECK(scene.gone() == std::vector<RouterId>{0});
  }
}

TEST_CASE("packets for an address whose removal is not seen yet are still dropped") {
  Gateways scene;
  scene.hold(0, {"192.0.2.1/24"});
  scene.kernel.withholds = true;
  scene.release(0);
  scene.turn();
  CHECK(scene.done() == Journal{"remove 192.0.2.1/32 on 2"});
  scene.kernel.give_withheld();
  scene.turn();
  CHECK(scene.done() == Journal{"drop nothing"});
}

TEST_CASE("each router that takes no packets has a share in what is dropped") {
  Gateways scene;
  scene.hold(0, {"192.0.2.1/24"});
  scene.hold(1, {"192.0.2.2/24"});
  scene.add_router(2, {"192.0.2.3/24"});
  scene.turn();
  scene.claim(2);
  scene.turn();
  CHECK(scene.done() ==
        Journal{"capture eth0 192.0.2.1 192.0.2.2 192.0.2.3", "add 192.0.2.3/32 on 2"});
  scene.release(0);
  scene.turn();
  CHECK(scene.done() == Journal{"remove 192.0.2.1/32 on 2", "drop for 192.0.2.2"});
  scene.claim(0);
  scene.turn();
  CHECK(scene.done() == Journal{"drop for 192.0.2.1 192.0.2.2", "add 192.0.2.1/32 on 2"});
}

TEST_CASE("a link-local address is dropped on its own link alone") {
  SECTION("which is the interface") {
    KernelScene scene;
    scene.begin();
    scene.add_gateway(0, {"fe80::1/64", "2001:db8::1/64"});
    scene.turn();
    scene.claim(0);
    scene.turn();
    CHECK(scene.done().at(1) == "drop for 2001:db8::1 fe80::1%eth0");
  }
  SECTION("or a macvlan") {
    KernelScene scene;
    scene.begin();
    scene.add_gateway(0, {"fe80::1/64"}, 0, virtual_mac);
    scene.turn();
    (void)scene.done();
    scene.claim(0);
    scene.turn();
    CHECK(scene.done().at(0) == "drop for fe80::1%vrrp10-6.2");
  }
}

TEST_CASE("with a virtual MAC packets are dropped as long as the macvlan has the addresses") {
  KernelScene scene;
  scene.begin();
  scene.add_gateway(0, {"192.0.2.1/24"}, 0, virtual_mac);
  scene.turn();
  (void)scene.done();
  const std::string here = " on " + std::to_string(macvlan);
  scene.claim(0);
  scene.turn();
  auto done = scene.done();
  REQUIRE(done.size() >= 4);
  done.resize(4);
  CHECK(done == Journal{"drop for 192.0.2.1", "add macvlan vrrp10.2 on 2", "up" + here,
                        "add 192.0.2.1/32" + here});
  SECTION("until a release") {
    scene.release(0);
    scene.turn();
    done = scene.done();
    REQUIRE(done.size() >= 2);
    CHECK(done[0] == "down" + here);
    CHECK(done[done.size() - 2] == "remove 192.0.2.1/32" + here);
  }
  SECTION("until the end of the router") {
    scene.forget(0);
    scene.turn();
    done = scene.done();
    CHECK(done.front() == "remove link" + here);
  }
  CHECK(done.back() == "drop nothing");
}

TEST_CASE("accept can be changed while the addresses are held, which stay where they are") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.change_gateway(0, {"192.0.2.1/24"});
  scene.turn();
  CHECK(scene.done() == Journal{"drop for 192.0.2.1"});
  scene.change_router(0, {"192.0.2.1/24"});
  scene.turn();
  CHECK(scene.done() == Journal{"drop nothing"});
  CHECK(scene.kernel.addresses(2).contains("192.0.2.1/32"));
}

TEST_CASE("addresses that are exchanged are dropped while they are there") {
  Gateways scene;
  scene.hold(0, {"192.0.2.1/24", "192.0.2.2/24"});
  scene.change_gateway(0, {"192.0.2.2/24", "192.0.2.3/24"});
  scene.turn();
  CHECK(scene.done() == Journal{"capture eth0 192.0.2.2 192.0.2.3",
                                "drop for 192.0.2.1 192.0.2.2 192.0.2.3",
                                "remove 192.0.2.1/32 on 2", "add 192.0.2.3/32 on 2",
                                "drop for 192.0.2.2 192.0.2.3"});
}

TEST_CASE("of a refused claim nothing is taken before what was added of it has gone") {
  KernelScene scene;
  scene.begin();
  scene.add_gateway(0, {"192.0.2.1/24", "192.0.2.2/24"});
  scene.turn();
  scene.kernel.refused[ip("192.0.2.2")] = EACCES;
  scene.claim(0);
  scene.turn();
  scene.turn();
  const auto done = scene.done();
  REQUIRE(done.size() >= 2);
  CHECK(done[done.size() - 2] == "remove 192.0.2.1/32 on 2");
  CHECK(done.back() == "drop nothing");
}

TEST_CASE("healing tells the packet filter nothing") {
  Gateways scene;
  scene.hold(0, {"192.0.2.1/24"});
  scene.kernel.remove(2, "192.0.2.1/32");
  scene.turn();
  CHECK(scene.done() == Journal{"add 192.0.2.1/32 on 2"});
}

TEST_CASE("a kernel that drops nothing holds the addresses all the same, and is asked again") {
  KernelScene scene;
  scene.begin();
  scene.add_gateway(0, {"192.0.2.1/24"});
  scene.turn();
  (void)scene.to_engine();
  (void)scene.done();
  scene.kernel.filter_error = EOPNOTSUPP;
  scene.claim(0);
  scene.turn();
  CHECK(scene.done() == Journal{"drop for 192.0.2.1", "add 192.0.2.1/32 on 2"});
  CHECK(scene.to_engine() == Words{"claimed 0"});
  const auto log = scene.log();
  REQUIRE(log.size() == 1);
  CHECK(log[0].find("accept = false is not in force: ") == 0);
  CHECK(log[0].find("set accept = true") != std::string::npos);
  CHECK_FALSE(scene.thread.wants_retry());
  SECTION("not before the next change") {
    scene.turn(overdue);
    CHECK(scene.done().empty());
    CHECK(scene.log().empty());
  }
  SECTION("with the next change") {
    scene.kernel.filter_error = 0;
    scene.change_gateway(0, {"192.0.2.1/24", "192.0.2.2/24"});
    scene.turn();
    CHECK(scene.done().at(1) == "drop for 192.0.2.1 192.0.2.2");
    CHECK(scene.log().empty());
  }
}

TEST_CASE("a kernel that does not stop dropping releases all the same, and the way out is said") {
  Gateways scene;
  scene.hold(0, {"192.0.2.1/24"});
  scene.kernel.filter_error = EPERM;
  scene.release(0);
  scene.turn();
  CHECK(scene.done() == Journal{"remove 192.0.2.1/32 on 2", "drop nothing"});
  const auto log = scene.log();
  REQUIRE(log.size() == 1);
  CHECK(log[0].find("`nft delete table inet failover` ends that") != std::string::npos);
}

TEST_CASE("PRODUCT 8.9: what an earlier agent left in the packet filter is removed at the start") {
  KernelScene scene;
  scene.kernel.add(2, "192.0.2.1/32", netlink::our_mark);
  scene.kernel.dropped = {{ip("192.0.2.1")}};
  scene.thread.begin();
  CHECK(scene.done() == Journal{"remove 192.0.2.1/32 on 2", "drop nothing"});
}

}  // namespace failover::tests
