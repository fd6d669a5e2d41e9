#pragma once
// The runner: the process that executes what the configuration names, so that the agent never
// executes anything and needs no privileges for it.
//
// The parent starts it, before the agent, and again when it dies; with --alone the agent does. The
// parent has the listening socket, so that a runner's death cuts off nobody who comes after it. It
// goes when it is told to, or when neither its parent nor an agent is left; in both cases its hooks
// come to their end first, but for the one: told to go and without a parent, it ends them.

#include <sys/types.h>

#include "agent/descriptor.hpp"
#include "agent/runner/allowed.hpp"

namespace failover::runner {

// The program of a process with one thread; returns when it is to end.
void run(Descriptor listening, pid_t parent, AllowedCommands allowed);

}  // namespace failover::runner
