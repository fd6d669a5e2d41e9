#include "agent/control/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "agent/control/findings.hpp"
#include "agent/control/group_document.hpp"
#include "agent/control/words.hpp"
#include "protocol/assert.hpp"

namespace failover::control {
namespace {

// "by root for another 18m (kernel update)"
std::string by_whom(const Findings& found, OverrideKind kind) {
  const Override* override = found.override_of(kind);
  if (override == nullptr) return "by an operator";
  std::string text = fmt::format("by {} for another {}", override->owner,
                                 span_text(override->until - found.at.real));
  if (!override->reason.empty()) text += " (" + override->reason + ")";
  return text;
}

std::string why_down(const Findings& found) {
  if (!found.down_routers.empty()) {
    const RouterView& router = *found.down_routers.front();
    return fmt::format("Down, because {} cannot work: {}", router.settings.name(),
                       waits_for(router));
  }
  if (!found.down_tracks.empty())
    return "Down, because of what it depends on: " + down_text(*found.down_tracks.front());
  return fmt::format("Down, because {}", sentence(found.group.status.reason));
}

// Nothing of the election can be the reason while one of these is.
std::optional<std::string> why_kept_backup(const Findings& found) {
  const GroupStatus& status = found.group.status;
  const Instant now = found.at.now;
  if (const RouterView* barred = found.with_reason(Reason::foreign_address))
    return fmt::format("backup, because an address of {} is on {} already and is not failoverd's",
                       barred->settings.name(), barred->settings.interface);
  if (found.is_held(group::Hold::backup))
    return "backup, held so " + by_whom(found, OverrideKind::hold);
  if (status.overrides.drained) return "backup, drained " + by_whom(found, OverrideKind::drain);
  if (status.yielded)
    return "backup, because it has handed over with a switchover and does not preempt since";
  if (found.group.settings.mode == config::GroupMode::none)
    return "backup, because its mode is none: only a person makes it active";
  if (status.starts_at > now)
    return fmt::format("backup, because of start_delay: {} are left",
                       span_text(status.starts_at - now));
  if (status.not_again_before > now)
    return fmt::format("backup, because another element took the last move back: not again for {}",
                       span_text(status.not_again_before - now));
  if (status.reason == Reason::services)
    return "backup, because the services that it needs did not start";
  if (found.with_reason(Reason::half_deaf) != nullptr)
    return "backup, because the active node is heard in one of IPv4 and IPv6 only";
  return std::nullopt;
}

std::string why_not_preempting(const Findings& found, const FoundPeer& worse) {
  const GroupStatus& status = found.group.status;
  const Instant now = found.at.now;
  const std::string peer = fmt::format("{} is active with a worse rank, {} against {}",
                                       worse.address(), worse.said(), worse.ours());
  if (found.group.settings.preempt == Preempt::off)
    return "backup, because preempt = false: " + peer;
  if (status.damped_until > now)
    return fmt::format("backup, because it has moved too often: {}, and is not preempted for {}",
                       peer, span_text(status.damped_until - now));
  if (status.contested_until > now)
    return fmt::format(
        "backup, because somebody on this node kept removing the addresses: {}, and "
        "is not preempted for {}",
        peer, span_text(status.contested_until - now));
  if (status.preempts_from > now)
    return fmt::format("backup, because of preempt_delay: {}, and is preempted in {}", peer,
                       span_text(status.preempts_from - now));
  return "backup, about to preempt: " + peer;
}

std::string why_backup(const Findings& found) {
  if (const auto kept = why_kept_backup(found)) return *kept;
  if (const FoundPeer* peer = found.active_that_stays())
    return fmt::format("backup, because {} is active with {} rank: {} against {}", peer->address(),
                       peer->comparison == Comparison::better ? "a better" : "an equal",
                       peer->said(), peer->ours());
  if (const FoundPeer* worse = found.active(Comparison::worse))
    return why_not_preempting(found, *worse);
  return fmt::format("backup: {}", sentence(Reason::listening));
}

std::string why_nobody_answered(const Findings& found) {
  if (found.peers.empty()) return "active and alone: nobody was ever heard";
  const FoundPeer& last = found.peers.front();
  return fmt::format("active, because no advert of {} came for {}", last.address(),
                     seconds_text(last.dead_time()));
}

std::string why_active(const Findings& found) {
  const Reason reason = found.group.status.reason;
  if (const RouterView* torn = found.with_two_active())
    return fmt::format("active, and so is {} ({}): two nodes are active at the same time",
                       torn->status.two_active_peer.address.text(),
                       short_rank_text(torn->status.two_active_peer.rank));
  if (found.is_held(group::Hold::active))
    return "active, held so " + by_whom(found, OverrideKind::hold);
  if (reason == Reason::no_response) return why_nobody_answered(found);
  if (reason == Reason::group && !found.group.leader.empty())
    return fmt::format("active, because {} took the group along", found.group.leader);
  if (!found.peers.empty()) {
    const FoundPeer& last = found.peers.front();
    if (reason == Reason::priority)
      return fmt::format("active by preemption: {} advertised a worse rank, {} against {}",
                         last.address(), last.said(), last.ours());
    if (reason == Reason::peer_left)
      return fmt::format("active, because {} said farewell", last.address());
  }
  return fmt::format("active, because {}", sentence(reason));
}

std::string why_by_role(const Findings& found) {
  if (found.is_down()) return why_down(found);
  return found.group.status.role == router::Role::active ? why_active(found) : why_backup(found);
}

std::string peer_text(const Findings& found, const FoundPeer& peer) {
  const std::string ago = span_text(found.at.now - peer.peer->heard);
  const std::string on = peer.router->settings.name();
  switch (peer.state) {
    case PeerState::active:
      return fmt::format("{} on {} advertises {}, last heard {} ago", peer.address(), on,
                         peer.said(), ago);
    case PeerState::leaving:
      return fmt::format("{} on {} said farewell {} ago", peer.address(), on, ago);
    case PeerState::silent:
      return fmt::format("{} on {} has been silent for {}; it said {}", peer.address(), on, ago,
                         peer.said());
  }
  broken_promise();
}

std::string override_text(const Override& override) {
  return fmt::format("{} by {} since {} until {}{}{}", name(override.kind), override.owner,
                     timestamp(override.since), timestamp(override.until),
                     override.reason.empty() ? "" : ": ", override.reason);
}

}  // namespace

std::string why(const Findings& found) {
  std::string text = why_by_role(found);
  if (found.group.status.overrides.frozen)
    return fmt::format("frozen {}: nothing moves by itself; it is {}",
                       by_whom(found, OverrideKind::freeze), text);
  return text;
}

std::vector<std::string> evidence(const Findings& found, const ExplainedRank& rank) {
  std::vector<std::string> told;
  const bool is_active = found.group.status.role == router::Role::active;
  if (found.leader != nullptr && !found.is_down())
    told.push_back(fmt::format("{} {} {}", found.leader->settings.name(),
                               is_active ? "advertises" : "would advertise", rank.text));
  if (!rank.sum.empty()) told.push_back(rank.sum);
  for (const FoundPeer& peer : found.peers) told.push_back(peer_text(found, peer));
  if (found.peers.empty() && found.leader != nullptr)
    told.push_back("nobody has been heard on " + found.leader->settings.name());
  for (const RouterView* router : found.down_routers)
    told.push_back(router->settings.name() + ": " + waits_for(*router));
  for (const auto* list : {&found.down_tracks, &found.costs})
    for (const TrackView* track : *list)
      told.push_back(
          fmt::format("{}, since {}", down_text(*track), timestamp(track->status.since)));
  if (const RouterView* torn = found.with_two_active())
    told.push_back(fmt::format("{} heard a valid advert of {} while this node was active",
                               torn->settings.name(), torn->status.two_active_peer.address.text()));
  if (found.group.status.damped_until > found.at.now)
    told.push_back(fmt::format("{} unplanned moves within {}", found.group.status.unplanned_moves,
                               span_text(found.group.settings.damping.window)));
  for (const Override& override : found.group.overrides) told.push_back(override_text(override));
  return told;
}

Explanation explain(const GroupView& group, const Moment& at) {
  const Findings found(group, at);
  Explanation told{.group = group.settings.name,
                   .role = group.status.role,
                   .state = group.status.state,
                   .since = group.status.since,
                   .reason = group.status.reason,
                   .why = why(found),
                   .evidence = {},
                   .rank = explained_rank(found),
                   .peers = {},
                   .would_change = would_change(found)};
  told.evidence = evidence(found, told.rank);
  for (const FoundPeer& peer : found.peers)
    told.peers.push_back({.router = peer.router->settings.name(),
                          .address = peer.peer->address,
                          .said = rank_text(peer.peer->rank),
                          .state = peer.state,
                          .last_heard = std::max(at.now - peer.peer->heard, Duration{0})});
  return told;
}

}  // namespace failover::control
