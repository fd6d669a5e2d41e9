#pragma once
// The schema of [interface]: names, protocols, ids, and what all routers together have to respect.

#include <vector>

#include "agent/config/configuration.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// In the order of interface name, then VHID.
[[nodiscard]] std::vector<CarpSettings> read_interfaces(const Value& value);

}  // namespace failover::config
