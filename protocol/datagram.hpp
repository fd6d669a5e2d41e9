#pragma once
// An IP datagram of either family, as far as adverts need it.

#include <cstdint>
#include <span>

#include "protocol/address.hpp"

namespace failover {

inline constexpr std::uint8_t protocol_carp = 112;  // VRRP has the same number

// Everybody sends with it; what arrives with it has passed no router (RFC 5082).
inline constexpr std::uint8_t unrouted_ttl = 255;

// Both addresses are of one family. payload points into the frame.
struct Datagram {
  IpAddress source;
  IpAddress destination;
  std::uint8_t ttl = 0;  // IPv6: hop limit
  std::uint8_t protocol = 0;
  std::span<const std::uint8_t> payload;  // as long as the header says; padding is cut off
};

}  // namespace failover
