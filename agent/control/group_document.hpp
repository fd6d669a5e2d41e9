#pragma once
// The part of the status that is about one failover group.

#include <nlohmann/json_fwd.hpp>

#include "agent/control/view.hpp"

namespace failover::control {

[[nodiscard]] nlohmann::ordered_json group_json(const GroupView& group, Instant now);
[[nodiscard]] nlohmann::ordered_json elements_json(const GroupView& group);
[[nodiscard]] nlohmann::ordered_json track_json(const TrackView& track);
[[nodiscard]] nlohmann::ordered_json override_json(const Override& override);
// What a switchover has left behind, which has no end of its own.
[[nodiscard]] nlohmann::ordered_json yielded_json(const GroupView& group);

// "link eth0 down": what a router of the group that is down waits for.
[[nodiscard]] std::string waits_for(const RouterView& router);

}  // namespace failover::control
