#pragma once
// The verbs that act on groups. Each asks the agent for one operation.

#include "cli/reporting.hpp"

namespace failover::cli {

// switchover, release; drain, undrain, hold, freeze, thaw: what a person wants against the
// configuration, until it ends by itself or is taken back.
ExitStatus act(const Command& command);
// announce: the group is found by one of its addresses too.
ExitStatus announce(const Command& command);

}  // namespace failover::cli
