#pragma once
// The configuration in the words of the protocols: what the state machines and the wire are made
// with. Pure, but for the wire's cryptography.

#include <vector>

#include "agent/config/configuration.hpp"
#include "agent/wire/wire.hpp"
#include "protocol/group/events.hpp"
#include "protocol/router/events.hpp"

namespace failover {

// How the router takes part in its protocol's election.
[[nodiscard]] router::Election election_of(const config::RouterSettings& settings);
[[nodiscard]] router::Settings router_settings(const config::RouterSettings& settings);
[[nodiscard]] Wire wire_of(const config::RouterSettings& settings);
// Of the addresses, those that its adverts list, or that their digest covers.
[[nodiscard]] std::vector<IpAddress> advertised_by(const config::RouterSettings& settings);

// What the kernel tells comes once: such a track is up when it has been well for as long as its
// `rise` tries would take.
[[nodiscard]] group::Settings group_settings(const config::GroupSettings& group);

}  // namespace failover
