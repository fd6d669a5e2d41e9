#pragma once
// An IP datagram of either family, as far as adverts need it.

#include <cstdint>
#include <span>

#include "protocol/address.hpp"

namespace failover {

inline constexpr std::uint8_t protocol_carp = 112;  // VRRP has the same number

// `any` is for unicast, which may be routed, and which keepalived sends over IPv6 with the kernel's
// 64: there the sender must be a configured peer instead.
enum class HopLimit : std::uint8_t { must_be_255, any };

// Both addresses are of one family. payload points into the frame.
struct Datagram {
  IpAddress source;
  IpAddress destination;
  std::uint8_t ttl = 0;  // IPv6: hop limit
  std::uint8_t protocol = 0;
  std::span<const std::uint8_t> payload;  // as long as the header says; padding is cut off
};

}  // namespace failover
