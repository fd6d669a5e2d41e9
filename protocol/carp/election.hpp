#pragma once
// Who is active, by CARP's transition table (CARP.md 3.2).

#include <optional>

#include "protocol/address.hpp"
#include "protocol/carp/timing.hpp"
#include "protocol/verdict.hpp"

namespace failover::carp {

// How a node takes part, as configured. The functions are pure; ranks come demoted.
struct Election {
  using Rank = carp::Rank;

  AdvBase advbase = AdvBase::of<1>();
  AdvSkew advskew = AdvSkew::of<0>();
  DeadRatio dead_ratio = DeadRatio::of<3>();

  [[nodiscard]] Rank rank(const Demotion& demotion) const;
  [[nodiscard]] Rank farewell() const { return farewell_times; }
  // Better than that no node can be.
  [[nodiscard]] Rank best() const { return {.advbase = advbase.value()}; }
  // Until a silent active counts as dead: by our own settings, whatever it said.
  [[nodiscard]] Duration dead_time(const Rank&, const std::optional<Rank>&) const {
    return carp::dead_time(advbase, advskew, dead_ratio);
  }
  [[nodiscard]] bool is_owner() const { return false; }

  [[nodiscard]] BackupVerdict in_backup(const Rank& own, const Rank& peer,
                                        const std::optional<Rank>& followed, Wish wish) const;
  // theirs, ours: the sources of the adverts, for a tie.
  [[nodiscard]] ActiveVerdict in_active(const Rank& own, const Rank& peer, const IpAddress& theirs,
                                        const IpAddress& ours) const;
  friend bool operator==(const Election&, const Election&) = default;
};

// Whether the address `theirs` wins an equal advert against `ours`. ucarp compares the raw words of
// a little-endian machine, so an IPv4 address's last octet weighs most; lower wins. IPv6, which
// ucarp does not speak, is compared from the front. The same address never wins: then both yield
// and the next to time out stays.
[[nodiscard]] bool wins_tie(const IpAddress& theirs, const IpAddress& ours);

}  // namespace failover::carp
