// Who is active: the state machine's sections of RFC 9568, sentence by sentence.

#include "protocol/vrrp/election.hpp"

#include <algorithm>

namespace failover::vrrp {

Rank Election::rank(const Demotion& demotion) const {
  return {.priority = demoted_priority(priority, demotion.cost), .centiseconds = interval.value()};
}

Rank Election::farewell() const { return {.priority = 0, .centiseconds = interval.value()}; }

Rank Election::best() const {
  constexpr std::uint8_t best_priority = 254;
  return {.priority = std::max(best_priority, priority.value()), .centiseconds = interval.value()};
}

Duration Election::dead_time(const Rank& own, const std::optional<Rank>& followed) const {
  return vrrp::dead_time(version, own.priority, followed.value_or(own).interval(), dead_ratio);
}

BackupVerdict Election::in_backup(const Rank& own, const Rank& peer,
                                  const std::optional<Rank>& followed, Wish wish) const {
  using enum BackupVerdict::Do;
  // 6.4.2: "If the Priority in the ADVERTISEMENT is 0, set the Active_Down_Timer to Skew_Time",
  // which is made of the interval learned before: who leaves is nobody to learn from.
  if (peer.is_farewell())
    return {.what = count, .wait = skew(version, own.priority, followed.value_or(own).interval())};
  // 6.4.2: a lower priority is discarded with preemption, and followed without.
  if (wish == Wish::preempt && peer.priority < own.priority) return {.what = ignore};
  return {.what = follow};
}

ActiveVerdict Election::in_active(const Rank& own, const Rank& peer, const IpAddress& theirs,
                                  const IpAddress& ours) const {
  using enum ActiveVerdict::Answer;
  // 6.4.3: priority 0 is answered with an advert at once, so that no backup waits for us.
  if (peer.is_farewell()) return {.yields = std::nullopt, .answer = advertise};
  if (peer.priority > own.priority) return {.yields = Reason::preempted};
  // The greater primary address wins, in network byte order.
  if (peer.priority == own.priority && theirs > ours) return {.yields = Reason::tie};
  // 6.4.3: "discard the ADVERTISEMENT and immediately send an ADVERTISEMENT". Its sender has told
  // the neighbours something else, so they are told again as well.
  return {.yields = std::nullopt, .answer = advertise_and_announce};
}

}  // namespace failover::vrrp
