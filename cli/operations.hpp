#pragma once
// The verbs that act, and the operations that they start.

#include "cli/reporting.hpp"

namespace failover::cli {

// switchover, release, announce: the agent answers with an operation, which is waited for unless
// --no-block says otherwise. The operation's own exit status is ours.
ExitStatus act_on_group(const Command& command);
// show operation [N]
ExitStatus show_operations(const Command& command);

// Waits until another agent answers.
ExitStatus restart_agent(const Command& command);

}  // namespace failover::cli
