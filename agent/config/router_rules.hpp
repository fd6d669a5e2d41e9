#pragma once
// What all routers together have to respect.

#include <vector>

#include "agent/config/configuration.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// A router with where it stands.
struct PlacedRouter {
  RouterSettings settings;
  const Node* node;  // its table, which outlives this
};

// One agent has a bounded number of routers, an address belongs to one router, and a virtual MAC to
// one router of an interface. interfaces: the value of [interface].
void check_together(const Value& interfaces, const std::vector<PlacedRouter>& routers);

}  // namespace failover::config
