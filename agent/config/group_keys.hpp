#pragma once
// The schema of [group.NAME], which a router that is alone in its group may carry itself.

#include <span>
#include <vector>

#include "agent/config/group_settings.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// A group with where it stands.
struct PlacedGroup {
  GroupSettings settings;
  const Member* member;  // [group.NAME], which outlives this
};

[[nodiscard]] std::span<const Key<GroupSettings>> group_keys();

// The value of [group]: all of them, in the order of their names, and everything but what needs a
// look at their routers.
[[nodiscard]] std::vector<PlacedGroup> read_groups(const Value& value);

}  // namespace failover::config
