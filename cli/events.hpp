#pragma once
// events: what has happened, and with -f what happens.

#include "cli/reporting.hpp"

namespace failover::cli {

// One line for each event: those that the agent remembers, with --since those of that time only.
// With -f it goes on until the agent ends the answer or the reader leaves.
ExitStatus show_events(const Command& command);

}  // namespace failover::cli
