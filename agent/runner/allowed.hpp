#pragma once
// What the runner may run at all: the argument vectors of the configuration, and nothing that an
// agent makes up.

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/configuration.hpp"

namespace failover::runner {

// Arguments and user; empty: as failoverd was started.
using CommandSet = std::set<std::pair<std::vector<std::string>, std::string>>;

// Every command that the configuration has.
[[nodiscard]] CommandSet allowed_commands(const config::Configuration& configuration);
// Those of the file; nothing when it is faulty.
[[nodiscard]] std::optional<CommandSet> commands_in(const std::filesystem::path& file);
// Those of what the agent has in force (config/in_force.hpp), and of what it may have to go back
// to. Before there is an agent that has something in force, those of the file.
[[nodiscard]] std::optional<CommandSet> commands_in_force(
    const std::filesystem::path& run_directory, const std::filesystem::path& file);

using AllowedCommands =
    std::function<bool(const std::vector<std::string>& arguments, const std::string& user)>;

// Reads when a command is asked for that was not there at the last reading: then there has been a
// reload. When nothing can be read, what was allowed before is, as the agent goes on with it too.
[[nodiscard]] AllowedCommands allowed_by(std::function<std::optional<CommandSet>()> read);

}  // namespace failover::runner
