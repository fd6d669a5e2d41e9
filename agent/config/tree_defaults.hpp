#pragma once
// The tree with what is in force where it says nothing, from what the schema says of itself.

#include "agent/config/tree.hpp"

namespace failover::config {

// Means the same. Left out is what depends on the machine, and what nothing is in force of: tables
// that are not there and lack what they must have, keys that do not go together with others.
[[nodiscard]] Table with_defaults(Table tree);

}  // namespace failover::config
