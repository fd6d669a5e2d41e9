#include "netlink/reconcile_routes.hpp"

#include <algorithm>
#include <set>

namespace failover::netlink {
namespace {

// The kernel fills in what was left open: the interface, and the scope, which IPv6 has none of.
bool is_as_wanted(const WantedRoute& wanted, const Route& there, const Found& found) {
  if (there.type != wanted.type || there.preferred_source != wanted.preferred_source ||
      there.onlink != wanted.onlink || (wanted.scope && there.scope != *wanted.scope))
    return false;
  if (wanted.type != RouteType::unicast) return true;
  if (there.hops.size() != 1 || there.hops.front().gateway != wanted.gateway) return false;
  const Link* link = found.link(there.hops.front().interface);
  return wanted.interface.empty() || (link != nullptr && link->name == wanted.interface);
}

// Index 0 for a route that names no interface. Nothing while it has to wait for it.
std::optional<int> interface_for(const WantedRoute& wanted, const Found& found) {
  if (wanted.interface.empty()) return 0;
  const Link* link = found.link(wanted.interface);
  return link != nullptr && link->up ? std::optional(link->index) : std::nullopt;
}

void add_route(const WantedRoute& wanted, const Found& found, RoutesReconciled& result) {
  const RouteKey key = key_of(wanted);
  const Route* there = found.routes().find(key);
  if (there != nullptr && !is_ours(*there)) {
    result.foreign.push_back(wanted);
    return;
  }
  if (there != nullptr && is_as_wanted(wanted, *there, found)) return;
  if (there != nullptr) result.additions.emplace_back(RemoveRoute{key});
  if (const auto interface = interface_for(wanted, found))
    result.additions.emplace_back(AddRoute{wanted, *interface});
  else
    result.waiting.push_back(wanted);
}

}  // namespace

RoutesReconciled reconcile_routes(const WantedRoutes& wanted, const Found& found) {
  RoutesReconciled result;
  const std::vector<Rule>& rules = found.routes().rules();
  for (const Rule& rule : rules)
    if (std::ranges::find(wanted.rules, rule) == wanted.rules.end())
      result.removals.emplace_back(RemoveRule{rule});
  std::set<RouteKey> keys;
  for (const WantedRoute& route : wanted.routes)
    if (keys.insert(key_of(route)).second) add_route(route, found, result);
  for (const Route& route : found.routes().ours())
    if (!keys.contains(route.key)) result.removals.emplace_back(RemoveRoute{route.key});
  std::vector<Rule> added;
  for (const WantedRule& rule : wanted.rules) {
    if (std::ranges::find(rules, rule) != rules.end() ||
        std::ranges::find(added, rule) != added.end())
      continue;
    added.push_back(rule);
    result.additions.emplace_back(AddRule{rule});
  }
  return result;
}

bool is_in_place(const WantedRoute& wanted, const Found& found) {
  const Route* there = found.routes().find(key_of(wanted));
  return there != nullptr && is_ours(*there) && is_as_wanted(wanted, *there, found);
}

}  // namespace failover::netlink
