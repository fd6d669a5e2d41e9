#pragma once
// Reconciliation of routes and rules: from what is wanted and what is found to an ordered plan. A
// pure function; claim, release, healing, adoption and cleanup are this one comparison.
//
// What is found is ours if it has our protocol. That cannot be taken from a route in place, as the
// mark can from an address: whoever replaces one of ours has put one of his own there. So nothing
// has to be remembered of what we have added. A route of somebody else with the key of a wanted one
// is foreign: never touched, and the wanted one is not added. Somebody else's rule is in nobody's
// way (route.hpp).
//
// The order, with that of the addresses (reconcile.hpp) in between:
//   removals   rules, then routes: no packet is led to a table that is already empty, and no route
//              has the preferred source taken from under it
//   additions  routes in the order wanted, since the gateway of one may be reached by another, then
//              rules. A route of ours with other attributes goes immediately before it is added:
//              there is no replacing one in place that would spare somebody else's.

#include <vector>

#include "netlink/found.hpp"

namespace failover::netlink {

struct WantedRoutes {
  std::vector<WantedRoute> routes = {};
  std::vector<WantedRule> rules = {};
  friend bool operator==(const WantedRoutes&, const WantedRoutes&) = default;
};

struct RoutesReconciled {
  Plan removals = {};
  Plan additions = {};
  std::vector<WantedRoute> foreign = {};  // somebody else has a route with that key
  std::vector<WantedRoute> waiting = {};  // the interface that it names is not there, or is down
};

// Of several wanted routes with one key the first counts.
[[nodiscard]] RoutesReconciled reconcile_routes(const WantedRoutes& wanted, const Found& found);

// Whether the route is there as it is wanted, and ours.
[[nodiscard]] bool is_in_place(const WantedRoute& wanted, const Found& found);

}  // namespace failover::netlink
