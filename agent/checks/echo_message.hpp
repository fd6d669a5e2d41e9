#pragma once
// ICMP echo messages (RFC 792, RFC 4443), as bytes, and the filters of sockets that wait for them.

#include <linux/filter.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocol/address.hpp"

namespace failover::checks {

struct Echo {
  std::uint16_t identifier = 0;
  std::uint16_t sequence = 0;
  std::array<std::uint8_t, 8> token{};
  friend bool operator==(const Echo&, const Echo&) = default;
};

// Type, code, checksum, identifier, sequence number, and the token as the data.
inline constexpr std::size_t echo_bytes = 16;

// The checksum of ICMPv6 is left to the kernel, which knows the addresses.
[[nodiscard]] std::array<std::uint8_t, echo_bytes> echo_request(Family family, const Echo& echo);

// What a raw socket of the family has received: with the IPv4 header, or without the IPv6 one.
// Nothing when it is no echo reply like ours. The kernel has checked ICMPv6's checksum, but not
// ICMP's: raw sockets get their copy before.
[[nodiscard]] std::optional<Echo> echo_reply(Family family, std::span<const std::uint8_t> packet);

// A socket filter that passes echo replies with the identifier.
[[nodiscard]] std::vector<sock_filter> reply_filter(Family family, std::uint16_t identifier);

}  // namespace failover::checks
