#pragma once
// The same virtual router on two nodes.

#include <utility>
#include <vector>

#include "agent/config/configuration.hpp"

namespace failover::rehearsal {

// Ours and theirs, each at most once, in our order: of one protocol and id, on the interface of the
// same name; or, because the other node's may be called otherwise, on any where the id is there
// once. The configurations outlive them.
[[nodiscard]] std::vector<std::pair<const config::RouterSettings*, const config::RouterSettings*>>
twins_of(const config::Configuration& ours, const config::Configuration& theirs);

}  // namespace failover::rehearsal
