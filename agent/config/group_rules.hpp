#pragma once
// Groups and routers put together.

#include <vector>

#include "agent/config/configuration.hpp"
#include "agent/config/group_keys.hpp"
#include "agent/config/router_rules.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// Gives each router its group and its group's preempt. The groups of the configuration, by name:
// those that are written, and one for each router that names none. A group has at least one router,
// a router names a group that there is, and what a group asks of its routers is so.
[[nodiscard]] std::vector<GroupSettings> join_groups(const Value& root,
                                                     std::vector<PlacedGroup> groups,
                                                     std::vector<PlacedRouter>& routers);

}  // namespace failover::config
