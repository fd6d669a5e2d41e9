#pragma once
// The plan: what applying a configuration does to each failover group. Says beforehand what the
// directory does then (control/directory.cpp).

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/configuration.hpp"

namespace failover::changes {

enum class GroupEffect : std::uint8_t {
  unchanged,
  updated,  // in place: role, adverts and addresses that stay go on
  added,
  removed,  // hands over first
  moves,    // a router of it hands over and begins anew
};
[[nodiscard]] std::string_view name(GroupEffect effect);

struct GroupPlan {
  std::string group;
  GroupEffect effect = GroupEffect::unchanged;
  std::vector<std::string> why = {};  // in sentences' parts: "eth0.carp.10: advskew"
  std::string outage = "none";        // how long a client may not reach its addresses
};

// Whether the node is active in the group of that name.
using IsActive = std::function<bool(const std::string& group)>;

// Every group of the two configurations, by name.
[[nodiscard]] std::vector<GroupPlan> plan_of(const config::Configuration& before,
                                             const config::Configuration& after,
                                             const IsActive& is_active);

}  // namespace failover::changes
