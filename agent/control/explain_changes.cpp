// What would change a role: the sentences that a person can wait for, or bring about.

#include <fmt/format.h>

#include "agent/control/findings.hpp"
#include "agent/control/words.hpp"
#include "agent/wire/configured.hpp"
#include "protocol/assert.hpp"

namespace failover::control {
namespace {

using Sentences = std::vector<std::string>;

std::string end_of(const Override& override, RealTime now) {
  return fmt::format("the end of {} in {} or {}", name(override.kind),
                     span_text(override.until - now), undo_of(override));
}

std::string mended(const RouterView& router) {
  const std::string& interface = router.settings.interface;
  switch (router.status.waiting_for) {
    case WaitingFor::nothing: return router.settings.name() + " able to work";
    case WaitingFor::interface: return "an interface " + interface;
    case WaitingFor::link: return "link " + interface + " up";
    case WaitingFor::carrier: return "a carrier on " + interface;
    case WaitingFor::address: return "an address to send from on " + interface;
    case WaitingFor::capture: return "a capture on " + interface;
  }
  broken_promise();
}

enum class Turn : std::uint8_t { up, down };
std::string turned(const TrackView& track, Turn turn) {
  const std::string_view to = turn == Turn::up ? "up" : "down";
  if (const auto* link = std::get_if<config::LinkTrack>(&track.settings.what))
    return fmt::format("link {} {}", link->interface, to);
  return fmt::format("track {} {}", track.settings.name, to);
}

void add_repairs(const Findings& found, Sentences& told) {
  for (const RouterView* router : found.down_routers) told.push_back(mended(*router));
  for (const TrackView* track : found.down_tracks) told.push_back(turned(*track, Turn::up));
}

void add_better_adverts(const Findings& found, Sentences& told) {
  for (const RouterView& router : found.group.routers) {
    const std::string rank = short_rank_text(router.status.rank);
    bool named = false;
    for (const FoundPeer& peer : found.peers) {
      if (peer.router != &router) continue;
      told.push_back(fmt::format("an advert of {} better than {}", peer.address(), rank));
      named = true;
    }
    if (!named)
      told.push_back(fmt::format("an advert better than {} on {}", rank, router.settings.name()));
  }
}

void add_of_active(const Findings& found, Sentences& told) {
  add_better_adverts(found, told);
  for (const RouterView& router : found.group.routers)
    told.push_back("link " + router.settings.interface + " down");
  for (const TrackView& track : found.group.tracks)
    if (!track.settings.demote && track.status.state == TrackState::up)
      told.push_back(turned(track, Turn::down));
  told.push_back("failoverctl switchover " + found.group.settings.name);
}

void add_silences(const Findings& found, Sentences& told) {
  for (const FoundPeer& peer : found.peers) {
    if (peer.state != PeerState::active) continue;
    told.push_back(
        fmt::format("silence of {} for {}", peer.address(), seconds_text(peer.dead_time())));
    told.push_back("a farewell of " + peer.address());
  }
  if (found.any_active() == nullptr && found.leader != nullptr) {
    const auto election = election_of(found.leader->settings);
    told.push_back("silence for " + seconds_text(router::dead_time(
                                        election, found.leader->status.rank, std::nullopt)));
  }
}

void add_preemption(const Findings& found, Sentences& told) {
  const GroupStatus& status = found.group.status;
  if (status.yielded || status.overrides.drained) return;
  const FoundPeer* better = found.active_that_stays();
  if (found.group.settings.preempt == Preempt::off) {
    if (better == nullptr && found.any_active() != nullptr) told.emplace_back("preempt = true");
    return;
  }
  if (better != nullptr)
    told.push_back(fmt::format("an advert of {} worse than {}", better->address(), better->ours()));
  for (const TrackView* track : found.costs)
    told.push_back(
        fmt::format("{}: it costs {}", turned(*track, Turn::up), *track->settings.demote));
}

void add_waits(const Findings& found, Sentences& told) {
  const GroupStatus& status = found.group.status;
  const auto wait = [&](Instant until, std::string_view what) {
    if (until > found.at.now)
      told.push_back(fmt::format("the end of {} in {}", what, span_text(until - found.at.now)));
  };
  wait(status.starts_at, "start_delay");
  wait(status.not_again_before, "the wait after a move that was taken back");
  if (found.active(Comparison::worse) == nullptr) return;
  wait(status.damped_until, "damping");
  wait(status.contested_until, "the rest after a contest for its addresses");
  wait(status.preempts_from, "preempt_delay");
}

void add_of_backup(const Findings& found, Sentences& told) {
  const GroupStatus& status = found.group.status;
  if (status.yielded) told.push_back("failoverctl release " + found.group.settings.name);
  if (const RouterView* barred = found.with_reason(Reason::foreign_address)) {
    told.push_back("the removal of the address that is not failoverd's from " +
                   barred->settings.interface);
    return;
  }
  if (found.is_held(group::Hold::backup)) return;
  if (found.group.settings.mode == config::GroupMode::none) {
    told.push_back(fmt::format("failoverctl hold {} active --for 1h", found.group.settings.name));
    return;
  }
  if (status.reason == Reason::services) told.emplace_back("services that start");
  if (found.with_reason(Reason::half_deaf) != nullptr) {
    told.emplace_back("adverts of the active node in both families, or silence in both");
    return;
  }
  add_waits(found, told);
  if (status.starts_at > found.at.now) return;
  add_silences(found, told);
  add_preemption(found, told);
}

}  // namespace

std::vector<std::string> would_change(const Findings& found) {
  Sentences told;
  const bool is_frozen = found.group.status.overrides.frozen;
  for (const Override& override : found.group.overrides)
    if (!is_frozen || override.kind == OverrideKind::freeze)
      told.push_back(end_of(override, found.at.real));
  if (is_frozen) return told;
  if (found.is_down()) {
    add_repairs(found, told);
  } else if (found.group.status.role == router::Role::active) {
    add_of_active(found, told);
  } else {
    add_of_backup(found, told);
  }
  return told;
}

}  // namespace failover::control
