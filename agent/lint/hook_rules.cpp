// Rules about the commands and the units of a group.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "agent/lint/check.hpp"

namespace failover::lint {
namespace {

using config::ArgumentVector;
using config::HookKind;

constexpr std::array hook_kinds{HookKind::active, HookKind::backup, HookKind::before_release,
                                HookKind::fault, HookKind::reconcile};

// Goes through all commands of hooks.
template <class Look>
void for_each_hook(const Scene& scene, const Look& look) {
  for (const Group& group : scene.ours.groups())
    for (const HookKind kind : hook_kinds) {
      const auto& commands = group.settings.hooks.of(kind);
      for (std::size_t i = 0; i < commands.size(); ++i)
        look(kind, commands[i], group.at(fmt::format("hooks.{}[{}]", config::name(kind), i)));
    }
}

std::string program_of(const ArgumentVector& command) {
  return std::filesystem::path(command.front()).filename().string();
}

// Whether it has one of the words as an argument.
bool has_argument(const ArgumentVector& command, std::span<const std::string_view> words) {
  return std::ranges::any_of(command.begin() + 1, command.end(), [words](const std::string& given) {
    return std::ranges::find(words, given) != words.end();
  });
}

// TimeoutStopSec of packaging/systemd/failoverd.service.in.
constexpr Duration given_by_service_manager = 30s;

void stop_takes_too_long(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups()) {
    const auto& hooks = group.settings.hooks;
    if (hooks.before_release.empty()) continue;
    Duration handover{0};
    for (const auto* const router : group.routers)
      handover = std::max(handover, std::min(dead_time_of(*router) + limits::handover_grace,
                                             router->handover_timeout));
    const Duration needed =
        static_cast<int>(hooks.before_release.size()) * hooks.timeout + handover;
    if (needed > given_by_service_manager)
      report.add(group.at("hooks.before_release"),
                 fmt::format("may take {} with the hand-over behind it, and systemd kills an agent "
                             "that stops for longer than {}",
                             seconds_text(needed), seconds_text(given_by_service_manager)));
  }
}

void hook_changes_addresses(const Scene& scene, Report& report) {
  static constexpr std::array<std::string_view, 3> words{"address", "addr", "a"};
  for_each_hook(scene, [&](HookKind, const ArgumentVector& command, const std::string& place) {
    const std::string program = program_of(command);
    if (program == "ifconfig" || (program == "ip" && has_argument(command, words)))
      report.add(place,
                 "the agent adds and removes the failover IPs itself, and puts back what "
                 "others remove");
  });
}

void hook_starts_units(const Scene& scene, Report& report) {
  static constexpr std::array<std::string_view, 3> managers{"systemctl", "service", "rc-service"};
  static constexpr std::array<std::string_view, 3> words{"start", "stop", "restart"};
  for_each_hook(scene, [&](HookKind kind, const ArgumentVector& command, const std::string& place) {
    if (kind != HookKind::active && kind != HookKind::backup) return;
    const std::string program = program_of(command);
    if (std::ranges::find(managers, program) != managers.end() && has_argument(command, words))
      report.add(place, "a service that is to run where the role is need not be started by a hook");
  });
}

void hook_moves_the_role(const Scene& scene, Report& report) {
  static constexpr std::array<std::string_view, 4> words{"switchover", "drain", "hold", "freeze"};
  for_each_hook(scene, [&](HookKind kind, const ArgumentVector& command, const std::string& place) {
    const bool follows_a_move = kind == HookKind::active || kind == HookKind::backup;
    if (follows_a_move && program_of(command) == "failoverctl" && has_argument(command, words))
      report.add(place, "a move that asks for the next move may go on for ever");
  });
}

bool is_where_all_may_write(const ArgumentVector& command) {
  static constexpr std::array<std::string_view, 3> directories{"/tmp/", "/var/tmp/", "/dev/shm/"};
  const std::string program = std::filesystem::path(command.front()).lexically_normal().string();
  return std::ranges::any_of(
      directories, [&](std::string_view directory) { return program.starts_with(directory); });
}

void program_never_run(const Scene& scene, Report& report) {
  const auto look = [&](const ArgumentVector& command, const std::string& place) {
    if (is_where_all_may_write(command))
      report.add(place, command.front() + " is where everybody may write, and is never run");
  };
  for_each_hook(scene, [&](HookKind, const ArgumentVector& command, const std::string& place) {
    look(command, place);
  });
  for (const Group& group : scene.ours.groups())
    for (const config::TrackSettings& track : group.settings.tracks)
      if (const auto* const command = std::get_if<config::CommandTrack>(&track.what))
        look(command->command, group.at(track) + ".command");
}

void follows_itself(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups())
    for (const std::string& unit : group.settings.follow)
      if (unit == "failoverd" || unit == "failoverd.service")
        report.add(group.at("follow"), "the agent would stop itself when it becomes backup");
}

constexpr std::array hook_rule_checks{
    Check{{401, "stop-takes-too-long", Severity::warning,
           "before_release and the hand-over may together take longer than the 30 s that the "
           "systemd unit gives to a stop.",
           "a shorter timeout of the hooks, or a longer TimeoutStopSec"},
          stop_takes_too_long},
    Check{{402, "hook-changes-addresses", Severity::warning,
           "A hook runs ip address or ifconfig, as ucarp needs it.",
           "the address in addresses, and no hook"},
          hook_changes_addresses},
    Check{{403, "hook-starts-units", Severity::note,
           "A hook starts or stops a service when the role moves.",
           "the unit in follow, which also mode = \"cold\" waits for"},
          hook_starts_units},
    Check{
        {404, "program-never-run", Severity::warning,
         "A hook or a track runs a program in a directory that everybody may write to; the runner "
         "refuses it.",
         "a program below /etc/failover or /usr/local"},
        program_never_run},
    Check{{405, "follows-itself", Severity::warning, "The agent's own unit is followed.",
           "only the units of services in follow"},
          follows_itself},
    Check{{406, "hook-moves-the-role", Severity::warning,
           "A hook that runs after a move asks failoverctl for another one.",
           "tracks that tell the agent what is wrong"},
          hook_moves_the_role},
};

}  // namespace

std::span<const Check> hook_checks() { return hook_rule_checks; }

}  // namespace failover::lint
