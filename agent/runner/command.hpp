#pragma once
// What the runner is asked for, and what becomes of it.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "protocol/limits.hpp"

namespace failover::runner {

// A check ends with the agent that asked for it; a hook comes to its end whatever becomes of the
// agent, since what it does must not stay half done.
enum class Kind : std::uint8_t { check, hook };

struct Command {
  Kind kind = Kind::check;
  std::vector<std::string> arguments;  // the first one is the program, an absolute path
  std::string user = {};               // empty: as failoverd was started
  // Added to a fixed PATH. Names begin with FAILOVER_: the linker's variables, say, are not the
  // agent's to set.
  std::map<std::string, std::string> environment = {};
  std::string input = {};  // its standard input
  Duration timeout = limits::runner_timeout_longest;
};

enum class Outcome : std::uint8_t {
  exited,       // with the status
  signalled,    // ended by the signal that the status is
  timed_out,    // and ended for that
  not_started,  // the error says why
  lost,         // the runner has gone, or was not there: it ran or it did not
};

struct Finished {
  Outcome outcome = Outcome::not_started;
  int status = 0;
  std::string output = {};  // standard output and error, the last limits::runner_output_bytes
  Duration duration{};
  std::string error = {};
};

}  // namespace failover::runner
