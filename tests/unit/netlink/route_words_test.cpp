// Routes and rules in the words of `ip route` and `ip rule`.

#include "netlink/route_words.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

WantedRoute route(std::string_view words) {
  INFO(words);
  const auto route = parse_route(words);
  REQUIRE(route.has_value());
  return *route;
}

WantedRule rule(std::string_view words) {
  INFO(words);
  const auto rule = parse_rule(words);
  REQUIRE(rule.has_value());
  return *rule;
}

std::string route_error(std::string_view words) {
  INFO(words);
  const auto route = parse_route(words);
  REQUIRE_FALSE(route.has_value());
  return route.error().text;
}

std::string rule_error(std::string_view words) {
  INFO(words);
  const auto rule = parse_rule(words);
  REQUIRE_FALSE(rule.has_value());
  return rule.error().text;
}

}  // namespace

TEST_CASE("a route is read with everything that it may have") {
  CHECK(route("203.0.113.0/24 via 10.0.0.9 dev eth1 table 100 metric 50 src 10.0.0.1 onlink") ==
        WantedRoute{.destination = prefix("203.0.113.0/24"),
                    .gateway = ip("10.0.0.9"),
                    .interface = "eth1",
                    .table = 100,
                    .metric = 50,
                    .preferred_source = ip("10.0.0.1"),
                    .onlink = true});
  CHECK(route("  unicast\t203.0.113.7 dev eth0   scope link ") ==
        WantedRoute{
            .destination = prefix("203.0.113.7/32"), .interface = "eth0", .scope = Scope::link});
}

TEST_CASE("a default route is of the family that its gateway or source has, else IPv4") {
  CHECK(route("default via 10.0.0.1").destination == prefix("0.0.0.0/0"));
  CHECK(route("default via fe80::1 dev eth0").destination == prefix("::/0"));
  CHECK(route("default dev eth0 src 2001:db8::1").destination == prefix("::/0"));
  CHECK(route("default dev eth0").destination == prefix("0.0.0.0/0"));
  CHECK(route("-6 default dev eth0").destination == prefix("::/0"));
  CHECK(route("blackhole default").destination == prefix("0.0.0.0/0"));
}

TEST_CASE("routes that go nowhere have a type, a destination, a table and a metric") {
  CHECK(route("blackhole 10.9.0.0/16") ==
        WantedRoute{.type = RouteType::blackhole, .destination = prefix("10.9.0.0/16")});
  CHECK(route("unreachable 2001:db8::/32 metric 5 table default") ==
        WantedRoute{.type = RouteType::unreachable,
                    .destination = prefix("2001:db8::/32"),
                    .table = 253,
                    .metric = 5});
  CHECK(route("prohibit 10.9.0.0/16").type == RouteType::prohibit);
  CHECK(route_error("blackhole 10.9.0.0/16 dev eth0") ==
        "a route that goes nowhere has no via, dev or onlink; accepted: a destination, table, "
        "metric");
}

TEST_CASE("metric, priority and preference are one, as with ip") {
  CHECK(route("10.0.0.0/8 dev a priority 7") == route("10.0.0.0/8 dev a metric 7"));
  CHECK(route("10.0.0.0/8 dev a preference 7") == route("10.0.0.0/8 dev a metric 7"));
  CHECK(route_error("10.0.0.0/8 dev a metric 7 priority 7") ==
        "\"priority\" says again what was said before; accepted: one metric");
}

TEST_CASE("without a metric a route has the one that its family gives it") {
  CHECK(key_of(route("10.0.0.0/8 dev a")).metric == 0);
  CHECK(key_of(route("2001:db8::/32 dev a")).metric == 1024);
  CHECK(key_of(route("2001:db8::/32 dev a metric 9")).metric == 9);
}

TEST_CASE("a word that is none of a route's is named, with those that are") {
  const auto error = parse_route("10.0.0.0/8 dev a metrik 7").error();
  CHECK(error.text ==
        "\"metrik\" is not understood; accepted: via, dev, table, metric, priority, preference, "
        "src, scope, onlink");
  CHECK(error.unknown == "metrik");
  CHECK(error.known.size() == 9);
  CHECK(route_error("10.0.0.0/8 dev a proto static").find("\"proto\" is not understood") == 0);
}

TEST_CASE("a value that is none is named with its word, and with the range") {
  CHECK(route_error("10.0.0.0/8 dev a metric 4294967296") ==
        "\"metric 4294967296\" is not understood; accepted: 0..4294967295");
  CHECK(route_error("10.0.0.0/8 dev a metric -1").find("\"metric -1\"") == 0);
  CHECK(route_error("10.0.0.0/8 dev a table 0") ==
        "\"table 0\" is not understood; accepted: 1..4294967295 but 255, main, default");
  for (const std::string table : {"255", "local", "4294967296", "isp2", "1x"})
    CHECK(route_error("10.0.0.0/8 dev a table " + table).find("\"table " + table + "\"") == 0);
  CHECK(route_error("10.0.0.0/8 via 10.0.0") ==
        "\"via 10.0.0\" is not understood; accepted: a gateway's address like \"192.0.2.1\"");
  for (const std::string gateway : {"0.0.0.0", "224.0.0.1", "eth0", "10.0.0.1/24"})
    CHECK(route_error("10.0.0.0/8 via " + gateway).find("\"via " + gateway + "\"") == 0);
  CHECK(route_error("10.0.0.0/8 dev sixteen-bytes-16") ==
        "\"dev sixteen-bytes-16\" is not understood; accepted: an interface's name, 15 bytes at "
        "most");
  CHECK(route_error("10.0.0.0/8 dev a scope wide") ==
        "\"scope wide\" is not understood; accepted: global, site, link, host");
  CHECK(route_error("10.0.0.0/8 dev") ==
        "\"dev\" has nothing behind it; accepted: an interface's name, 15 bytes at most");
}

TEST_CASE("a destination that is none is named, with a way out") {
  const std::string accepted =
      "accepted: a network like \"203.0.113.0/24\" or \"2001:db8::/32\", a single address, or "
      "\"default\"";
  CHECK(route_error("") == "a route needs a destination; " + accepted);
  CHECK(route_error("blackhole") == "a route needs a destination; " + accepted);
  CHECK(route_error("10.0.0.0/33 dev a") ==
        "\"10.0.0.0/33\" is no destination: the prefix length of an IPv4 address is 0..32; " +
            accepted);
  CHECK(route_error("via 10.0.0.1").find("\"via\" is no destination") == 0);
  CHECK(route_error("203.0.113.9/24 dev a") ==
        "\"203.0.113.9/24\" has bits set beyond its prefix length; accepted: its network, "
        "\"203.0.113.0/24\"");
}

TEST_CASE("what cannot be together in a route is refused") {
  CHECK(route_error("10.0.0.0/8 via 2001:db8::1") ==
        "\"2001:db8::1\" is not of the family of the destination 10.0.0.0/8; accepted: one of the "
        "same family");
  CHECK(route_error("default via 10.0.0.1 src 2001:db8::1").find("\"2001:db8::1\" is not of") == 0);
  CHECK(route_error("-4 default via fe80::1 dev a").find("\"fe80::1\" is not of") == 0);
  CHECK(route_error("10.0.0.0/8") ==
        "the route has neither via nor dev; accepted: one of them, or both");
  CHECK(route_error("default via fe80::1") ==
        "\"fe80::1\" is on every link; accepted: with dev and the interface that is meant");
  CHECK(route_error("10.0.0.0/8 dev a onlink") ==
        "onlink says that the gateway is on the link; accepted: with via and dev");
  CHECK(route_error("2001:db8::/32 dev a scope link") ==
        "routes of IPv6 have no scope; leave it out");
}

TEST_CASE("a route is the same when its own words are read again") {
  for (const std::string words :
       {"203.0.113.0/24 via 10.0.0.9 dev eth1 table 100 metric 50 src 10.0.0.1 onlink",
        "default via 10.0.0.1", "default dev eth0", "default via fe80::1 dev eth0",
        "::/0 dev eth0 table default", "blackhole 10.9.0.0/16", "unreachable default",
        "prohibit ::/0 metric 1", "10.0.0.0/8 dev a scope link", "10.0.0.1/32 dev a scope global",
        "default dev eth0 src 2001:db8::1"}) {
    CHECK(text(route(words)) == words);
    CHECK(route(text(route(words))) == route(words));
  }
  CHECK(text(route("-6 default dev eth0")) == "::/0 dev eth0");
}

TEST_CASE("a rule is read with everything that it may have") {
  CHECK(rule("from 203.0.113.10 lookup 100 priority 500") ==
        WantedRule{.priority = 500, .from = prefix("203.0.113.10/32"), .table = 100});
  CHECK(rule("from all to 10.0.0.0/8 iif eth0 oif eth1 fwmark 0x1/0xff table 100 pref 10") ==
        WantedRule{.priority = 10,
                   .to = prefix("10.0.0.0/8"),
                   .iif = "eth0",
                   .oif = "eth1",
                   .mark = FirewallMark{.value = 1, .mask = 0xff},
                   .table = 100});
  CHECK(rule("fwmark 7 lookup main order 1").mark == FirewallMark{.value = 7});
  CHECK(rule("dev eth0 prohibit preference 1") ==
        WantedRule{.priority = 1, .iif = "eth0", .action = RuleAction::prohibit});
}

TEST_CASE("a rule is of the family of its networks, else IPv4, or what stands in front") {
  CHECK(rule("from 2001:db8::1 lookup 1 pref 1").family == Family::ipv6);
  CHECK(rule("to 2001:db8::/32 lookup 1 pref 1").family == Family::ipv6);
  CHECK(rule("iif eth0 lookup 1 pref 1").family == Family::ipv4);
  CHECK(rule("-6 iif eth0 lookup 1 pref 1").family == Family::ipv6);
  CHECK(rule("from ::/0 lookup 1 pref 1") == rule("-6 lookup 1 pref 1"));
  CHECK(rule_error("from 10.0.0.1 to 2001:db8::1 lookup 1 pref 1") ==
        "\"2001:db8::1/128\" is of another family than the words before it; accepted: one family");
  CHECK(rule_error("-6 from 10.0.0.1 lookup 1 pref 1").find("\"10.0.0.1/32\" is of another") == 0);
}

TEST_CASE("a rule says what to do, and has its priority") {
  CHECK(rule_error("from 10.0.0.1 pref 1") ==
        "the rule does not say what to do; accepted: table, lookup, blackhole, unreachable, "
        "prohibit");
  CHECK(rule_error("from 10.0.0.1 lookup 100") ==
        "the rule has no priority; accepted: 1..4294967295; main is looked up at 32766");
  CHECK(rule_error("lookup 1 pref 0").find("\"pref 0\" is not understood; accepted: 1..") == 0);
  CHECK(rule_error("lookup 1 blackhole pref 1") ==
        "\"blackhole\" says again what was said before; accepted: one action");
}

TEST_CASE("what is not understood in a rule is named, with what is accepted") {
  const auto error = parse_rule("form 10.0.0.1 lookup 1 pref 1").error();
  CHECK(error.text.find("\"form\" is not understood; accepted: from, to, iif, dev, oif, fwmark") ==
        0);
  CHECK(error.unknown == "form");
  CHECK(rule_error("from 10.0.0.1/8 lookup 1 pref 1") ==
        "\"from 10.0.0.1/8\" is not understood; accepted: a network like \"203.0.113.0/24\" "
        "without bits beyond its length, an address, or \"all\"");
  for (const std::string mark : {"0x1/0", "2/1", "x", "1/", "0x100000000"})
    CHECK(rule_error("fwmark " + mark + " lookup 1 pref 1").find("\"fwmark " + mark + "\"") == 0);
  CHECK(rule_error("lookup local pref 1").find("\"lookup local\"") == 0);
}

TEST_CASE("a rule is the same when its own words are read again") {
  for (const std::string words :
       {"from 203.0.113.10/32 lookup 100 priority 500",
        "from all to 10.0.0.0/8 iif eth0 oif eth1 fwmark 0x1/0xff lookup main priority 10",
        "-6 from all iif eth0 lookup 5 priority 1", "from all fwmark 0xff prohibit priority 7",
        "from 2001:db8::/32 blackhole priority 4294967295", "from all unreachable priority 1"}) {
    CHECK(text(rule(words)) == words);
    CHECK(rule(text(rule(words))) == rule(words));
  }
}

}  // namespace failover::tests
