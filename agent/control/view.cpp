#include "agent/control/view.hpp"

#include <fmt/format.h>
#include <pwd.h>

#include <array>

#include "agent/wire/configured.hpp"
#include "protocol/assert.hpp"

namespace failover::control {
namespace {

struct WhatOf {
  std::string operator()(const config::LinkTrack& link) const { return link.interface; }
  std::string operator()(const config::AddressTrack& address) const {
    return on(address.address.text(), address.interface);
  }
  std::string operator()(const config::RouteTrack& route) const {
    return on(route.gateway
                  ? fmt::format("{} via {}", route.destination.text(), route.gateway->text())
                  : route.destination.text(),
              route.interface);
  }
  std::string operator()(const config::ProcessTrack& process) const { return process.name; }
  std::string operator()(const config::FileTrack& file) const { return file.path; }
  std::string operator()(const config::CommandTrack& command) const {
    return command.command.empty() ? std::string() : command.command.front();
  }
  std::string operator()(const config::TcpTrack& tcp) const {
    const bool is_ipv6 = tcp.address.family() == Family::ipv6;
    const std::string address = tcp.address.text();
    return fmt::format("{}:{}", is_ipv6 ? "[" + address + "]" : address, tcp.port);
  }
  std::string operator()(const config::HttpTrack& http) const {
    return "http://" + http.host + http.target.substr(0, http.target.find('?'));
  }
  std::string operator()(const config::IcmpTrack& icmp) const { return icmp.address.text(); }
  std::string operator()(const config::UnitTrack& unit) const { return unit.unit; }

  static std::string on(std::string what, const std::string& interface) {
    return interface.empty() ? what : what + " on " + interface;
  }
};

// What a check has found says more than we know without it.
TrackView track_view(const View& view, const GroupEntry& group,
                     const config::TrackSettings& settings) {
  TrackView track{.settings = settings,
                  .status = group.tracks.at(settings.name)->read(),
                  .detail = view.track_detail(group.settings.name, settings.name)};
  const auto* link = std::get_if<config::LinkTrack>(&settings.what);
  if (track.detail.empty() && link != nullptr && track.status.state == TrackState::down)
    track.detail = "link " + link->interface + " down";
  return track;
}

std::optional<YieldedBy> yielded_by(const Operations& operations, const std::string& group) {
  const Operation* last = operations.last_switchover_of(group);
  if (last == nullptr) return std::nullopt;
  return YieldedBy{.owner = user_name(last->uid),
                   .reason = last->reason,
                   .since = last->ended.value_or(last->started)};
}

}  // namespace

GroupView group_view(const View& view, const GroupEntry& group) {
  GroupView seen{.settings = group.settings,
                 .status = group.status->read(),
                 .overrides = view.overrides.of(group.settings.name)};
  for (const RouterEntry* router : view.directory.routers_of(group.id)) {
    if (router->id == seen.status.leader) seen.leader = router->settings.name();
    seen.routers.push_back({.settings = router->settings, .status = router->status->read()});
  }
  for (const config::TrackSettings& track : group.settings.tracks)
    seen.tracks.push_back(track_view(view, group, track));
  using enum config::HookKind;
  for (const config::HookKind kind : {active, backup, before_release, fault, reconcile})
    if (auto run = view.hook_run(group.settings.name, kind)) seen.hooks.emplace(kind, *run);
  // Who is drained or held has handed over for that, and is told of that.
  const group::Overrides& in_force = seen.status.overrides;
  seen.status.yielded &= !in_force.drained && in_force.hold != group::Hold::backup;
  if (seen.status.yielded) seen.yielded_by = yielded_by(view.operations, group.settings.name);
  return seen;
}

std::string what_of(const config::Tracked& tracked) { return std::visit(WhatOf{}, tracked); }

std::string_view word(PeerState state) {
  switch (state) {
    case PeerState::active: return "active";
    case PeerState::leaving: return "leaving";
    case PeerState::silent: return "silent";
  }
  broken_promise();
}

PeerState peer_state(const PeerStatus& peer, const config::RouterSettings& router, Instant now) {
  if (peer.leaving) return PeerState::leaving;
  const auto election = election_of(router);
  const Duration dead = router::dead_time(election, router::rank(election, {}), peer.rank);
  return now - peer.heard <= dead ? PeerState::active : PeerState::silent;
}

std::string user_name(uid_t uid) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return fmt::format("uid {}", uid);
}

}  // namespace failover::control
