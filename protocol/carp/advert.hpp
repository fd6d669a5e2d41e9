#pragma once
// The CARP header, version 2 (CARP.md 1.1): always 36 bytes behind the IP header.

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "protocol/carp/parameters.hpp"
#include "protocol/carp/timing.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/rejection.hpp"
#include "protocol/result.hpp"

namespace failover::carp {

inline constexpr std::size_t advert_bytes = 36;
inline constexpr std::size_t digest_bytes = 20;
using Digest = std::array<std::uint8_t, digest_bytes>;

struct Advert {
  std::uint8_t vhid = 0;
  Rank rank;
  std::uint64_t counter = 0;
  Digest digest{};
  friend bool operator==(const Advert&, const Advert&) = default;
};

// The VHID that a packet names, if it is long enough to name one: so that a rejection can be
// counted where it belongs. Says nothing about whether the packet is any good.
[[nodiscard]] std::optional<Vhid> named_vhid(std::span<const std::uint8_t> payload);

// The first half of the judgement, before the router is known: length (36, and 7 words of
// authentication, which tells it from a VRRPv2 advert with five addresses), TTL or hop limit (less
// is only for unicast), version and type.
[[nodiscard]] std::optional<Rejection> misfit(const Datagram& datagram,
                                              std::uint8_t least_ttl = unrouted_ttl);

// The second half but the digest: checksum. For a payload that misfit() has nothing against.
[[nodiscard]] Result<Advert, Rejection> decode(std::span<const std::uint8_t> payload);

// Byte for byte what the other implementations send; the checksum is made here.
[[nodiscard]] std::array<std::uint8_t, advert_bytes> encode(const Advert& advert);

}  // namespace failover::carp
