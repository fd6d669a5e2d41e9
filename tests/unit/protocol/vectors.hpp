#pragma once
// The CARP vectors of tests/data/vectors/carp.json: captured from ucarp, or computed by the rules
// of FreeBSD and OpenBSD.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/carp/advert.hpp"
#include "protocol/carp/parameters.hpp"

namespace failover::tests {

using Bytes = std::vector<std::uint8_t>;

[[nodiscard]] Bytes from_hex(std::string_view hex);
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);

struct Vector {
  std::string id;
  std::string capture;  // file name, empty for computed ones
  Bytes key;            // NUL padded to 20 bytes
  carp::Vhid vhid = carp::Vhid::of<1>();
  carp::Rank rank;
  std::vector<IpAddress> configured;  // in the order of the sender's configuration
  std::vector<IpAddress> hashed;      // those that are in the digest, read from its message
  std::uint64_t counter = 0;
  carp::Digest digest{};
  Bytes packet;
  Bytes frame;
};
[[nodiscard]] const std::vector<Vector>& vectors();
[[nodiscard]] const Vector& vector_named(std::string_view id);

[[nodiscard]] IpAddress address(std::string_view text);

}  // namespace failover::tests
