// The kernel thread holds what is wanted: claims, releases, healing, foreign addresses, left-overs.

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "tests/unit/agent/fake_kernel.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;
using Found = std::set<std::string>;
constexpr auto overdue = KernelThread::Wake::overdue;

}  // namespace

TEST_CASE("a claim adds the addresses as host addresses of the subnet, and is answered") {
  KernelScene scene;
  scene.begin();
  scene.add_router(0, {"192.0.2.1/24", "198.51.100.1/24"});
  scene.turn();
  CHECK(scene.done() == Journal{"capture eth0 192.0.2.1 198.51.100.1"});
  scene.claim(0);
  scene.turn();
  CHECK(scene.done() == Journal{"add 192.0.2.1/32 on 2", "add 198.51.100.1/24 on 2"});
  CHECK(scene.to_engine() == Words{"capture 0", "router", "claimed 0"});
}

TEST_CASE("ARCHITECTURE 3: a claim is answered when the kernel has notified, not acknowledged") {
  KernelScene scene;
  scene.begin();
  scene.add_router(0, {"192.0.2.1/24", "2001:db8::1/64"});
  scene.turn();
  (void)scene.to_engine();
  scene.kernel.withholds = true;
  scene.claim(0);
  scene.turn();
  CHECK(scene.kernel.addresses(2).size() == 3);
  CHECK(scene.to_engine().empty());
  scene.kernel.give_withheld();
  scene.turn();
  CHECK(scene.to_engine() == Words{"claimed 0"});
}

TEST_CASE("a claim is answered when no address is tentative any more") {
  KernelScene scene;
  scene.begin();
  scene.add_router(0, {"2001:db8::1/64"});
  scene.turn();
  (void)scene.to_engine();
  scene.kernel.tentative = true;
  scene.claim(0);
  scene.turn();
  CHECK(scene.to_engine().empty());
  SECTION("whatever happens meanwhile on the interface") { scene.kernel.add(2, "192.0.2.77/24"); }
  SECTION("although the router's settings change meanwhile") {
    scene.change_router(0, {"2001:db8::1/64"});
    scene.turn();
    CHECK(scene.to_engine() == Words{"router-changed"});
  }
  scene.turn();
  scene.kernel.settle();
  scene.turn();
  CHECK(scene.to_engine() == Words{"claimed 0"});
}

TEST_CASE("a claim that is not notified yet is not refused because something else happens") {
  KernelScene scene;
  scene.begin();
  scene.add_router(0, {"2001:db8::1/64"});
  scene.turn();
  (void)scene.to_engine();
  scene.kernel.withholds = true;
  scene.claim(0);
  scene.turn();
  scene.kernel.add(2, "192.0.2.77/24");
  scene.turn();
  CHECK(scene.to_engine().empty());
  scene.kernel.give_withheld();
  scene.turn();
  CHECK(scene.to_engine() == Words{"claimed 0"});
}

TEST_CASE("a refused claim is answered so, and what was added of it goes again") {
  KernelScene scene;
  scene.begin();
  scene.add_router(0, {"192.0.2.1/24", "192.0.2.2/24"});
  scene.turn();
  (void)scene.to_engine();
  scene.kernel.refused[ip("192.0.2.2")] = EACCES;
  scene.claim(0);
  scene.turn();
  CHECK(scene.to_engine() == Words{"refused 0"});
  CHECK(scene.log().size() == 1);
  scene.turn();
  CHECK(scene.kernel.addresses(2) == Found{"192.0.2.11/24"});
}

TEST_CASE("a refusal of one router's address refuses no other router's claim") {
  KernelScene scene;
  scene.begin();
  scene.add_router(0, {"192.0.2.1/24"});
  scene.add_router(1, {"192.0.2.2/24"});
  scene.turn();
  (void)scene.to_engine();
  scene.kernel.refused[ip("192.0.2.2")] = EACCES;
  scene.kernel.withholds = true;
  scene.claim(0);
  scene.claim(1);
  scene.turn();
  CHECK(scene.to_engine() == Words{"refused 1"});
}

TEST_CASE("PRODUCT 8.9: a foreign address bars the router, is named once, and is left alone") {
  KernelScene scene;
  scene.begin();
  scene.kernel.add(2, "192.0.2.1/24");
  scene.add_router(0, {"192.0.2.1/24"});
  scene.turn();
  CHECK(scene.to_engine() == Words{"capture 0", "router", "barred 0"});
  const auto log = scene.log();
  REQUIRE(log.size() == 1);
  CHECK(log[0].find("eth0.carp.10: 192.0.2.1 is on eth0") == 0);
  scene.turn(overdue);
  CHECK(scene.log().empty());
  CHECK(scene.done() == Journal{"capture eth0 192.0.2.1"});
  SECTION("when it goes, the router is unbarred") {
    scene.kernel.remove(2, "192.0.2.1/24");
    scene.turn();
    CHECK(scene.to_engine() == Words{"unbarred 0"});
  }
  SECTION("a claim that was under way is refused and removes nothing") {
    scene.claim(0);
    scene.turn();
    CHECK(scene.to_engine() == Words{"refused 0"});
    CHECK(scene.kernel.addresses(2) == Found{"192.0.2.1/24", "192.0.2.11/24"});
  }
}

TEST_CASE("a foreign address that comes while we are backup bars us then") {
  KernelScene scene;
  scene.begin();
  scene.add_router(0, {"192.0.2.1/24"});
  scene.turn();
  (void)scene.to_engine();
  scene.kernel.add(2, "192.0.2.1/32");
  scene.turn();
  CHECK(scene.to_engine() == Words{"barred 0"});
}

TEST_CASE("PRODUCT 8.3: an address that somebody removes is back, and its router is told no more") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.kernel.remove(2, "192.0.2.1/32");
  scene.turn();
  CHECK(scene.done() == Journal{"add 192.0.2.1/32 on 2"});
  CHECK(scene.to_engine() == Words{"restored 0 192.0.2.1 owner (1234)"});
}

TEST_CASE("ARCHITECTURE 4: a mark that a foreign replace dropped is put back") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.kernel.add(2, "192.0.2.1/32");
  scene.turn();
  CHECK(scene.done() == Journal{"replace 192.0.2.1/32 on 2"});
  CHECK(scene.to_engine().empty());
}

TEST_CASE("PRODUCT 8.3: healing that the kernel refuses is tried again") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.kernel.refused[ip("192.0.2.1")] = ENOBUFS;
  scene.kernel.remove(2, "192.0.2.1/32");
  scene.turn();
  CHECK(scene.thread.wants_retry());
  scene.kernel.refused.clear();
  scene.turn(overdue);
  CHECK(scene.kernel.addresses(2) == Found{"192.0.2.1/32", "192.0.2.11/24"});
}

TEST_CASE("a release removes the addresses, a known successor is told before and after") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  SECTION("nobody has announced them") {
    scene.release(0);
    scene.turn();
    CHECK(scene.done() == Journal{"remove 192.0.2.1/32 on 2"});
  }
  SECTION("a peer has") {
    scene.release(0, {.ipv4 = peer_mac});
    scene.turn();
    const std::string told = "announce on 2 for " + peer_mac.text() + " 192.0.2.1";
    CHECK(scene.done() == Journal{told, "remove 192.0.2.1/32 on 2", told});
    scene.turn();
    CHECK(scene.done().empty());
  }
  CHECK(scene.kernel.addresses(2) == Found{"192.0.2.11/24"});
}

TEST_CASE("of many addresses each is told of just before it goes and just after") {
  KernelScene scene;
  std::vector<std::string> addresses;
  for (int n = 0; n < 2000; ++n)
    addresses.push_back(fmt::format("10.1.{}.{}/32", n / 250, 1 + n % 250));
  scene.begin_claimed({addresses.begin(), addresses.end()});
  scene.release(0, {.ipv4 = peer_mac});
  scene.turn();
  const Journal done = scene.done();
  const std::string announcement = "announce on 2 for " + peer_mac.text();
  std::string told;
  std::size_t removed = 0;
  for (const std::string& step : done) {
    if (step.starts_with(announcement)) {
      told = step + " ";
      continue;
    }
    const std::string address = step.substr(7, step.find('/') - 7);
    CHECK(told.find(" " + address + " ") != std::string::npos);
    ++removed;
  }
  CHECK(removed == 2000);
  CHECK(done.back() + " " == told);
  CHECK(std::ranges::count_if(
            done, [&](const std::string& step) { return step.starts_with(announcement); }) == 4);
}

TEST_CASE("each family's neighbours are told who has the addresses of that family") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24", "2001:db8::1/64", "192.0.2.2/24"});
  const MacAddress other{{0x02, 0, 0, 0, 0, 0x77}};
  const std::string ipv4 = "announce on 2 for " + peer_mac.text() + " 192.0.2.1 192.0.2.2";
  const std::string ipv6 = "announce on 2 for " + other.text() + " 2001:db8::1";
  Journal told;
  SECTION("both") {
    scene.release(0, {.ipv4 = peer_mac, .ipv6 = other});
    told = {ipv4, ipv6};
  }
  SECTION("IPv6 alone, where nobody has announced the others") {
    scene.release(0, {.ipv6 = other});
    told = {ipv6};
  }
  scene.turn();
  const Journal done = scene.done();
  REQUIRE(done.size() == 2 * told.size() + 3);
  CHECK(Journal(done.begin(), done.begin() + std::ssize(told)) == told);
  CHECK(Journal(done.end() - std::ssize(told), done.end()) == told);
  CHECK(scene.kernel.addresses(2) == Found{"192.0.2.11/24"});
}

TEST_CASE("a removal that is notified only when the address is wanted again is made good") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.kernel.withholds = true;
  scene.release(0);
  scene.turn();
  scene.claim(0);
  scene.turn();
  scene.kernel.withholds = false;
  scene.kernel.give_withheld();
  scene.turn();
  scene.turn();
  CHECK(scene.kernel.addresses(2).contains("192.0.2.1/32"));
}

TEST_CASE("PRODUCT 8.3: who has removed an address is told, and logged once") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24", "2001:db8::1/64"});
  (void)scene.to_engine();
  scene.kernel.remove(2, "192.0.2.1/32", 4711);
  scene.turn();
  CHECK(scene.to_engine() == Words{"restored 0 192.0.2.1 owner (4711)"});
  CHECK(scene.kernel.addresses(2).contains("192.0.2.1/32"));
  scene.kernel.remove(2, "2001:db8::1/64", 0);
  scene.turn();
  CHECK(scene.to_engine() == Words{"restored 0 2001:db8::1 unknown"});
  const auto log = scene.log();
  REQUIRE(log.size() == 1);
  CHECK(log[0] == "eth0.carp.10: 192.0.2.1 was removed by owner (4711) and is put back");
}

TEST_CASE(
    "who has removed an address is logged although somebody unknown has just removed another") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24", "2001:db8::1/64"});
  scene.kernel.remove(2, "2001:db8::1/64", 0);
  scene.kernel.remove(2, "192.0.2.1/32", 4711);
  scene.turn();
  const auto log = scene.log();
  REQUIRE(log.size() == 2);
  CHECK(log[0] == "eth0.carp.10: 2001:db8::1 was removed by unknown and is put back");
  CHECK(log[1] == "eth0.carp.10: 192.0.2.1 was removed by owner (4711) and is put back");
}

TEST_CASE("an address that goes with its interface, or is nobody's, was removed by nobody") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  (void)scene.to_engine();
  SECTION("the interface is down") {
    auto down = link(2, "eth0");
    down.up = false;
    scene.kernel.set_link(down);
    scene.turn();
    (void)scene.to_engine();
    scene.kernel.remove(2, "192.0.2.1/32", 0);
  }
  SECTION("an address of the host") { scene.kernel.remove(2, "192.0.2.11/24", 4711); }
  SECTION("one that is released") {
    scene.release(0);
    scene.turn();
  }
  scene.turn();
  for (const std::string& told : scene.to_engine()) CHECK(told.rfind("restored", 0) != 0);
}

TEST_CASE("only a router that holds its addresses announces them") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.mailboxes.engine_to_kernel.post(AnnounceRouter{0});
  scene.turn();
  CHECK(scene.done() == Journal{"announce on 2 192.0.2.1"});
  scene.release(0);
  scene.mailboxes.engine_to_kernel.post(AnnounceRouter{0});
  scene.mailboxes.engine_to_kernel.post(AnnounceRouter{9});
  scene.turn();
  CHECK(scene.done() == Journal{"remove 192.0.2.1/32 on 2"});
}

TEST_CASE("only a router that holds its addresses asks who else has them, from the interface") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24", "192.0.2.2/24"});
  scene.mailboxes.engine_to_kernel.post(ProbeRouter{0});
  scene.turn();
  CHECK(scene.done() == Journal{"probe on 2 192.0.2.1 192.0.2.2"});
  scene.release(0);
  scene.turn();
  (void)scene.done();
  scene.mailboxes.engine_to_kernel.post(ProbeRouter{0});
  scene.mailboxes.engine_to_kernel.post(ProbeRouter{9});
  scene.turn();
  CHECK(scene.done().empty());
}

TEST_CASE("PRODUCT 8.5: changed addresses are exchanged, those that stay are not touched") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24", "192.0.2.2/24"});
  scene.change_router(0, {"192.0.2.1/24", "192.0.2.3/24"});
  scene.turn();
  CHECK(scene.done() == Journal{"capture eth0 192.0.2.1 192.0.2.3", "remove 192.0.2.2/32 on 2",
                                "add 192.0.2.3/32 on 2"});
  CHECK(scene.to_engine() == Words{"capture 0", "router-changed", "claimed 0"});
}

TEST_CASE("a forgotten router's addresses are gone before the control thread hears of it") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.forget(0);
  scene.turn();
  CHECK(scene.done() == Journal{"capture eth0", "remove 192.0.2.1/32 on 2"});
  CHECK(scene.gone() == std::vector<RouterId>{0});
}

TEST_CASE("PRODUCT 8.9: what an earlier agent left is removed at the start, on any interface") {
  KernelScene scene;
  scene.kernel.set_link(link(3, "eth1"));
  scene.kernel.add(3, "198.51.100.1/32", netlink::our_mark);
  scene.kernel.add(3, "198.51.100.7/24");
  scene.begin();
  CHECK(scene.kernel.addresses(3) == Found{"198.51.100.7/24"});
  CHECK(scene.kernel.addresses(2) == Found{"192.0.2.11/24"});
}

TEST_CASE("PRODUCT 8.2: what a router goes on with is not touched, and answered like a claim") {
  KernelScene scene({ip("192.0.2.1"), ip("192.0.2.2")});
  scene.kernel.add(2, "192.0.2.1/32", netlink::our_mark);
  scene.kernel.add(2, "192.0.2.2/32", netlink::our_mark);
  scene.kernel.add(2, "192.0.2.9/32", netlink::our_mark);
  scene.thread.begin();
  CHECK(scene.done() == Journal{"remove 192.0.2.9/32 on 2"});
  scene.add_interface();
  SECTION("known together with its interface") {}
  SECTION("known later than its interface") { scene.turn(); }
  scene.adopt_router(0, {"192.0.2.1/24", "192.0.2.2/24"});
  scene.turn();
  for (const std::string& did : scene.done()) {
    CHECK(did.rfind("add", 0) == std::string::npos);
    CHECK(did.rfind("remove", 0) == std::string::npos);
  }
  const Words told = scene.to_engine();
  CHECK(std::ranges::count(told, "claimed 0") == 1);
}

TEST_CASE("PRODUCT 8.9: what a router that goes on does not want any more goes") {
  KernelScene scene({ip("192.0.2.1")});
  scene.kernel.add(2, "192.0.2.1/32", netlink::our_mark);
  scene.thread.begin();
  scene.add_interface();
  scene.adopt_router(0, {"192.0.2.1/24"});
  scene.turn();
  scene.release(0);
  scene.turn();
  CHECK(scene.kernel.addresses(2) == Found{"192.0.2.11/24"});
}

TEST_CASE("the start's removals are logged with the interface") {
  KernelScene scene;
  scene.kernel.add(2, "192.0.2.1/32", netlink::our_mark);
  scene.thread.begin();
  const auto log = scene.log();
  REQUIRE(log.size() == 1);
  CHECK(log[0].find("eth0: removing failover IPs") == 0);
}

TEST_CASE("lost notifications are answered by a dump, and what they would have said is healed") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  const int dumps = scene.kernel.dumps;
  scene.kernel.remove(2, "192.0.2.1/32");
  scene.kernel.lose_notifications();
  scene.turn();
  CHECK(scene.kernel.dumps == dumps + 1);
  CHECK(scene.done() == Journal{"add 192.0.2.1/32 on 2"});
  CHECK(scene.log().size() == 1);
}

TEST_CASE("a dump that fails is tried again") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.kernel.dump_fails = true;
  scene.kernel.remove(2, "192.0.2.1/32");
  scene.kernel.lose_notifications();
  scene.turn();
  CHECK(scene.thread.wants_retry());
  scene.kernel.dump_fails = false;
  scene.turn(overdue);
  CHECK(scene.kernel.addresses(2).contains("192.0.2.1/32"));
  CHECK_FALSE(scene.thread.wants_retry());
}

TEST_CASE("left-overs are removed although the first dump failed") {
  KernelScene scene;
  scene.kernel.set_link(link(3, "eth1"));
  scene.kernel.add(3, "198.51.100.1/32", netlink::our_mark);
  scene.kernel.dump_fails = true;
  scene.thread.begin();
  scene.kernel.dump_fails = false;
  scene.turn(overdue);
  CHECK(scene.kernel.addresses(3).empty());
}

TEST_CASE("Quit ends the kernel thread's run") {
  KernelScene scene;
  scene.add_interface();
  scene.mailboxes.control_to_kernel.post(Quit{});
  scene.thread.run();
  CHECK(scene.to_engine().size() == 3);
}

TEST_CASE("messages about routers that have gone meanwhile are dropped") {
  KernelScene scene;
  scene.begin();
  scene.claim(5);
  scene.release(5, {.ipv4 = peer_mac, .ipv6 = peer_mac});
  scene.forget(5);
  scene.change_router(5, {"192.0.2.1/24"});
  scene.turn();
  CHECK(scene.done().empty());
  CHECK(scene.to_engine().empty());
  CHECK(scene.gone().empty());
}

}  // namespace failover::tests
