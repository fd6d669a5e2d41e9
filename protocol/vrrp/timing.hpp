#pragma once
// Ranks and times of VRRP (VRRP.md 2.1; RFC 9568 and RFC 3768, section 6.1), whole nanoseconds.

#include <cstdint>

#include "protocol/time.hpp"
#include "protocol/vrrp/parameters.hpp"

namespace failover::vrrp {

// What an advert says about its sender, as it is on the wire; every value can arrive.
struct Rank {
  std::uint8_t priority = 0;
  std::uint16_t centiseconds = 0;  // the sender's interval; version 2 says whole seconds

  [[nodiscard]] Duration interval() const;
  [[nodiscard]] bool is_farewell() const { return priority == 0; }
  friend bool operator==(const Rank&, const Rank&) = default;
};

// How much longer than others a backup of this priority waits. Version 2: (256 - priority)/256 s,
// whatever the interval. Version 3: (256 - priority) * active_interval / 256.
[[nodiscard]] Duration skew(Version version, std::uint8_t priority, Duration active_interval);

// ratio * active_interval + skew.
[[nodiscard]] Duration dead_time(Version version, std::uint8_t priority, Duration active_interval,
                                 DeadRatio ratio);

// What a demotion of `cost` makes of a priority: less, but never below 1, which is still not a
// farewell. 255 stays: who owns the addresses does not yield for what is tracked.
[[nodiscard]] std::uint8_t demoted_priority(Priority configured, unsigned cost);

}  // namespace failover::vrrp
