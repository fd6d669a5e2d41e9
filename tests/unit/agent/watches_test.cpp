// What groups track of the machine's network: reported when it changes, and only then.

#include "agent/kernel/watches.hpp"

#include "netlink/rtnetlink.hpp"
#include "protocol/limits.hpp"
#include "tests/unit/agent/values.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/network_namespace.hpp"

namespace failover {

static std::ostream& operator<<(std::ostream& out, const WatchReport& report) {
  return out << report.id << (report.state == WatchState::good ? " good: " : " bad: ")
             << report.detail;
}

}  // namespace failover

namespace failover::tests {
namespace {

using Reports = std::vector<WatchReport>;
constexpr auto good = WatchState::good;
constexpr auto bad = WatchState::bad;

netlink::Link eth(int index, bool up, bool carrier) {
  return {.index = index,
          .name = "eth" + std::to_string(index),
          .mac = {},
          .up = up,
          .carrier = carrier};
}

netlink::Address held(int interface, std::string_view text) {
  return {.interface = interface, .prefix = prefix(text), .mark = {}, .label = {}};
}

netlink::Route route(std::string_view destination, std::vector<netlink::Hop> hops,
                     std::uint32_t table = netlink::main_table) {
  return {.key = {.destination = prefix(destination), .table = table},
          .type = hops.empty() ? netlink::RouteType::blackhole : netlink::RouteType::unicast,
          .hops = std::move(hops)};
}

struct Scene {
  netlink::Found found;
  Watches watches;
  [[nodiscard]] Reports look() { return watches.look(found); }
  void tell(const netlink::Notification& notification) { found.apply(notification); }
};

}  // namespace

TEST_CASE("a watched link is good when it is there, up, and has a carrier") {
  Scene scene;
  scene.watches.add(7, LinkWatch{"eth2"});
  CHECK(scene.look() == Reports{{7, bad, "eth2 is not there"}});
  scene.tell(netlink::LinkChanged{eth(2, false, false)});
  CHECK(scene.look() == Reports{{7, bad, "eth2 is down"}});
  scene.tell(netlink::LinkChanged{eth(2, true, false)});
  CHECK(scene.look() == Reports{{7, bad, "eth2 has no carrier"}});
  scene.tell(netlink::LinkChanged{eth(2, true, true)});
  CHECK(scene.look() == Reports{{7, good, "eth2 is up"}});
  scene.tell(netlink::LinkChanged{eth(3, true, true)});
  CHECK(scene.look().empty());
  scene.tell(netlink::LinkGone{2});
  CHECK(scene.look() == Reports{{7, bad, "eth2 is not there"}});
}

TEST_CASE("a watched address is good when it is there and not tentative") {
  Scene scene;
  scene.tell(netlink::LinkChanged{eth(2, true, true)});
  scene.watches.add(1, AddressWatch{ip("2001:db8::9")});
  CHECK(scene.look() == Reports{{1, bad, "2001:db8::9 is on no interface"}});
  netlink::Address tentative = held(2, "2001:db8::9/64");
  tentative.tentative = true;
  scene.tell(netlink::AddressChanged{tentative, 0});
  CHECK(scene.look() == Reports{{1, bad, "2001:db8::9 is tentative on eth2"}});
  scene.tell(netlink::AddressChanged{held(2, "2001:db8::9/64"), 0});
  CHECK(scene.look() == Reports{{1, good, "2001:db8::9 is on eth2"}});
  scene.tell(netlink::AddressChanged{held(2, "2001:db8::8/64"), 0});
  CHECK(scene.look().empty());
  scene.tell(netlink::AddressGone{held(2, "2001:db8::9/64"), 0});
  CHECK(scene.look() == Reports{{1, bad, "2001:db8::9 is on no interface"}});
}

TEST_CASE("an address may be watched on one interface") {
  Scene scene;
  scene.tell(netlink::LinkChanged{eth(2, true, true)});
  scene.tell(netlink::LinkChanged{eth(3, true, true)});
  scene.tell(netlink::AddressChanged{held(2, "192.0.2.1/24"), 0});
  scene.watches.add(1, AddressWatch{ip("192.0.2.1"), "eth3"});
  CHECK(scene.look() == Reports{{1, bad, "192.0.2.1 is not on eth3"}});
  scene.tell(netlink::AddressChanged{held(3, "192.0.2.1/32"), 0});
  CHECK(scene.look() == Reports{{1, good, "192.0.2.1 is on eth3"}});
}

TEST_CASE("a watched route is good when there is one to that destination in that table") {
  Scene scene;
  scene.tell(netlink::LinkChanged{eth(2, true, true)});
  scene.watches.add(1, RouteWatch{.destination = prefix("10.9.0.0/16"), .table = 100});
  CHECK(scene.look() == Reports{{1, bad, "there is no route to 10.9.0.0/16 table 100"}});
  const netlink::Hop hop{.gateway = ip("192.0.2.9"), .interface = 2};
  scene.tell(netlink::RouteChanged{route("10.9.0.0/16", {hop})});
  scene.tell(netlink::RouteChanged{route("10.9.0.0/24", {hop}, 100)});
  scene.tell(netlink::RouteChanged{route("10.0.0.0/8", {hop}, 100)});
  CHECK(scene.look().empty());
  scene.tell(netlink::RouteChanged{route("10.9.0.0/16", {hop}, 100)});
  CHECK(scene.look() ==
        Reports{{1, good, "there is a route to 10.9.0.0/16 via 192.0.2.9 dev eth2 table 100"}});
  scene.tell(netlink::RouteGone{route("10.9.0.0/16", {hop}, 100)});
  CHECK(scene.look() == Reports{{1, bad, "there is no route to 10.9.0.0/16 table 100"}});
}

TEST_CASE("a watched route that leads nowhere is bad") {
  Scene scene;
  scene.watches.add(1, RouteWatch{.destination = prefix("10.9.0.0/16")});
  scene.tell(netlink::RouteChanged{route("10.9.0.0/16", {})});
  CHECK(scene.look() == Reports{{1, bad, "there is no route to 10.9.0.0/16"}});
}

TEST_CASE("of several hops of a watched route one has to be the one that is asked for") {
  Scene scene;
  scene.tell(netlink::LinkChanged{eth(2, true, true)});
  scene.tell(netlink::LinkChanged{eth(3, true, true)});
  scene.watches.add(
      1, RouteWatch{
             .destination = prefix("0.0.0.0/0"), .gateway = ip("192.0.2.9"), .interface = "eth3"});
  CHECK(scene.look() == Reports{{1, bad, "there is no route to 0.0.0.0/0 via 192.0.2.9 dev eth3"}});
  scene.tell(
      netlink::RouteChanged{route("0.0.0.0/0", {{.gateway = ip("192.0.2.9"), .interface = 2},
                                                {.gateway = ip("192.0.2.8"), .interface = 3}})});
  CHECK(scene.look().empty());
  scene.tell(
      netlink::RouteChanged{route("0.0.0.0/0", {{.gateway = ip("192.0.2.9"), .interface = 2},
                                                {.gateway = ip("192.0.2.9"), .interface = 3}})});
  CHECK(scene.look() == Reports{{1, good, "there is a route to 0.0.0.0/0 via 192.0.2.9 dev eth3"}});
}

TEST_CASE("only what has changed is reported, and a new watch in any case") {
  Scene scene;
  scene.tell(netlink::LinkChanged{eth(2, true, true)});
  scene.watches.add(1, LinkWatch{"eth2"});
  scene.watches.add(2, LinkWatch{"eth3"});
  CHECK(scene.look() == Reports{{1, good, "eth2 is up"}, {2, bad, "eth3 is not there"}});
  CHECK(scene.look().empty());
  scene.watches.add(1, LinkWatch{"eth2"});
  CHECK(scene.look() == Reports{{1, good, "eth2 is up"}});
  scene.watches.remove(2);
  scene.tell(netlink::LinkChanged{eth(3, true, true)});
  CHECK(scene.look().empty());
}

TEST_CASE("the destinations of watched routes are what the kernel has to tell of") {
  Watches watches;
  watches.add(1, LinkWatch{"eth2"});
  watches.add(2, RouteWatch{.destination = prefix("10.9.1.1/16")});
  watches.add(3, RouteWatch{.destination = prefix("10.9.0.0/16"), .table = 100});
  watches.add(4, RouteWatch{.destination = prefix("::/0")});
  CHECK(watches.destinations() == std::set{prefix("10.9.0.0/16"), prefix("::/0")});
}

TEST_CASE("links, addresses and routes of the real kernel are watched", "[kernel]") {
  auto wire = netlink::Wire::lay(limits::netlink_notification_buffer);
  if (!wire) return;
  Watches watches;
  watches.add(1, LinkWatch{"va"});
  watches.add(2, AddressWatch{ip("192.0.2.1")});
  watches.add(3, RouteWatch{.destination = prefix("10.9.0.0/16"), .interface = "va"});
  wire->kernel->watch_routes(watches.destinations());
  std::map<WatchId, WatchState> states;
  const auto becomes = [&](std::map<WatchId, WatchState> wanted) {
    return wire->wait_until([&] {
      for (const WatchReport& report : watches.look(wire->found)) states[report.id] = report.state;
      return states == wanted;
    });
  };
  CHECK(becomes({{1, good}, {2, bad}, {3, bad}}));
  wire->network.ip("addr add 192.0.2.1/24 dev va");
  wire->network.ip("route add 10.9.0.0/16 via 192.0.2.9");
  CHECK(becomes({{1, good}, {2, good}, {3, good}}));
  wire->network.ip("link set vb down");
  CHECK(becomes({{1, bad}, {2, good}, {3, good}}));
  wire->network.ip("link set va down");
  CHECK(becomes({{1, bad}, {2, good}, {3, bad}}));
  wire->network.ip("addr flush dev va");
  CHECK(becomes({{1, bad}, {2, bad}, {3, bad}}));
}

}  // namespace failover::tests
