#pragma once
// What a VRRP virtual router is configured with: units as types.

#include <cstdint>

#include "protocol/bounded.hpp"

namespace failover::vrrp {

using Vrid = Bounded<struct VridTag, std::uint8_t, 1, 255>;
using Priority = Bounded<struct PriorityTag, std::uint8_t, 1, 255>;  // 255: the addresses' owner
// Between two adverts, in 1/100 s. Version 3 carries 1..4095; version 2 whole seconds, 1..255.
using Centiseconds = Bounded<struct CentisecondsTag, std::uint16_t, 1, 25500>;
// Missed adverts until the active counts as dead.
using DeadRatio = Bounded<struct VrrpDeadRatioTag, std::uint8_t, 1, 255>;

enum class Version : std::uint8_t { v2 = 2, v3 = 3 };
// What the checksum of a version 3 advert over IPv4 covers. rfc5798: a pseudo-header too, as
// keepalived and FRR send it; rfc9568: the message alone.
enum class Checksum : std::uint8_t { rfc5798, rfc9568 };

}  // namespace failover::vrrp
