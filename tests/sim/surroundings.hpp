#pragma once
// What the parts of a simulated world share. Owned by the world, which moves the time on.

#include <vector>

#include "protocol/carp/authenticator.hpp"
#include "tests/sim/network.hpp"
#include "tests/sim/oracles.hpp"
#include "tests/sim/scenario.hpp"
#include "tests/sim/timeline.hpp"

namespace failover::sim {

inline constexpr std::array<std::uint8_t, 6> password{'s', 'e', 'c', 'r', 'e', 't'};

struct Surroundings {
  const Scenario& scenario;
  Timeline& timeline;
  Oracles& oracles;
  Network& network;
  const std::vector<carp::Authenticator>& authenticators;  // by service
  Instant now = world_begin;
};

}  // namespace failover::sim
