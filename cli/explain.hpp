#pragma once
// The verbs that tell why: explain, history, where.

#include "cli/reporting.hpp"

namespace failover::cli {

// explain GROUP|IP: why it has its role here, on what evidence, and what would change it.
ExitStatus explain(const Command& command);
// history GROUP: its changes of role, the newest last.
ExitStatus show_history(const Command& command);
// where IP: which node answers for it, as far as this node knows. Nobody is asked but the agent.
ExitStatus tell_where(const Command& command);

}  // namespace failover::cli
