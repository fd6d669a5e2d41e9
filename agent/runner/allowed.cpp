#include "agent/runner/allowed.hpp"

#include <array>

#include "agent/checks/unit_command.hpp"
#include "agent/config/in_force.hpp"
#include "agent/config/reader.hpp"

namespace failover::runner {
namespace {

constexpr std::array hook_kinds{config::HookKind::active, config::HookKind::backup,
                                config::HookKind::before_release, config::HookKind::fault,
                                config::HookKind::reconcile};

void add_tracks(CommandSet& commands, const config::GroupSettings& group) {
  const auto manager = checks::service_manager();
  for (const config::TrackSettings& track : group.tracks) {
    if (const auto* command = std::get_if<config::CommandTrack>(&track.what))
      commands.emplace(command->command, command->user);
    if (const auto* unit = std::get_if<config::UnitTrack>(&track.what))
      commands.emplace(checks::unit_status_command(manager, unit->unit), "");
  }
}

}  // namespace

CommandSet allowed_commands(const config::Configuration& configuration) {
  CommandSet commands;
  const auto manager = checks::service_manager();
  for (const config::GroupSettings& group : configuration.groups) {
    add_tracks(commands, group);
    for (const config::HookKind kind : hook_kinds)
      for (const config::ArgumentVector& command : group.hooks.of(kind))
        commands.emplace(command, group.hooks.user);
    for (const std::string& unit : group.follow) {
      commands.emplace(checks::unit_start_command(manager, unit), "");
      commands.emplace(checks::unit_stop_command(manager, unit), "");
    }
  }
  return commands;
}

std::optional<CommandSet> commands_in(const std::filesystem::path& file) {
  const auto configuration = config::read_configuration(file);
  return configuration ? std::optional(allowed_commands(*configuration)) : std::nullopt;
}

std::optional<CommandSet> commands_in_force(const std::filesystem::path& run_directory,
                                            const std::filesystem::path& file) {
  auto in_force = config::read_in_force(config::in_force_in(run_directory));
  if (!in_force) return commands_in(file);
  const auto commands_of = [](config::Table tree) -> std::optional<CommandSet> {
    const auto configuration = config::judge(config::document_of(std::move(tree), "configuration"));
    return configuration ? std::optional(allowed_commands(*configuration)) : std::nullopt;
  };
  auto commands = commands_of(std::move(in_force->tree));
  if (!commands || !in_force->unconfirmed) return commands;
  if (auto before = commands_of(std::move(in_force->unconfirmed->tree))) commands->merge(*before);
  return commands;
}

AllowedCommands allowed_by(std::function<std::optional<CommandSet>()> read) {
  return [read = std::move(read), known = CommandSet()](const auto& arguments,
                                                        const auto& user) mutable {
    const std::pair wanted(arguments, user);
    if (known.contains(wanted)) return true;
    if (auto commands = read()) known = std::move(*commands);
    return known.contains(wanted);
  };
}

}  // namespace failover::runner
