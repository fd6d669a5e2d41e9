#pragma once
// Exhaustive exploration: every order in which two or three nodes can hear each other, lose a
// message, crash or be told to switch over, breadth first, up to a number of states.

#include <cstddef>

#include "tests/sim/explored_state.hpp"

namespace failover::sim {

// Prints depth and number of states of each configuration, and the way to what is wrong. False
// when something is.
[[nodiscard]] bool explore(Bug bug, std::size_t states_each);

}  // namespace failover::sim
