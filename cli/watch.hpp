#pragma once
// watch: the status, drawn again and again.

#include "cli/reporting.hpp"

namespace failover::cli {

// watch [GROUP...]: until "q" or Ctrl-C, on a terminal only. That the agent does not answer, as
// while it is restarted, is told on the screen, and it is asked again.
ExitStatus watch(const Command& command);

}  // namespace failover::cli
