#pragma once
// show: the agent's lists as tables.

#include <string_view>
#include <vector>

#include "cli/reporting.hpp"

namespace failover::cli {

// show group|router|ip|track|peer|override|operation|interface [NAME]
ExitStatus show(const Command& command);

// Those kinds, as they are written.
[[nodiscard]] std::vector<std::string_view> kinds_shown();

}  // namespace failover::cli
