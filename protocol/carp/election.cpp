// Who is active: CARP's transition table (CARP.md 3.2), row by row.

#include <algorithm>

#include "protocol/carp/router.hpp"

namespace failover::carp {

bool wins_tie(const IpAddress& theirs, const IpAddress& ours) {
  if (theirs.family() != ours.family() || theirs == ours) return true;
  if (theirs.family() == Family::ipv6) return theirs < ours;
  const auto left = theirs.bytes();
  const auto right = ours.bytes();
  return std::lexicographical_compare(left.rbegin(), left.rend(), right.rbegin(), right.rend());
}

void Router::on(const AdvertHeard& advert, Instant now, Effects& effects) {
  if (!advert.rank.is_farewell()) {
    heard_active_ = advert.source;
  } else if (heard_active_ == advert.source) {
    heard_active_.reset();
  }
  if (auto* backup = std::get_if<Backup>(&state_)) {
    heard_in_backup(*backup, advert, now, effects);
  } else if (auto* active = std::get_if<Active>(&state_)) {
    heard_in_active(*active, advert, now, effects);
  } else if (std::holds_alternative<Leaving>(state_)) {
    heard_while_leaving(advert, now, effects);
  } else if (lingering_ && !advert.rank.is_farewell()) {
    lingering_->peer_spoke(now);
  }
}

void Router::heard_in_backup(Backup& backup, const AdvertHeard& advert, Instant now,
                             Effects& effects) {
  if (lingering_ && !advert.rank.is_farewell()) lingering_->peer_spoke(now);
  if (const auto reason = takes_over_from(backup, advert.rank, now)) {
    become_active(*reason, now, effects);
    return;
  }
  if (backup.active_is_dead) *backup.active_is_dead = std::max(backup.listen_until, *dead_at(now));
}

std::optional<Reason> Router::takes_over_from(const Backup& backup, const Rank& peer,
                                              Instant now) const {
  if (barred_ == Reason::foreign_address || now < backup.listen_until) return std::nullopt;
  // The farewell, whatever our own advbase: OpenBSD's bow-out and ours.
  if (peer.is_farewell()) return Reason::peer_left;
  // An operator handed over: only the peer's leaving or death counts.
  if (yielded_) return std::nullopt;
  const Rank own = rank();
  // OpenBSD: a peer that is demoted more than we are is replaced, preempt or not.
  if (peer.demote > own.demote) return Reason::demoted_peer;
  // Preempt on, peer worse; OpenBSD: unless we are demoted more than it is.
  const bool worse = peer.compared() > own.compared();
  if (settings_.preempt == Preempt::on && worse && peer.demote >= own.demote)
    return Reason::priority;
  // It would time out anyway before its next advert.
  if (settings_.dead_time() < peer.compared()) return Reason::slow_peer;
  return std::nullopt;
}

void Router::heard_in_active(Active& active, const AdvertHeard& advert, Instant now,
                             Effects& effects) {
  if (active.listening && !advert.rank.is_farewell()) {
    yield_to_peer(Reason::stall, now, effects);
    return;
  }
  if (const auto reason = yields_to(advert)) {
    report_two_active(active, advert, *reason, now, effects);
    yield_to_peer(*reason, now, effects);
    return;
  }
  report_two_active(active, advert, Reason::priority, now, effects);
  if (active.held && !active.listening) answer_worse(active, now, effects);
}

// A worse active has told the neighbours something else (ucarp: now, and again two adverts later).
// Answers are 50 ms apart, or replayed adverts would make us flood the segment.
void Router::answer_worse(Active& active, Instant now, Effects& effects) {
  const Instant earliest = active.announced + limits::announcement_spacing;
  if (earliest <= now) {
    start_announcing(active, now, effects);
  } else if (!active.announce_soon) {
    active.announce_soon = earliest;
  }
}

std::optional<Reason> Router::yields_to(const AdvertHeard& advert) const {
  if (advert.rank.is_farewell()) return std::nullopt;
  const Rank own = rank();
  // OpenBSD: a peer that is demoted more than we are is never yielded to, one that is demoted less
  // always. Without demotion on either side this is everybody's row.
  if (advert.rank.demote > own.demote) return std::nullopt;
  if (advert.rank.compared() < own.compared()) return Reason::preempted;
  if (advert.rank.demote < own.demote) return Reason::demoted;
  if (advert.rank.compared() == own.compared() && wins_tie(advert.source, source_))
    return Reason::tie;
  return std::nullopt;
}

// Two were active at once. The one that stays knows it when it has been active for longer than a
// peer needs to hear it and yield; the one that yields knows it when the other should have been its
// backup (equal ranks never preempt), or is the one whose silence made it active.
void Router::report_two_active(const Active& active, const AdvertHeard& advert, Reason verdict,
                               Instant now, Effects& effects) const {
  if (advert.rank.is_farewell()) return;
  const Duration time_to_yield = 2 * std::max(rank().interval(), advert.rank.interval());
  const bool settled = now - active.since >= time_to_yield;
  const bool expected = verdict == Reason::preempted || verdict == Reason::demoted;
  if (settled && (!expected || lost_active_ == advert.source))
    effects.push(TwoActive{advert.source});
}

}  // namespace failover::carp
