// Who is active: CARP's transition table (CARP.md 3.2), row by row.

#include "protocol/carp/election.hpp"

#include <algorithm>

namespace failover::carp {

bool wins_tie(const IpAddress& theirs, const IpAddress& ours) {
  if (theirs.family() != ours.family() || theirs == ours) return true;
  if (theirs.family() == Family::ipv6) return theirs < ours;
  const auto left = theirs.bytes();
  const auto right = ours.bytes();
  return std::lexicographical_compare(left.rbegin(), left.rend(), right.rbegin(), right.rend());
}

Rank Election::rank(const Demotion& demotion) const {
  return {.advbase = advbase.value(),
          .advskew = demoted_advskew(advskew, demotion.cost),
          .demote = demotion.count};
}

BackupVerdict Election::in_backup(const Rank& own, const Rank& peer, const std::optional<Rank>&,
                                  Wish wish) const {
  using enum BackupVerdict::Do;
  // The farewell, whatever our own advbase: OpenBSD's bow-out and ours.
  if (peer.is_farewell()) return {take_over, Reason::peer_left};
  if (wish == Wish::yielded) return {follow};
  // OpenBSD: a peer that is demoted more than we are is replaced, preempt or not.
  if (peer.demote > own.demote) return {take_over, Reason::demoted_peer};
  // Preempt on, peer worse; OpenBSD: unless we are demoted more than it is.
  const bool worse = peer.compared() > own.compared();
  if (wish == Wish::preempt && worse && peer.demote >= own.demote)
    return {take_over, Reason::priority};
  // It would time out anyway before its next advert.
  if (carp::dead_time(advbase, advskew, dead_ratio) < peer.compared())
    return {take_over, Reason::slow_peer};
  return {follow};
}

ActiveVerdict Election::in_active(const Rank& own, const Rank& peer, const IpAddress& theirs,
                                  const IpAddress& ours) const {
  // A worse active has told the neighbours something else (ucarp: answered at once, and again two
  // adverts later).
  const ActiveVerdict stays{.yields = std::nullopt, .answer = ActiveVerdict::Answer::announce};
  if (peer.is_farewell()) return stays;
  // OpenBSD: a peer that is demoted more than we are is never yielded to, one that is demoted less
  // always. Without demotion on either side this is everybody's row.
  if (peer.demote > own.demote) return stays;
  if (peer.compared() < own.compared()) return {.yields = Reason::preempted};
  if (peer.demote < own.demote) return {.yields = Reason::demoted};
  if (peer.compared() == own.compared() && wins_tie(theirs, ours)) return {.yields = Reason::tie};
  return stays;
}

}  // namespace failover::carp
