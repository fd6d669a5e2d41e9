#pragma once
// show: the agent's lists as tables.

#include "cli/reporting.hpp"

namespace failover::cli {

// show group|router|ip|track|peer|override|operation|interface [NAME]
ExitStatus show(const Command& command);

}  // namespace failover::cli
