#pragma once
// lint: what is wrong with a valid configuration, by the agent or by the agent's program alone.

#include <filesystem>
#include <optional>

#include "cli/reporting.hpp"

namespace failover::cli {

ExitStatus lint(const Command& command);

// Where failoverd is installed or built beside this program; nothing when it is not there.
[[nodiscard]] std::optional<std::filesystem::path> failoverd_beside(
    const std::filesystem::path& own_program);

}  // namespace failover::cli
