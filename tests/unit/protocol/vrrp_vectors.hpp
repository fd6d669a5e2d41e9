#pragma once
// The VRRP vectors of tests/data/vectors/vrrp.json: frames of keepalived 2.2.7, keepalived 2.4.3
// and FRR 8.4.4, and what those were configured with.

#include <string>
#include <string_view>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/vrrp/advert.hpp"
#include "protocol/vrrp/hmac.hpp"
#include "tests/unit/protocol/vectors.hpp"

namespace failover::tests {

struct VrrpVector {
  std::string id;
  Bytes frame;
  vrrp::Version version = vrrp::Version::v3;
  std::uint8_t vrid = 0;
  vrrp::Rank rank;
  std::vector<IpAddress> addresses;
  IpAddress source;
  IpAddress destination;
  std::uint8_t hop_limit = 255;
  std::uint8_t authentication_type = 0;
  vrrp::Password authentication_data{};
  vrrp::Covered covered = vrrp::Covered::message;
  bool has_trailer = false;
  vrrp::Stamp stamp;
};
[[nodiscard]] const std::vector<VrrpVector>& vrrp_vectors();
[[nodiscard]] const VrrpVector& vrrp_vector_named(std::string_view id);

// Of a vector that is no advert: a gratuitous ARP or a neighbour advertisement.
[[nodiscard]] Bytes vrrp_frame_named(std::string_view id);

// The datagram of a frame of either family, which has to have one, and to live as long.
[[nodiscard]] Datagram datagram_of(std::span<const std::uint8_t> frame);
Datagram datagram_of(Bytes&& frame) = delete;

// Key 1 of every vector with a trailer: 00 01 02 .. 1f.
[[nodiscard]] vrrp::HmacKey vector_key();

// What its sender was told to send.
[[nodiscard]] vrrp::Outgoing outgoing_of(const VrrpVector& vector);
// The message that we make of it, with its trailer if it has one.
[[nodiscard]] Bytes message_of(const vrrp::Outgoing& outgoing);
[[nodiscard]] Bytes signed_message_of(const vrrp::Outgoing& outgoing, const vrrp::Stamp& stamp);

// `like` with our headers in front of `payload`. Taken from `like` is what no sender can foresee:
// the IPv4 identification with DF, and the IPv6 flow label (VRRP.md 0, item 9).
[[nodiscard]] Bytes framed_like(const Bytes& like, const Bytes& payload);

}  // namespace failover::tests
