#pragma once
// CARP and VRRP share the IP protocol number, and CARP shares the version number of VRRPv2. What
// tells them apart is their length (CARP.md 1.1).

#include <cstdint>
#include <span>

namespace failover {

enum class Shape : std::uint8_t { carp, vrrp2, vrrp3, unclear };

// What the payload looks like. Says nothing about whether it is any good: of VRRPv3 nothing but the
// version is looked at. An auth_hmac trailer may follow a VRRPv2 message. `unclear` is a packet of
// another version, or one of version 2 that is as long as neither protocol's.
[[nodiscard]] Shape shape_of(std::span<const std::uint8_t> payload);

}  // namespace failover
