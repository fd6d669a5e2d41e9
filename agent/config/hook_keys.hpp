#pragma once
// The schema of [group.NAME.hooks].

#include "agent/config/group_settings.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// The key `hooks`.
void read_hooks(const Value& value, GroupSettings& group);

}  // namespace failover::config
