#pragma once
// The schema of [interface]: names, protocols and ids.

#include <vector>

#include "agent/config/router_rules.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// In the order of interface name, then CARP before VRRP, then id.
[[nodiscard]] std::vector<PlacedRouter> read_interfaces(const Value& value);

}  // namespace failover::config
