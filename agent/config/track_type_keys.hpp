#pragma once
// The schema of what a track of each type has for itself.

#include <span>
#include <string_view>
#include <vector>

#include "agent/config/group_settings.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

struct TrackType {
  std::string_view required;  // the key that it cannot be without
  Tracked (*blank)();
  // Reads a member of the track's table into `what`, which is of this type. False when the type has
  // no such key.
  bool (*read)(const Member& member, const Value& table, Tracked& what);
  std::vector<std::string_view> (*keys)();
  void (*describe)(const Value& table, Tracked& what);
  // What depends on more than one key.
  void (*finish)(const Value& table, Tracked& what);
  [[nodiscard]] std::string_view name() const { return type_name(blank()); }
};

// In the order of Tracked.
[[nodiscard]] std::span<const TrackType> track_types();

}  // namespace failover::config
