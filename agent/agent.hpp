#pragma once
// The agent: three threads and what they share. main() decides whether to run it.

#include "agent/options.hpp"

namespace failover {

// Exit statuses, the same as failoverctl's.
enum class Exit : int {
  done = 0,
  failed = 1,
  usage = 2,
  warnings = 3,
  configuration = 8,
  replaced = 75,  // of the agent to its parent: another one is to go on from here
};

// Runs until it is told to stop and everything has been handed over, or to make room for another
// agent. Errors go to standard error.
enum class Stay : std::uint8_t { until_told, briefly };  // briefly: hands over at once
[[nodiscard]] Exit run_agent(const Options& options, Stay stay = Stay::until_told);
// Reads and checks the configuration, says what is wrong with it.
[[nodiscard]] Exit check_configuration(const Options& options);
// The same, and prints what a valid one has wrong all the same, to standard output.
[[nodiscard]] Exit lint_configuration(const Options& options);
// Runs a recording through the state machines of this build and says where it differs.
[[nodiscard]] Exit replay_recording(const Options& options);
// Removes what carries our mark from every interface, says what it was.
[[nodiscard]] Exit cleanup();

}  // namespace failover
