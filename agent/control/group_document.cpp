#include "agent/control/group_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "agent/control/findings.hpp"
#include "agent/control/router_document.hpp"
#include "agent/control/words.hpp"
#include "agent/wire/configured.hpp"
#include "protocol/assert.hpp"

namespace failover::control {
namespace {

using Json = nlohmann::ordered_json;

std::string_view mode_word(config::GroupMode mode) {
  switch (mode) {
    case config::GroupMode::hot: return "hot";
    case config::GroupMode::warm: return "warm";
    case config::GroupMode::cold: return "cold";
    case config::GroupMode::none: return "none";
  }
  broken_promise();
}

Json since_json(RealTime since) {
  return since == RealTime{} ? Json(nullptr) : Json(timestamp(since));
}

// "joining": the group is active, and the router has not followed yet.
Json element_json(const GroupView& group, const RouterView& router) {
  const RouterStatus& status = router.status;
  std::string_view state = "up";
  std::string why;
  if (status.role == router::Role::initialize) {
    state = status.reason == Reason::starting ? "unknown" : "down";
    why = waits_for(router);
  } else if (group.status.role == router::Role::active && status.role == router::Role::backup) {
    state = "joining";
    why = sentence(status.reason);
  }
  return {{"name", router.settings.name()},
          {"kind", "router"},
          {"state", state},
          {"since", since_json(status.since)},
          {"why", why}};
}

Json element_json(const TrackView& track) {
  return {{"name", track.settings.name},
          {"kind", "track"},
          {"state", word(track.status.state)},
          {"since", since_json(track.status.since)},
          {"why", track.status.state == TrackState::up ? std::string() : track.detail}};
}

Json overrides_json(const GroupView& group) {
  Json overrides = Json::array();
  for (const Override& override : group.overrides) overrides.push_back(override_json(override));
  if (group.status.yielded) overrides.push_back(yielded_json(group));
  return overrides;
}

Json tracks_json(const GroupView& group) {
  Json tracks = Json::array();
  for (const TrackView& track : group.tracks) tracks.push_back(track_json(track));
  return tracks;
}

Json hooks_json(const GroupView& group) {
  Json hooks = Json::object();
  for (const auto& [kind, run] : group.hooks)
    hooks[std::string(name(kind))] = {{"result", run.well ? "done" : "failed"},
                                      {"at", timestamp(run.ended)},
                                      {"sequence", run.sequence},
                                      {"detail", run.detail}};
  return hooks;
}

// An active that is held says the best that its protocol has. Two of them can only be told apart by
// their addresses, so the person who holds this one has not got what he asked for, or the other
// has.
bool is_held_elsewhere(const GroupView& group, const RouterView& router, Instant now) {
  if (group.status.overrides.hold != group::Hold::active) return false;
  const auto best = router::best(election_of(router.settings));
  const auto peers = std::span(router.status.peers).first(router.status.peer_count);
  return std::ranges::any_of(peers, [&](const PeerStatus& peer) {
    return peer_state(peer, router.settings, now) == PeerState::active &&
           compare(peer.rank, best) != Comparison::worse;
  });
}

// What a person should look at, of the group as a whole.
std::vector<std::string> problems_of(const GroupView& group, Instant now) {
  std::vector<std::string> problems;
  for (const TrackView& track : group.tracks) {
    if (track.status.state != TrackState::down) continue;
    std::string told = fmt::format("track {} is down", track.settings.name);
    if (!track.detail.empty()) told += ": " + track.detail;
    if (track.settings.demote) told += fmt::format("; it costs {}", *track.settings.demote);
    problems.push_back(std::move(told));
  }
  for (const RouterView& router : group.routers)
    if (is_held_elsewhere(group, router, now))
      problems.push_back(fmt::format(
          "it is held active here, and a peer of {} advertises the best rank, too: release one of "
          "them",
          router.settings.name()));
  for (const auto& [kind, run] : group.hooks)
    if (!run.well)
      problems.push_back(
          fmt::format("hook {} failed at {}: {}", name(kind), timestamp(run.ended), run.detail));
  if (group.status.damped_until > now)
    problems.push_back(fmt::format(
        "it has moved {} times without a plan, so it does not preempt for another {}; see "
        "failoverctl history {}",
        group.status.unplanned_moves, span_text(group.status.damped_until - now),
        group.settings.name));
  if (group.status.contested_until > now)
    problems.push_back(
        fmt::format("somebody on this node kept removing its addresses, so it does not preempt for "
                    "another {}; stop what removes them",
                    span_text(group.status.contested_until - now)));
  if (group.status.not_again_before > now)
    problems.push_back(fmt::format(
        "a move was taken back by another element, so it is not tried again for {}; the ranks of "
        "its routers may cross over",
        span_text(group.status.not_again_before - now)));
  return problems;
}

}  // namespace

std::string waits_for(const RouterView& router) {
  const std::string& interface = router.settings.interface;
  switch (router.status.waiting_for) {
    case WaitingFor::nothing: return std::string(sentence(router.status.reason));
    case WaitingFor::interface: return "there is no interface " + interface;
    case WaitingFor::link: return "link " + interface + " down";
    case WaitingFor::carrier: return "no carrier on " + interface;
    case WaitingFor::address: return "no address to send from on " + interface;
    case WaitingFor::capture: return "nothing can be received on " + interface + " yet";
  }
  broken_promise();
}

Json track_json(const TrackView& track) {
  return {{"name", track.settings.name},
          {"type", config::type_name(track.settings.what)},
          {"state", word(track.status.state)},
          {"since", since_json(track.status.since)},
          {"demote", track.settings.demote ? Json(*track.settings.demote) : Json(nullptr)},
          {"what", what_of(track.settings.what)},
          {"detail", track.detail},
          {"changes", track.status.changes}};
}

Json override_json(const Override& override) {
  Json json{{"kind", name(override.kind)}};
  if (override.hold != group::Hold::none) json["role"] = word(override.hold);
  json["owner"] = override.owner;
  json["reason"] = override.reason;
  json["since"] = timestamp(override.since);
  json["until"] = timestamp(override.until);
  json["undo"] = undo_of(override);
  return json;
}

Json yielded_json(const GroupView& group) {
  const auto& by = group.yielded_by;
  Json json{{"kind", "yielded"}};
  if (by) json["owner"] = by->owner;
  json["reason"] = by && !by->reason.empty() ? by->reason : "operator";
  json["since"] = timestamp(by ? by->since : group.status.since);
  json["undo"] = "failoverctl release " + group.settings.name;
  return json;
}

Json elements_json(const GroupView& group) {
  Json elements = Json::array();
  for (const RouterView& router : group.routers) elements.push_back(element_json(group, router));
  for (const TrackView& track : group.tracks) elements.push_back(element_json(track));
  return elements;
}

Json group_json(const GroupView& group, Instant now) {
  Json routers = Json::array();
  bool healthy = group.status.state != GroupState::down;
  unsigned demotion = group.status.demotion;
  for (const RouterView& router : group.routers) {
    routers.push_back(router_json(router, now));
    healthy = healthy && routers.back()["healthy"];
    demotion = std::max(demotion, router.status.demotion);
  }
  return {{"name", group.settings.name},
          {"description", group.settings.description},
          {"role", word(group.status.role)},
          {"state", word(group.status.state)},
          {"status", status_text(group.status.state)},
          {"reason", name(group.status.reason)},
          {"since", timestamp(group.status.since)},
          {"mode", mode_word(group.settings.mode)},
          {"demotion", demotion},
          {"healthy", healthy},
          {"problems", problems_of(group, now)},
          {"overrides", overrides_json(group)},
          {"elements", elements_json(group)},
          {"tracks", tracks_json(group)},
          {"hooks", hooks_json(group)},
          {"routers", routers}};
}

}  // namespace failover::control
