#pragma once
// What the other threads get of a router and of a group: the configuration in their words.

#include <memory>

#include "agent/control/directory.hpp"

namespace failover::control {

// How the router takes part in its protocol's election.
[[nodiscard]] router::Election election_of(const config::RouterSettings& settings);

[[nodiscard]] std::unique_ptr<EngineRouter> engine_part(const RouterEntry& entry);
[[nodiscard]] KernelRouter kernel_part(const RouterEntry& entry);

// What the kernel tells comes once: such a track is up when it has been well for as long as its
// `rise` tries would take.
[[nodiscard]] group::Settings group_settings(const config::GroupSettings& group);
[[nodiscard]] std::unique_ptr<EngineGroup> engine_part(const GroupEntry& entry,
                                                       const group::Overrides& in_force);
// What comes and goes with the role, besides the addresses.
[[nodiscard]] netlink::WantedRoutes wanted_routes(const config::GroupSettings& group);
[[nodiscard]] KernelGroup kernel_part(const GroupEntry& entry);

}  // namespace failover::control
