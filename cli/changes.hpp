#pragma once
// The verbs that read and change the configuration.

#include "cli/reporting.hpp"

namespace failover::cli {

ExitStatus read_value(const Command& command);            // get
ExitStatus change_value(const Command& command);          // set, unset
ExitStatus manage_configuration(const Command& command);  // config show, config save
ExitStatus plan_change(const Command& command);
ExitStatus apply_change(const Command& command);
ExitStatus confirm_change(const Command& command);
ExitStatus roll_back(const Command& command);
ExitStatus show_revisions(const Command& command);

}  // namespace failover::cli
