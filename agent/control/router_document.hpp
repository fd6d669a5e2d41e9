#pragma once
// The parts of the status that are about one router.

#include <nlohmann/json_fwd.hpp>

#include "agent/control/view.hpp"

namespace failover::control {

[[nodiscard]] nlohmann::ordered_json router_json(const RouterView& router, Instant now);
[[nodiscard]] nlohmann::ordered_json peer_json(const PeerStatus& peer,
                                               const config::RouterSettings& router, Instant now);

}  // namespace failover::control
