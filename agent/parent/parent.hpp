#pragma once
// The parent: starts the runner and the agent, and starts them again when they die or are replaced,
// and the agent when it hangs.
//
// It does nothing else, so that nothing else can end it: it reads neither packets nor requests nor
// the configuration. The lock and the listening sockets are its own and handed to each agent; what
// an agent was doing is in the state file. When the parent is killed, the agent goes on; the next
// failoverd with the same run-time directory takes its place.

#include "agent/agent.hpp"

namespace failover {

// Until it is told to stop, or the agent cannot be kept alive. The exit status is the agent's.
[[nodiscard]] Exit run_parent(const Options& options);

}  // namespace failover
