#pragma once
// The parts of the status that are about one router.

#include <nlohmann/json_fwd.hpp>

#include "agent/control/view.hpp"

namespace failover::control {

// It is up, and there is nothing that a person has to do about it now.
[[nodiscard]] bool is_healthy(const RouterView& router, Instant now);
[[nodiscard]] nlohmann::ordered_json router_json(const RouterView& router, Instant now);
[[nodiscard]] nlohmann::ordered_json peer_json(const PeerStatus& peer,
                                               const config::RouterSettings& router, Instant now);

}  // namespace failover::control
