#pragma once
// The way from a fork of the runner to the program that it was asked for.

#include "agent/runner/command.hpp"

namespace failover::runner {

// Descriptors of the child; those beside them do not reach the program.
struct ChildEnds {
  int input = -1;
  int output = -1;   // and standard error
  int refusal = -1;  // takes the sentence that says why the program does not run
};

// In the child, all signals blocked. What may wait is done here and not in the runner: users come
// from a directory service, programs from any file system.
[[noreturn]] void become(const Command& command, const ChildEnds& ends);

}  // namespace failover::runner
