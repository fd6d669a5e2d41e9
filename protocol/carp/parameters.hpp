#pragma once
// What a CARP virtual router is configured with: units as types.

#include <cstdint>

#include "protocol/bounded.hpp"

namespace failover::carp {

using Vhid = Bounded<struct VhidTag, std::uint8_t, 1, 255>;
using AdvBase = Bounded<struct AdvBaseTag, std::uint8_t, 0, 255>;  // seconds
using AdvSkew = Bounded<struct AdvSkewTag, std::uint8_t, 0, 254>;  // 1/256 s
// Missed adverts until the active counts as dead.
using DeadRatio = Bounded<struct DeadRatioTag, std::uint8_t, 1, 255>;

}  // namespace failover::carp
