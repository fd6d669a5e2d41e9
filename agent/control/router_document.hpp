#pragma once
// The part of the status that is about one router.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "agent/control/directory.hpp"

namespace failover::control {

// The group that a router without a group is by itself, with the router in it.
[[nodiscard]] nlohmann::ordered_json group_json(const RouterEntry& router, Instant now);

// "advbase 1, advskew 0" or "priority 100, interval 1 s".
[[nodiscard]] std::string rank_text(const router::Rank& rank);

// RFC 3339 in UTC with milliseconds: "2026-11-20T09:00:00.000Z".
[[nodiscard]] std::string timestamp(RealTime time);

}  // namespace failover::control
