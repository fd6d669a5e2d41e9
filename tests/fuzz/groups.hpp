#pragma once
// The failover groups of a configuration: what holds for each that is accepted, and how it is
// written, in its own table or in that of the router which is alone in it.

#include <algorithm>
#include <map>
#include <string>

#include "agent/config/configuration.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/toml_text.hpp"

namespace failover::fuzz {

// --- What holds ---

inline void check_command(const config::ArgumentVector& command) {
  must(!command.empty() && command.size() <= limits::command_arguments &&
           command.front().starts_with('/'),
       "a command has an absolute path");
  for (const std::string& word : command)
    must(word.find('\0') == std::string::npos, "an argument has an end");
}

inline void check_track(const config::TrackSettings& track) {
  must(!track.name.empty() && track.name.size() <= limits::track_name_bytes, "a track has a name",
       track.name);
  must(track.interval >= limits::track_interval_shortest &&
           track.interval <= limits::track_interval_longest,
       "an interval is in range");
  must(track.rise >= 1 && track.rise <= limits::track_count_most && track.fall >= 1 &&
           track.fall <= limits::track_count_most,
       "rise and fall are in range");
  must(track.demote.value_or(0) <= limits::track_demote_most, "a cost is in range");
  if (config::is_told_by_kernel(track.what)) return;
  must(track.timeout >= limits::track_timeout_shortest && track.timeout <= track.interval,
       "a check ends before the next one begins");
  if (const auto* const command = std::get_if<config::CommandTrack>(&track.what))
    check_command(command->command);
  if (const auto* const http = std::get_if<config::HttpTrack>(&track.what))
    must(http->target.starts_with('/') && http->target.find_first_of(" \r\n") == std::string::npos,
         "a request is a line", http->target);
}

inline void check_group(const config::GroupSettings& group) {
  must(!group.name.empty() && !has_control(group.name) && !has_control(group.description),
       "a group has a name that can be shown", group.name);
  must(group.preempt_delay >= Duration(0) && group.preempt_delay <= limits::preempt_delay_longest &&
           group.start_delay >= Duration(0) && group.start_delay <= limits::start_delay_longest,
       "delays are in range");
  must(group.damping.moves <= limits::damping_moves_most &&
           group.damping.window >= limits::damping_window_shortest &&
           group.damping.window <= limits::damping_window_longest,
       "damping is in range");
  must(group.follow.size() <= limits::follow_per_group &&
           group.routes.size() <= limits::routes_per_group &&
           group.rules.size() <= limits::rules_per_group &&
           group.tracks.size() <= limits::tracks_per_group,
       "lists are bounded");
  must(std::ranges::is_sorted(group.tracks, {}, &config::TrackSettings::name),
       "tracks are in order");
  for (const config::TrackSettings& track : group.tracks) check_track(track);
  for (const auto kind :
       {config::HookKind::active, config::HookKind::backup, config::HookKind::before_release,
        config::HookKind::fault, config::HookKind::reconcile})
    for (const config::ArgumentVector& command : group.hooks.of(kind)) check_command(command);
}

inline void check_groups(const config::Configuration& configuration) {
  std::map<std::string, const config::GroupSettings*> by_name;
  for (const config::GroupSettings& group : configuration.groups) {
    check_group(group);
    must(by_name.empty() || by_name.rbegin()->first < group.name, "groups are in order, each once",
         group.name);
    by_name.emplace(group.name, &group);
  }
  std::map<std::string, std::size_t> routers;
  for (const config::RouterSettings& router : configuration.routers) {
    const auto group = by_name.find(router.group);
    must(group != by_name.end(), "a router has its group", router.group);
    must(group->second->preempt == router.preempt, "a router preempts as its group", router.group);
    must(
        group->second->mode != config::GroupMode::hot || router.mac == config::MacMode::virtual_mac,
        "a hot group has virtual MACs", router.group);
    ++routers[router.group];
  }
  must(routers.size() == by_name.size(), "a group has a router");
}

// --- Written out ---

struct TrackText {
  std::string operator()(const config::LinkTrack& link) const {
    return pair("interface", toml_string(link.interface));
  }
  std::string operator()(const config::AddressTrack& address) const {
    return pair("address", toml_string(address.address.text())) + on(address.interface);
  }
  std::string operator()(const config::RouteTrack& route) const {
    std::string text = pair("destination", toml_string(route.destination.text())) +
                       pair("table", std::to_string(route.table)) + on(route.interface);
    if (route.gateway) text += pair("gateway", toml_string(route.gateway->text()));
    return text;
  }
  std::string operator()(const config::ProcessTrack& process) const {
    return pair("process", toml_string(process.name)) +
           pair("count", std::to_string(process.count));
  }
  std::string operator()(const config::FileTrack& file) const {
    std::string text = pair("path", toml_string(file.path));
    if (file.newer_than) text += pair("newer_than", toml_duration(*file.newer_than));
    return text;
  }
  std::string operator()(const config::CommandTrack& command) const {
    std::string text = pair("command", toml_strings(command.command));
    if (!command.user.empty()) text += pair("user", toml_string(command.user));
    return text;
  }
  std::string operator()(const config::TcpTrack& tcp) const {
    const auto address = tcp.address.text();
    const bool ipv4 = tcp.address.family() == Family::ipv4;
    return pair("address", toml_string((ipv4 ? address : "[" + address + "]") + ":" +
                                       std::to_string(tcp.port)));
  }
  std::string operator()(const config::HttpTrack& http) const {
    return pair("url", toml_string("http://" + http.host + http.target)) +
           pair("status", toml_string(std::to_string(http.status_least) + "-" +
                                      std::to_string(http.status_most)));
  }
  std::string operator()(const config::IcmpTrack& icmp) const {
    return pair("address", toml_string(icmp.address.text()));
  }
  std::string operator()(const config::UnitTrack& unit) const {
    return pair("unit", toml_string(unit.unit));
  }

 private:
  static std::string pair(std::string_view key, const std::string& value) {
    return ", " + std::string(key) + " = " + value;
  }
  static std::string on(const std::string& interface) {
    return interface.empty() ? "" : pair("interface", toml_string(interface));
  }
};

inline std::string written(const config::TrackSettings& track) {
  std::string text = "track." + toml_string(track.name) +
                     " = { type = " + toml_string(config::type_name(track.what)) +
                     ", interval = " + toml_duration(track.interval) +
                     ", rise = " + std::to_string(track.rise);
  if (!config::is_told_by_kernel(track.what))
    text +=
        ", timeout = " + toml_duration(track.timeout) + ", fall = " + std::to_string(track.fall);
  if (track.demote) text += ", demote = " + std::to_string(*track.demote);
  return text + std::visit(TrackText{}, track.what) + " }\n";
}

inline std::string written(const config::HookSettings& hooks) {
  std::string text = "hooks.timeout = " + toml_duration(hooks.timeout) + "\n";
  if (!hooks.user.empty()) text += "hooks.user = " + toml_string(hooks.user) + "\n";
  for (const auto kind :
       {config::HookKind::active, config::HookKind::backup, config::HookKind::before_release,
        config::HookKind::fault, config::HookKind::reconcile}) {
    text += "hooks." + std::string(config::name(kind)) + " = [";
    for (const config::ArgumentVector& command : hooks.of(kind))
      text += toml_strings(command) + ",";
    text += "]\n";
  }
  return text;
}

// The keys without a header.
inline std::string written_keys(const config::GroupSettings& group) {
  constexpr std::array modes{"hot", "warm", "cold", "none"};
  std::string text = "mode = " + toml_string(modes.at(static_cast<std::size_t>(group.mode))) +
                     "\npreempt = " + (group.preempt == Preempt::on ? "true" : "false") +
                     "\npreempt_delay = " + toml_duration(group.preempt_delay) +
                     "\nstart_delay = " + toml_duration(group.start_delay) +
                     "\ndamping = { moves = " + std::to_string(group.damping.moves) +
                     ", window = " + toml_duration(group.damping.window) +
                     " }\nfollow = " + toml_strings(group.follow) +
                     "\nroutes = " + toml_strings(group.routes) +
                     "\nrules = " + toml_strings(group.rules) + "\n";
  if (!group.description.empty()) text += "description = " + toml_string(group.description) + "\n";
  for (const config::TrackSettings& track : group.tracks) text += written(track);
  return text + written(group.hooks);
}

}  // namespace failover::fuzz
