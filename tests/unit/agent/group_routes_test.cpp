// Routes and rules of failover groups: they come and go with the role, in their order, and are put
// back when somebody removes them.

#include "agent/kernel/group_routes.hpp"

#include <cerrno>

#include "netlink/route_words.hpp"
#include "tests/unit/agent/fake_kernel.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;
using Names = std::set<std::string>;
constexpr std::uint8_t bird = 12;

netlink::WantedRoutes wanted(const Words& routes, const Words& rules = {}) {
  netlink::WantedRoutes all;
  for (const std::string& words : routes) all.routes.push_back(netlink::parse_route(words).value());
  for (const std::string& words : rules) all.rules.push_back(netlink::parse_rule(words).value());
  return all;
}

// eth0 is index 2 and up.
struct Scene {
  explicit Scene(netlink::WantedRoutes adopted = {}) : routes(kernel, clock, std::move(adopted)) {
    kernel.set_link(link(2, "eth0"));
    dump();
  }
  void put(GroupId id, netlink::WantedRoutes what) {
    routes.put({.id = id, .name = "group" + std::to_string(id), .wanted = std::move(what)});
  }
  void dump() {
    found.reset(kernel.dump().value());
    routes.dumped();
  }
  // A wake-up, as the kernel thread has it.
  void turn() {
    if (routes.wants_dump()) dump();
    for (const auto& notification : kernel.notifications()) {
      found.apply(notification);
      routes.take_notice(notification);
    }
    routes.remove_unwanted(found);
    journal.emplace_back("addresses");
    routes.add_wanted(found);
  }
  // What was done, with where the addresses' turn was; nothing when nothing was.
  Words done() {
    Words all = std::exchange(journal, {});
    return std::ranges::all_of(all, [](const auto& line) { return line == "addresses"; }) ? Words{}
                                                                                          : all;
  }
  Words log() {
    Words lines;
    for (const KernelLog& line : routes.take_log()) lines.push_back(line.text);
    return lines;
  }

  Journal journal;
  FakeClock clock;
  FakeKernel kernel{journal};
  netlink::Found found;
  GroupRoutes routes;
};

}  // namespace

TEST_CASE("a claim adds routes and then rules, after the addresses, a release removes them first") {
  Scene scene;
  scene.put(0, wanted({"10.9.0.0/16 via 192.0.2.9 dev eth0", "blackhole 10.8.0.0/16 table 100"},
                      {"from 10.9.0.1 lookup 100 priority 500"}));
  scene.turn();
  CHECK(scene.done().empty());
  scene.routes.claim(0);
  scene.turn();
  CHECK(scene.done() == Words{"addresses", "add route 10.9.0.0/16 via 192.0.2.9 dev eth0",
                              "add route blackhole 10.8.0.0/16 table 100",
                              "add rule from 10.9.0.1/32 lookup 100 priority 500"});
  scene.turn();
  CHECK(scene.done().empty());
  scene.routes.release(0);
  scene.turn();
  CHECK(scene.done() == Words{"remove rule from 10.9.0.1/32 lookup 100 priority 500",
                              "remove route 10.8.0.0/16 table 100", "remove route 10.9.0.0/16",
                              "addresses"});
  scene.turn();
  CHECK(scene.done().empty());
  CHECK(scene.log().empty());
}

TEST_CASE("what two groups want is there as long as one of them is active") {
  Scene scene;
  scene.put(0, wanted({"10.9.0.0/16 dev eth0"}));
  scene.put(1, wanted({"10.9.0.0/16 dev eth0", "10.8.0.0/16 dev eth0"}));
  scene.routes.claim(0);
  scene.routes.claim(1);
  scene.turn();
  CHECK(scene.kernel.routes() == Names{"10.8.0.0/16", "10.9.0.0/16"});
  scene.routes.release(1);
  scene.turn();
  CHECK(scene.kernel.routes() == Names{"10.9.0.0/16"});
  scene.routes.forget(0);
  scene.turn();
  CHECK(scene.kernel.routes().empty());
}

TEST_CASE("what somebody removes is put back") {
  Scene scene;
  scene.put(0, wanted({"10.9.0.0/16 dev eth0"}, {"from 10.9.0.1 lookup 100 priority 500"}));
  scene.routes.claim(0);
  scene.turn();
  scene.kernel.remove_route("10.9.0.0/16 dev eth0");
  scene.turn();
  CHECK(scene.kernel.routes().size() == 1);
  scene.kernel.remove_rule("from 10.9.0.1 lookup 100 priority 500");
  scene.turn();
  CHECK(scene.kernel.rules().size() == 1);
}

TEST_CASE("a route that goes with its interface is put back when that is up again") {
  Scene scene;
  scene.put(0, wanted({"10.9.0.0/16 dev eth0"}));
  scene.routes.claim(0);
  scene.turn();
  netlink::Link down = link(2, "eth0");
  down.up = down.carrier = false;
  scene.kernel.remove_route_silently("10.9.0.0/16 dev eth0");
  scene.kernel.set_link(down);
  scene.turn();
  CHECK(scene.log() ==
        Words{"group0: route 10.9.0.0/16 dev eth0 waits for the interface to be up"});
  CHECK_FALSE(scene.routes.wants_retry());
  scene.kernel.set_link(link(2, "eth0"));
  scene.turn();
  CHECK(scene.kernel.routes() == Names{"10.9.0.0/16"});
  CHECK(scene.routes.problems().empty());
}

TEST_CASE(
    "PRODUCT 8.9: somebody else's route is left alone, said once, and ours is added after it") {
  Scene scene;
  scene.kernel.add_route("10.9.0.0/16 via 192.0.2.8", bird);
  scene.put(0, wanted({"10.9.0.0/16 dev eth0", "10.8.0.0/16 dev eth0"}));
  scene.routes.claim(0);
  scene.turn();
  CHECK(scene.done() == Words{"addresses", "add route 10.8.0.0/16 dev eth0"});
  const Words said{
      "group0: somebody else has a route 10.9.0.0/16; it is left alone, and ours is added when it "
      "has gone"};
  CHECK(scene.log() == said);
  CHECK(scene.routes.problems() == Names(said.begin(), said.end()));
  scene.turn();
  scene.turn();
  CHECK(scene.log().empty());
  scene.kernel.remove_route("10.9.0.0/16 via 192.0.2.8");
  scene.turn();
  CHECK(scene.routes.problems().empty());
  scene.routes.release(0);
  scene.turn();
  CHECK(scene.kernel.routes().empty());
}

TEST_CASE("a route that is there though it was not found is looked for once, and then reported") {
  Scene scene;
  scene.kernel.refused_routes[prefix("10.9.0.0/16")] = EEXIST;
  scene.put(0, wanted({"10.9.0.0/16 dev eth0"}));
  scene.routes.claim(0);
  scene.turn();
  CHECK(scene.routes.wants_dump());
  CHECK(scene.log().empty());
  const int dumps = scene.kernel.dumps;
  for (int round = 0; round < 3; ++round) {
    scene.turn();
    scene.routes.overdue();
  }
  CHECK(scene.kernel.dumps == dumps + 1);
  CHECK(scene.log() == Words{"group0: add route 10.9.0.0/16 dev eth0: File exists"});
}

TEST_CASE("a route that only seemed to be gone is found by the dump") {
  Scene scene;
  scene.put(0, wanted({"10.9.0.0/16 dev eth0"}));
  scene.routes.claim(0);
  scene.turn();
  scene.turn();
  scene.found.reset({});
  scene.kernel.set_link(link(2, "eth0"));
  scene.turn();
  REQUIRE(scene.routes.wants_dump());
  scene.turn();
  CHECK_FALSE(scene.routes.wants_dump());
  CHECK(scene.routes.problems().empty());
  CHECK(scene.log().empty());
}

TEST_CASE("what the kernel refuses is said once and tried again every second") {
  Scene scene;
  scene.kernel.refused_routes[prefix("10.9.0.0/16")] = ENETUNREACH;
  scene.put(0, wanted({"10.9.0.0/16 via 198.51.100.1", "10.8.0.0/16 dev eth0"}));
  scene.routes.claim(0);
  scene.turn();
  CHECK(scene.log() ==
        Words{"group0: add route 10.9.0.0/16 via 198.51.100.1: Network is unreachable"});
  CHECK(scene.kernel.routes() == Names{"10.8.0.0/16"});
  CHECK(scene.routes.wants_retry());
  scene.turn();
  scene.routes.overdue();
  scene.turn();
  CHECK(scene.log().empty());
  scene.kernel.refused_routes.clear();
  scene.routes.overdue();
  scene.turn();
  CHECK(scene.kernel.routes() == Names{"10.8.0.0/16", "10.9.0.0/16"});
  CHECK_FALSE(scene.routes.wants_retry());
  CHECK(scene.routes.problems().empty());
}

TEST_CASE("who removes routes as fast as they are put back gets a rest, a claim does not wait") {
  Scene scene;
  scene.put(0, wanted({"10.9.0.0/16 dev eth0"}));
  scene.put(1, wanted({"10.8.0.0/16 dev eth0"}));
  scene.routes.claim(0);
  scene.turn();
  for (int round = 0; round < 30; ++round) {
    scene.kernel.remove_route("10.9.0.0/16 dev eth0");
    scene.turn();
  }
  CHECK(scene.kernel.routes().empty());
  CHECK(scene.log().size() == 1);
  REQUIRE(scene.routes.wants_retry());
  SECTION("a second later it is there again") {
    scene.clock.advance(1001ms);
    scene.routes.overdue();
    scene.turn();
    CHECK(scene.kernel.routes() == Names{"10.9.0.0/16"});
  }
  SECTION("another group's claim is carried out at once") {
    scene.routes.claim(1);
    scene.turn();
    CHECK(scene.kernel.routes() == Names{"10.8.0.0/16", "10.9.0.0/16"});
  }
}

TEST_CASE("a group that wants others changes only those") {
  Scene scene;
  scene.put(0, wanted({"10.9.0.0/16 dev eth0", "10.8.0.0/16 dev eth0"}));
  scene.routes.claim(0);
  scene.turn();
  (void)scene.done();
  scene.put(0, wanted({"10.9.0.0/16 dev eth0", "10.7.0.0/16 dev eth0"}));
  scene.turn();
  CHECK(scene.done() ==
        Words{"remove route 10.8.0.0/16", "addresses", "add route 10.7.0.0/16 dev eth0"});
}

TEST_CASE("PRODUCT 8.9: what an earlier life left is removed, others' routes are not") {
  Scene scene;
  scene.kernel.add_route("10.9.0.0/16 dev eth0");
  scene.kernel.add_route("10.8.0.0/16 dev eth0", bird);
  scene.kernel.add_rule("from 10.9.0.1 lookup 100 priority 500");
  scene.turn();
  CHECK(scene.kernel.routes() == Names{"10.8.0.0/16"});
  CHECK(scene.kernel.rules().empty());
}

TEST_CASE("what an earlier life left, and a group goes on with, stays untouched") {
  const auto what = wanted({"10.9.0.0/16 dev eth0"}, {"from 10.9.0.1 lookup 100 priority 500"});
  Scene scene(what);
  scene.kernel.add_route("10.9.0.0/16 dev eth0");
  scene.kernel.add_route("10.7.0.0/16 dev eth0");
  scene.kernel.add_rule("from 10.9.0.1 lookup 100 priority 500");
  scene.turn();
  CHECK(scene.done() == Words{"remove route 10.7.0.0/16", "addresses"});
  scene.routes.put({.id = 0, .name = "web", .wanted = what, .adopted = true});
  scene.turn();
  CHECK(scene.done().empty());
  scene.routes.release(0);
  scene.turn();
  CHECK(scene.kernel.routes().empty());
  CHECK(scene.kernel.rules().empty());
}

TEST_CASE("what was adopted goes when its group does not want it any more") {
  Scene scene(wanted({"10.9.0.0/16 dev eth0"}));
  scene.kernel.add_route("10.9.0.0/16 dev eth0");
  scene.put(0, wanted({"10.9.0.0/16 dev eth0"}));
  scene.turn();
  CHECK(scene.kernel.routes().empty());
}

TEST_CASE("the destinations that the kernel has to tell of are those of all groups") {
  Scene scene;
  scene.put(0, wanted({"10.9.0.0/16 dev eth0", "blackhole 10.9.0.0/16 table 100"}));
  scene.put(1, wanted({"::/0 dev eth0"}, {"from 10.9.0.1 lookup 100 priority 500"}));
  CHECK(scene.routes.destinations() == std::set{prefix("10.9.0.0/16"), prefix("::/0")});
}

TEST_CASE("PRODUCT 8.9: an agent that starts removes routes and rules of an earlier one") {
  KernelScene scene;
  scene.kernel.add_route("10.9.0.0/16 dev eth0");
  scene.kernel.add_route("10.8.0.0/16 dev eth0", bird);
  scene.kernel.add_rule("from 10.9.0.1 lookup 100 priority 500");
  scene.thread.begin();
  CHECK(scene.kernel.routes() == Names{"10.8.0.0/16"});
  CHECK(scene.kernel.rules().empty());
  CHECK(scene.log() == Words{"removing routes and rules that an earlier agent left"});
}

}  // namespace failover::tests
