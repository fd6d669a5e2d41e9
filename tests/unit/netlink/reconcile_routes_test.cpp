// From wanted routes and rules and what is found to a plan. eth0 is index 2 and up, eth1 is index 3
// and down.

#include "netlink/reconcile_routes.hpp"

#include "netlink/route_words.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

WantedRoute route(std::string_view words) { return parse_route(words).value(); }
WantedRule rule(std::string_view words) { return parse_rule(words).value(); }

constexpr std::uint8_t bird = 12;

Route there(std::string_view words, std::uint8_t protocol = our_protocol) {
  const WantedRoute wanted = route(words);
  Route found{.key = key_of(wanted),
              .type = wanted.type,
              .protocol = protocol,
              .scope = wanted.scope.value_or(Scope::global),
              .preferred_source = wanted.preferred_source,
              .onlink = wanted.onlink};
  if (wanted.type == RouteType::unicast)
    found.hops.push_back(
        {.gateway = wanted.gateway, .interface = wanted.interface == "eth1" ? 3 : 2});
  return found;
}

Snapshot machine(std::vector<Route> routes = {}, std::vector<Rule> rules = {}) {
  return {.links = {{.index = 2, .name = "eth0", .mac = {}, .up = true, .carrier = true},
                    {.index = 3, .name = "eth1", .mac = {}}},
          .addresses = {},
          .routes = std::move(routes),
          .rules = std::move(rules)};
}

RoutesReconciled reconciled(const WantedRoutes& wanted, const Snapshot& snapshot) {
  Found found;
  found.reset(snapshot);
  return reconcile_routes(wanted, found);
}

Step adding(std::string_view words, int interface = 2) { return AddRoute{route(words), interface}; }
Step removing(std::string_view words) { return RemoveRoute{key_of(route(words))}; }

}  // namespace

TEST_CASE("routes are added in the order wanted, and rules after them") {
  const auto plan = reconciled(
      {.routes = {route("10.9.0.0/16 via 10.0.0.1 dev eth0"), route("10.1.0.0/16 via 10.9.0.1")},
       .rules = {rule("from 10.9.0.1 lookup 100 pref 5")}},
      machine());
  CHECK(plan.removals.empty());
  CHECK(plan.additions == Plan{adding("10.9.0.0/16 via 10.0.0.1 dev eth0"),
                               adding("10.1.0.0/16 via 10.9.0.1", 0),
                               AddRule{rule("from 10.9.0.1 lookup 100 pref 5")}});
}

TEST_CASE("rules are removed before routes, and only ours") {
  const auto plan = reconciled(
      {}, machine({there("10.9.0.0/16 via 10.0.0.1"), there("10.8.0.0/16 via 10.0.0.1", bird),
                   there("blackhole 10.7.0.0/16 table 100")},
                  {rule("from 10.9.0.1 lookup 100 pref 5")}));
  CHECK(plan.removals == Plan{RemoveRule{rule("from 10.9.0.1 lookup 100 pref 5")},
                              removing("blackhole 10.7.0.0/16 table 100"),
                              removing("10.9.0.0/16 via 10.0.0.1")});
  CHECK(plan.additions.empty());
}

TEST_CASE("what is there as it is wanted needs nothing") {
  const std::string all = "10.9.0.0/16 via 10.0.0.1 dev eth0 table 7 metric 3 src 10.0.0.2 onlink";
  const WantedRoutes wanted{.routes = {route(all), route("blackhole 10.8.0.0/16"),
                                       route("10.7.0.0/16 via 10.0.0.1"), route("::/0 dev eth0")},
                            .rules = {rule("from 10.9.0.1 lookup 100 pref 5")}};
  const auto plan =
      reconciled(wanted, machine({there(all), there("blackhole 10.8.0.0/16"),
                                  there("10.7.0.0/16 via 10.0.0.1"), there("::/0 dev eth0")},
                                 wanted.rules));
  CHECK(plan.removals.empty());
  CHECK(plan.additions.empty());
}

TEST_CASE("a route of ours that is not as wanted is removed immediately before it is added") {
  const std::string wanted = "10.9.0.0/16 via 10.0.0.1 dev eth0";
  for (const std::string found :
       {"10.9.0.0/16 via 10.0.0.2 dev eth0", "10.9.0.0/16 dev eth0",
        "10.9.0.0/16 via 10.0.0.1 dev "
        "eth1",
        "10.9.0.0/16 via 10.0.0.1 dev eth0 src 10.0.0.7", "blackhole 10.9.0.0/16",
        "10.9.0.0/16 via 10.0.0.1 dev eth0 onlink"}) {
    INFO(found);
    const auto plan = reconciled({.routes = {route("10.1.0.0/16 dev eth0"), route(wanted)}},
                                 machine({there(found)}));
    CHECK(plan.removals.empty());
    CHECK(plan.additions == Plan{adding("10.1.0.0/16 dev eth0"), removing(wanted), adding(wanted)});
  }
}

TEST_CASE("a route that spreads what it carries is not the one with a single gateway") {
  Route spread = there("10.9.0.0/16 via 10.0.0.1 dev eth0");
  spread.hops.push_back({.gateway = ip("10.0.0.2"), .interface = 2});
  const auto plan =
      reconciled({.routes = {route("10.9.0.0/16 via 10.0.0.1 dev eth0")}}, machine({spread}));
  CHECK(plan.additions.size() == 2);
}

TEST_CASE("another metric or another table is another route") {
  const auto plan = reconciled(
      {.routes = {route("10.9.0.0/16 dev eth0 metric 5")}},
      machine({there("10.9.0.0/16 dev eth0 table 9", bird), there("10.9.0.0/16 dev eth0")}));
  CHECK(plan.removals == Plan{removing("10.9.0.0/16 dev eth0")});
  CHECK(plan.additions == Plan{adding("10.9.0.0/16 dev eth0 metric 5")});
  CHECK(plan.foreign.empty());
}

TEST_CASE("PRODUCT 8.9: somebody else's route is never touched, and bars ours with its key") {
  const auto plan = reconciled({.routes = {route("10.9.0.0/16 via 10.0.0.1 dev eth0")}},
                               machine({there("10.9.0.0/16 via 10.0.0.1 dev eth0", bird)}));
  CHECK(plan.removals.empty());
  CHECK(plan.additions.empty());
  CHECK(plan.foreign == std::vector{route("10.9.0.0/16 via 10.0.0.1 dev eth0")});
}

TEST_CASE("a route waits for an interface that is not there or is down") {
  const auto plan =
      reconciled({.routes = {route("10.9.0.0/16 dev eth1"), route("10.8.0.0/16 dev eth9"),
                             route("10.7.0.0/16 dev eth0")}},
                 machine());
  CHECK(plan.additions == Plan{adding("10.7.0.0/16 dev eth0")});
  CHECK(plan.waiting == std::vector{route("10.9.0.0/16 dev eth1"), route("10.8.0.0/16 dev eth9")});
}

TEST_CASE("what is wanted twice is added once") {
  const auto plan = reconciled(
      {.routes = {route("10.9.0.0/16 dev eth0"), route("10.9.0.0/16 via 10.0.0.1 dev eth0")},
       .rules = {rule("lookup 5 pref 5"), rule("lookup 5 pref 5")}},
      machine());
  CHECK(plan.additions == Plan{adding("10.9.0.0/16 dev eth0"), AddRule{rule("lookup 5 pref 5")}});
}

TEST_CASE("a route is in place when it is ours and as it is wanted") {
  Found found;
  found.reset(machine({there("10.9.0.0/16 dev eth0"), there("10.8.0.0/16 dev eth0", bird)}));
  CHECK(is_in_place(route("10.9.0.0/16 dev eth0"), found));
  CHECK_FALSE(is_in_place(route("10.9.0.0/16 via 10.0.0.1 dev eth0"), found));
  CHECK_FALSE(is_in_place(route("10.8.0.0/16 dev eth0"), found));
  CHECK_FALSE(is_in_place(route("10.7.0.0/16 dev eth0"), found));
}

}  // namespace failover::tests
