#pragma once
// Small verbs: status, is-active, is-healthy, api, version.

#include "cli/reporting.hpp"

namespace failover::cli {

ExitStatus show_status(const Command& command);
ExitStatus is_active(const Command& command);
ExitStatus is_healthy(const Command& command);
ExitStatus call_api(const Command& command);
ExitStatus show_version(const Command& command, std::string_view own_version);

}  // namespace failover::cli
