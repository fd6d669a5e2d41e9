#pragma once
// Operations of the agent: what the verbs that act start, and how they end.

#include "cli/reporting.hpp"

namespace failover::cli {

// The agent answers the call with an operation, which is waited for unless --no-block says
// otherwise. The operation's own exit status is ours. With --dry-run the call is only printed.
ExitStatus start_operation(const Command& command, const Call& call);
// show operation [N]
ExitStatus show_operations(const Command& command);

// Waits until another agent answers.
ExitStatus restart_agent(const Command& command);

}  // namespace failover::cli
