#pragma once
// What all routers together have to respect.

#include <vector>

#include "agent/config/configuration.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// A router with where it stands.
struct PlacedRouter {
  RouterSettings settings;
  GroupSettings own_group;  // what its table says of the group that it is alone in
  const Node* node;         // its table, which outlives this
};

// interface.eth0.carp.10; interfaces: where [interface] stands.
[[nodiscard]] std::string router_key(const KeyPath& interfaces, const RouterSettings& router);

// One agent has a bounded number of routers, an address belongs to one router, and a virtual MAC to
// one router of an interface. interfaces: the value of [interface].
void check_together(const Value& interfaces, const std::vector<PlacedRouter>& routers);

}  // namespace failover::config
