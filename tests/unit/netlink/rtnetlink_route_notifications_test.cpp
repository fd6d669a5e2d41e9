// What is known of the real kernel's routes: those that somebody asked for, also when the kernel
// takes them away without a word. Each test in a network namespace of its own; va has 192.0.2.1/24
// and 2001:db8::1/64.

#include <algorithm>

#include "netlink/route_words.hpp"
#include "protocol/limits.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/network_namespace.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

constexpr int buffer = limits::netlink_notification_buffer;

std::optional<Wire> lay(int notification_buffer = buffer) {
  auto wire = Wire::lay(notification_buffer);
  if (!wire) return wire;
  wire->network.ip("addr add 192.0.2.1/24 dev va");
  wire->network.ip("addr add 2001:db8::1/64 dev va nodad");
  REQUIRE(wire->wait_until([&] { return wire->has("2001:db8::1/64"); }));
  return wire;
}

void add(Wire& wire, const std::vector<std::string>& routes) {
  for (const std::string& words : routes) wire.network.ip("route add " + words + " proto 70");
  REQUIRE(wire.wait_until([&] { return wire.found.routes().ours().size() == routes.size(); }));
}

// What there is of ours, from notifications; the same as a dump gives.
std::vector<std::string> ours(Wire& wire) {
  const auto notified = wire.found.routes().ours();
  wire.dump();
  CHECK(notified == wire.found.routes().ours());
  std::vector<std::string> keys;
  for (const Route& route : wire.found.routes().ours()) keys.push_back(text(route.key));
  return keys;
}
using Keys = std::vector<std::string>;

std::string storm(int count) {
  std::string commands;
  for (int at = 0; at < count; ++at)
    commands += "route add 10." + std::to_string(at / 256) + "." + std::to_string(at % 256) +
                ".0/24 via 192.0.2.9 proto bird\n";
  return commands;
}

}  // namespace

TEST_CASE("a storm of routes that nobody asked for is not notified and not dumped", "[kernel]") {
  auto wire = lay(4096);  // room for some ten of them
  if (!wire) return;
  wire->kernel->watch_routes({prefix("203.0.113.0/24"), prefix("2001:db8:5::/48")});
  wire->network.ip_batch(storm(2000) + "route add 203.0.113.0/24 via 192.0.2.9\n" +
                         "route add 2001:db8:5::/48 via 2001:db8::9\n" +
                         "route add 10.200.0.0/16 via 192.0.2.9 proto 70\n");
  REQUIRE(wire->wait_until([&] { return !wire->found.routes().ours().empty(); }));
  CHECK(std::ranges::none_of(wire->seen, [](const Notification& seen) {
    return std::holds_alternative<NotificationsLost>(seen);
  }));
  CHECK(wire->found.routes().to(prefix("203.0.113.0/24")).size() == 1);
  CHECK(wire->found.routes().to(prefix("2001:db8:5::/48")).size() == 1);
  const auto snapshot = wire->kernel->dump();
  REQUIRE(snapshot.has_value());
  CHECK(snapshot->routes.size() == 3);
}

TEST_CASE("watched routes are told whosever they are, in every table, added and removed",
          "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  wire->network.ip("route add 10.9.0.0/16 via 192.0.2.9 table 100 proto bird");
  wire->kernel->watch_routes({prefix("10.9.0.0/16"), prefix("0.0.0.0/0")});
  wire->dump();
  const auto at = [&](std::string_view destination) {
    return wire->found.routes().to(prefix(destination));
  };
  REQUIRE(at("10.9.0.0/16").size() == 1);
  CHECK(at("10.9.0.0/16").front().key.table == 100);
  wire->network.ip("route add 10.9.0.0/16 via 192.0.2.9 metric 5");
  wire->network.ip("route add default via 192.0.2.9");
  wire->network.ip("route add 10.9.0.0/24 via 192.0.2.9");
  CHECK(wire->wait_until([&] { return !at("0.0.0.0/0").empty(); }));
  CHECK(at("10.9.0.0/16").size() == 2);
  wire->network.ip("route del 10.9.0.0/16 table 100");
  wire->network.ip("route del default");
  CHECK(wire->wait_until([&] { return at("0.0.0.0/0").empty(); }));
  CHECK(at("10.9.0.0/16").size() == 1);
  CHECK(at("10.9.0.0/24").empty());
}

TEST_CASE("more destinations than the kernel's filter takes are all told", "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  std::set<Prefix> watched;
  for (std::size_t at = 0; at <= limits::netlink_filtered_destinations; ++at)
    watched.insert(
        prefix("10." + std::to_string(at / 256) + "." + std::to_string(at % 256) + ".0/24"));
  for (const bool one_less : {false, true}) {
    if (one_less) watched.erase(watched.begin());
    wire->kernel->watch_routes(watched);
    for (const Prefix& destination : {*watched.begin(), *watched.rbegin()}) {
      INFO(destination);
      wire->network.ip("route add " + destination.text() + " via 192.0.2.9");
      CHECK(wire->wait_until([&] { return !wire->found.routes().to(destination).empty(); }));
      wire->network.ip("route del " + destination.text());
      CHECK(wire->wait_until([&] { return wire->found.routes().to(destination).empty(); }));
    }
  }
}

TEST_CASE("of a route with several hops each is known, and it goes with the last", "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  wire->network.ip("addr add 198.51.100.1/24 dev vb");
  wire->network.ip(
      "route add 10.9.0.0/16 proto 70 nexthop via 192.0.2.9 dev va nexthop via 198.51.100.9 dev "
      "vb");
  REQUIRE(wire->wait_until([&] { return !wire->found.routes().ours().empty(); }));
  const auto hops = wire->found.routes().ours().front().hops;
  REQUIRE(hops.size() == 2);
  CHECK(hops.front() == Hop{.gateway = ip("192.0.2.9"), .interface = wire->va});
  CHECK(hops.back().gateway == ip("198.51.100.9"));
  wire->network.ip("route del 10.9.0.0/16");
  CHECK(wire->wait_until([&] { return wire->found.routes().ours().empty(); }));
}

TEST_CASE("a gateway of the other family is known", "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  add(*wire, {"10.9.0.0/16 via inet6 fe80::9 dev va"});
  CHECK(wire->found.routes().ours().front().hops.front().gateway == ip("fe80::9"));
}

TEST_CASE("routes that go with their interface are known to be gone", "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  add(*wire, {"10.9.0.0/16 via 192.0.2.9", "blackhole 10.8.0.0/16",
              "2001:db8:9::/48 via 2001:db8::9 dev va", "blackhole 2001:db8:8::/48"});
  const bool goes_down = GENERATE(true, false);
  wire->network.ip(goes_down ? "link set va down" : "link del va");
  REQUIRE(wire->wait_until([&] {
    const Link* link = wire->found.link(wire->va);
    return (link == nullptr || !link->up) && wire->found.routes().ours().size() == 2;
  }));
  CHECK(ours(*wire) == Keys{"10.8.0.0/16", "2001:db8:8::/48 metric 1024"});
}

TEST_CASE("routes that go with an interface's last IPv4 address are known to be gone", "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  wire->network.ip("addr add 198.51.100.1/24 dev va");
  add(*wire, {"10.9.0.0/16 via 192.0.2.9", "2001:db8:9::/48 via 2001:db8::9"});
  wire->network.ip("addr del 198.51.100.1/24 dev va");
  REQUIRE(wire->wait_until([&] { return !wire->has("198.51.100.1/24"); }));
  CHECK(ours(*wire).size() == 2);
  wire->network.ip("addr del 192.0.2.1/24 dev va");
  REQUIRE(wire->wait_until([&] { return !wire->has("192.0.2.1/24"); }));
  CHECK(ours(*wire) == Keys{"2001:db8:9::/48 metric 1024"});
}

TEST_CASE("a route loses its preferred source with the address, an IPv4 one goes with it",
          "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  wire->network.ip("addr add 192.0.2.7/32 dev va");
  wire->network.ip("addr add 2001:db8::7/128 dev va nodad");
  REQUIRE(wire->wait_until([&] { return wire->has("2001:db8::7/128"); }));
  add(*wire, {"10.9.0.0/16 via 192.0.2.9 src 192.0.2.7",
              "2001:db8:9::/48 via 2001:db8::9 src 2001:db8::7"});
  wire->network.ip("addr del 192.0.2.7/32 dev va");
  wire->network.ip("addr del 2001:db8::7/128 dev va");
  REQUIRE(wire->wait_until([&] { return !wire->has("2001:db8::7/128"); }));
  CHECK(ours(*wire) == Keys{"2001:db8:9::/48 metric 1024"});
  CHECK_FALSE(wire->found.routes().ours().front().preferred_source);
}

TEST_CASE("a route that somebody puts in the place of ours is his", "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  add(*wire, {"10.9.0.0/16 via 192.0.2.9", "2001:db8:9::/48 via 2001:db8::9"});
  wire->kernel->watch_routes({prefix("10.9.0.0/16"), prefix("2001:db8:9::/48")});
  wire->network.ip("route replace 10.9.0.0/16 via 192.0.2.8");
  wire->network.ip("route replace 2001:db8:9::/48 via 2001:db8::8");
  CHECK(wire->wait_until([&] { return wire->found.routes().ours().empty(); }));
  CHECK(wire->found.routes().to(prefix("10.9.0.0/16")).size() == 1);
  CHECK(ours(*wire).empty());
}

TEST_CASE("routes for a type of service, of the table local, and of neighbours are left out",
          "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  wire->kernel->watch_routes(
      {prefix("10.9.0.0/16"), prefix("192.0.2.1/32"), prefix("10.8.0.0/16")});
  wire->network.ip("route add 10.9.0.0/16 tos 0x10 via 192.0.2.9 proto 70");
  wire->network.ip("route add throw 10.8.0.0/16 proto 70");
  wire->network.ip("route add blackhole 10.7.0.0/16 proto 70");
  CHECK(wire->wait_until([&] { return !wire->found.routes().ours().empty(); }));
  CHECK(ours(*wire) == Keys{"10.7.0.0/16"});
  CHECK(wire->found.routes().to(prefix("192.0.2.1/32")).empty());
}

TEST_CASE("routes and rules are dumped again after notifications were lost", "[kernel]") {
  auto wire = lay(4096);
  if (!wire) return;
  std::string commands;
  for (int at = 0; at < 500; ++at)
    commands += "route add blackhole 10.9." + std::to_string(at % 256) + ".0/24 metric " +
                std::to_string(at) + " proto 70\n";
  commands += "rule add from 10.0.0.1 lookup 100 pref 5 protocol 70\n";
  wire->network.ip_batch(commands);
  CHECK(wire->wait_until([&] {
    return std::ranges::any_of(wire->seen, [](const Notification& seen) {
      return std::holds_alternative<NotificationsLost>(seen);
    });
  }));
  wire->dump();
  CHECK(wire->found.routes().ours().size() == 500);
  CHECK(wire->found.routes().rules().size() == 1);
}

}  // namespace failover::tests
