#pragma once
// The verbs that look: status, is-active, api, version.

#include "cli/reporting.hpp"

namespace failover::cli {

ExitStatus show_status(const Command& command);
ExitStatus is_active(const Command& command);
ExitStatus call_api(const Command& command);
ExitStatus show_version(const Command& command, std::string_view own_version);

}  // namespace failover::cli
