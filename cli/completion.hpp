#pragma once
// completion: what shells ask to complete a line, and the scripts that make them ask.

#include "cli/reporting.hpp"

namespace failover::cli {

// completion bash|zsh|fish: the script. completion words -- WORD...: how the last word may go on,
// a line each, with a tab and what it is for; "<files>" where it is the name of a file.
ExitStatus complete(const Command& command);

}  // namespace failover::cli
