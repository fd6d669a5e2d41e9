#pragma once
// The schema of [group.NAME.track] and of the tracks in it.

#include "agent/config/group_settings.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// The key `track`: a table with a table for each.
void read_tracks(const Value& value, GroupSettings& group);

}  // namespace failover::config
