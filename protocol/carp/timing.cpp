#include "protocol/carp/timing.hpp"

#include <algorithm>

namespace failover::carp {

Duration Rank::compared() const { return advbase * Duration(1s) + advskew * skew_unit; }

Duration Rank::interval() const { return std::max(compared(), skew_unit); }

Duration dead_time(AdvBase advbase, AdvSkew advskew, DeadRatio ratio) {
  if (advbase.value() == 0) return ratio.value() * std::max<int>(advskew.value(), 1) * skew_unit;
  return ratio.value() * advbase.value() * Duration(1s) + advskew.value() * skew_unit;
}

std::uint8_t demoted_advskew(AdvSkew advskew, unsigned cost) {
  constexpr unsigned most = 240;
  const unsigned configured = advskew.value();
  const unsigned demoted = configured + std::min(cost, most);
  return static_cast<std::uint8_t>(std::max(configured, std::min(demoted, most)));
}

}  // namespace failover::carp
