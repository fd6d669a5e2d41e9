#pragma once
// Who is active, by RFC 9568, section 6.4, and RFC 3768, section 6.4.

#include <optional>

#include "protocol/address.hpp"
#include "protocol/verdict.hpp"
#include "protocol/vrrp/parameters.hpp"
#include "protocol/vrrp/timing.hpp"

namespace failover::vrrp {

// How a node takes part, as configured. The functions are pure; ranks come demoted.
struct Election {
  using Rank = vrrp::Rank;

  Version version = Version::v3;
  Priority priority = Priority::of<100>();
  Centiseconds interval = Centiseconds::of<100>();
  DeadRatio dead_ratio = DeadRatio::of<3>();

  [[nodiscard]] Rank rank(const Demotion& demotion) const;
  [[nodiscard]] Rank farewell() const;
  // Better than that only the owner of the addresses can be.
  [[nodiscard]] Rank best() const;
  // Active_Down_Interval: by the interval of the active that is followed (RFC 9568, 6.1:
  // Active_Adver_Interval), our own while there is none. A demoted node waits as long as its
  // priority says, so that a better one goes first.
  [[nodiscard]] Duration dead_time(const Rank& own, const std::optional<Rank>& followed) const;
  // Priority 255: the addresses are the node's own, it begins as active (6.4.1).
  [[nodiscard]] bool is_owner() const { return priority.value() == Priority::max; }

  // followed: what the active said that has been listened to so far.
  [[nodiscard]] BackupVerdict in_backup(const Rank& own, const Rank& peer,
                                        const std::optional<Rank>& followed, Wish wish) const;
  // theirs, ours: the sources of the adverts, for a tie.
  [[nodiscard]] ActiveVerdict in_active(const Rank& own, const Rank& peer, const IpAddress& theirs,
                                        const IpAddress& ours) const;
  friend bool operator==(const Election&, const Election&) = default;
};

}  // namespace failover::vrrp
