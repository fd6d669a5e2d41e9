#pragma once
// What the other threads get of a router and of a group: the configuration in their words.

#include <memory>

#include "agent/control/directory.hpp"

namespace failover::control {

[[nodiscard]] std::unique_ptr<EngineRouter> engine_part(const RouterEntry& entry);
[[nodiscard]] KernelRouter kernel_part(const RouterEntry& entry);

[[nodiscard]] std::unique_ptr<EngineGroup> engine_part(const GroupEntry& entry,
                                                       const group::Overrides& in_force);
// What comes and goes with the role, besides the addresses.
[[nodiscard]] netlink::WantedRoutes wanted_routes(const config::GroupSettings& group);
[[nodiscard]] KernelGroup kernel_part(const GroupEntry& entry);

}  // namespace failover::control
