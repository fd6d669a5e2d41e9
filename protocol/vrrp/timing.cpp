#include "protocol/vrrp/timing.hpp"

#include <algorithm>

namespace failover::vrrp {

Duration Rank::interval() const { return centiseconds * Duration(10ms); }

Duration skew(Version version, std::uint8_t priority, Duration active_interval) {
  const Duration whole = version == Version::v2 ? Duration(1s) : active_interval;
  return (256 - priority) * whole / 256;
}

Duration dead_time(Version version, std::uint8_t priority, Duration active_interval,
                   DeadRatio ratio) {
  return ratio.value() * active_interval + skew(version, priority, active_interval);
}

std::uint8_t demoted_priority(Priority configured, unsigned cost) {
  const unsigned priority = configured.value();
  if (priority == 255) return 255;
  return static_cast<std::uint8_t>(priority - std::min(cost, priority - 1));
}

}  // namespace failover::vrrp
