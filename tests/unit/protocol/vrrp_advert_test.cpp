// VRRP adverts on the wire (RFC 9568 section 5, RFC 3768 section 5, VRRP.md 1): every vector, every
// truncation and every flipped bit of every vector.

#include "protocol/vrrp/advert.hpp"

#include <algorithm>

#include "protocol/bytes.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vrrp_vectors.hpp"

namespace failover::tests {
namespace {

using vrrp::Covered;
using vrrp::Trailer;
using vrrp::Version;

// What the engine does with a datagram, up to the authentication.
std::optional<Rejection> judge(const Datagram& datagram, const VrrpVector& vector) {
  const auto trailer = vector.has_trailer ? Trailer::allowed : Trailer::refused;
  const auto hop_limit = vector.hop_limit == 255 ? unrouted_ttl : std::uint8_t{0};
  if (const auto rejection = vrrp::misfit(datagram, vector.version, trailer, hop_limit))
    return rejection;
  if (vrrp::named_vrid(datagram.payload)->value() != vector.vrid) return Rejection::id;
  const auto decoded = vrrp::decode(datagram, vector.version);
  if (!decoded) return decoded.error();
  return std::nullopt;
}

Bytes with_flipped_bit(std::span<const std::uint8_t> bytes, std::size_t bit) {
  Bytes flipped(bytes.begin(), bytes.end());
  flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ 0x80U >> bit % 8);
  return flipped;
}

// Over IPv4 the checksum leaves the trailer out (VRRP.md 1.6).
std::size_t bytes_in_checksum(const VrrpVector& vector, std::size_t size) {
  const bool whole = !vector.has_trailer || vector.source.family() == Family::ipv6;
  return whole ? size : size - vrrp::trailer_bytes;
}

// By the byte of the header that a bit is in.
Rejection judged_as(std::size_t bit) {
  if (bit < 4) return Rejection::length;  // of the version that it is then, or of none
  if (bit < 8) return Rejection::version;
  if (bit / 8 == 1) return Rejection::id;
  if (bit / 8 == 3) return Rejection::length;
  return Rejection::checksum;
}

}  // namespace

TEST_CASE("vrrp: every vector decodes to what its sender was configured with") {
  REQUIRE(vrrp_vectors().size() >= 28);
  for (const VrrpVector& vector : vrrp_vectors()) {
    INFO(vector.id);
    const Datagram datagram = datagram_of(vector.frame);
    CHECK(datagram.protocol == protocol_carp);
    REQUIRE_FALSE(judge(datagram, vector));
    const auto decoded = vrrp::decode(datagram, vector.version);
    REQUIRE(decoded);
    CHECK(decoded->covered == vector.covered);
    const vrrp::Advert& advert = decoded->advert;
    CHECK(advert.version == vector.version);
    CHECK(advert.vrid == vector.vrid);
    CHECK(advert.rank == vector.rank);
    CHECK(advert.family == vector.source.family());
    CHECK(advert.authentication_type == vector.authentication_type);
    CHECK(advert.authentication_data == vector.authentication_data);
    CHECK(advert.trailer.size() == (vector.has_trailer ? vrrp::trailer_bytes : 0));
    CHECK(advert.message.size() + advert.trailer.size() == datagram.payload.size());
    REQUIRE(advert.count() == vector.addresses.size());
    for (std::size_t i = 0; i < advert.count(); ++i)
      CHECK(advert.address(i) == vector.addresses[i]);
  }
}

TEST_CASE("vrrp: every vector is made again, byte for byte from Ethernet to the last byte") {
  for (const VrrpVector& vector : vrrp_vectors()) {
    INFO(vector.id);
    const vrrp::Outgoing outgoing = outgoing_of(vector);
    const Bytes message =
        vector.has_trailer ? signed_message_of(outgoing, vector.stamp) : message_of(outgoing);
    CHECK(to_hex(message) == to_hex(datagram_of(vector.frame).payload));
    CHECK(to_hex(framed_like(vector.frame, message)) == to_hex(vector.frame));
  }
}

TEST_CASE("vrrp: RFC 9568 7.1, every truncated advert is refused for its length") {
  for (const VrrpVector& vector : vrrp_vectors()) {
    Datagram datagram = datagram_of(vector.frame);
    const auto whole = datagram.payload;
    for (std::size_t length = 0; length < whole.size(); ++length) {
      INFO(vector.id << " cut to " << length);
      datagram.payload = whole.first(length);
      // Without its whole trailer an advert is still an advert.
      const bool is_whole = vector.has_trailer && length == whole.size() - vrrp::trailer_bytes;
      const auto decoded = vrrp::decode(datagram, vector.version);
      if (is_whole) {
        CHECK_FALSE(vrrp::misfit(datagram, vector.version, Trailer::allowed));
        continue;
      }
      CHECK(judge(datagram, vector) == Rejection::length);
      REQUIRE_FALSE(decoded);
      CHECK(decoded.error() == Rejection::length);
    }
  }
}

TEST_CASE("vrrp: bytes behind an advert are refused, but 28 where a trailer is allowed") {
  for (const VrrpVector& vector : vrrp_vectors()) {
    if (vector.has_trailer) continue;
    Datagram datagram = datagram_of(vector.frame);
    Bytes longer(datagram.payload.begin(), datagram.payload.end());
    for (std::size_t more = 1; more <= 60; ++more) {
      INFO(vector.id << " and " << more);
      longer.push_back(0);
      datagram.payload = longer;
      CHECK(vrrp::misfit(datagram, vector.version, Trailer::refused) == Rejection::length);
      const bool refused =
          vrrp::misfit(datagram, vector.version, Trailer::allowed) == Rejection::length;
      CHECK(refused == (more != vrrp::trailer_bytes));
    }
  }
}

TEST_CASE("vrrp: RFC 9568 5.2.8, each flipped bit of an advert is refused") {
  for (const VrrpVector& vector : vrrp_vectors()) {
    Datagram datagram = datagram_of(vector.frame);
    const auto whole = datagram.payload;
    const std::size_t covered = bytes_in_checksum(vector, whole.size());
    for (std::size_t bit = 0; bit < covered * 8; ++bit) {
      INFO(vector.id << " bit " << bit);
      const Bytes flipped = with_flipped_bit(whole, bit);
      datagram.payload = flipped;
      const auto rejection = judge(datagram, vector);
      // A version that no length is known of has the length of the one that is expected.
      if (bit < 4 && rejection == Rejection::version) continue;
      CHECK(rejection == judged_as(bit));
    }
  }
}

TEST_CASE("vrrp: each flipped bit that length and version let through is refused by the checksum") {
  for (const VrrpVector& vector : vrrp_vectors()) {
    Datagram datagram = datagram_of(vector.frame);
    const auto whole = datagram.payload;
    for (std::size_t bit = 8; bit < bytes_in_checksum(vector, whole.size()) * 8; ++bit) {
      if (bit / 8 == 3) continue;
      INFO(vector.id << " bit " << bit);
      const Bytes flipped = with_flipped_bit(whole, bit);
      datagram.payload = flipped;
      const auto decoded = vrrp::decode(datagram, vector.version);
      REQUIRE_FALSE(decoded);
      CHECK(decoded.error() == Rejection::checksum);
    }
  }
}

TEST_CASE("vrrp: an advert moved to another source or destination fails where those are covered") {
  for (const VrrpVector& vector : vrrp_vectors()) {
    if (vector.covered != Covered::pseudo_header) continue;
    INFO(vector.id);
    Datagram moved = datagram_of(vector.frame);
    moved.source = address(moved.source.family() == Family::ipv4 ? "192.0.2.77" : "fe80::77");
    CHECK(judge(moved, vector) == Rejection::checksum);
    moved.source = vector.source;
    moved.destination = address(moved.source.family() == Family::ipv4 ? "224.0.0.77" : "ff02::77");
    CHECK(judge(moved, vector) == Rejection::checksum);
  }
}

TEST_CASE("vrrp: PRODUCT 7, length is judged before TTL, TTL before version, then the checksum") {
  const VrrpVector& vector = vrrp_vector_named("ka-v3-v4");
  Datagram datagram = datagram_of(vector.frame);
  Bytes bytes(datagram.payload.begin(), datagram.payload.end());
  const auto judged = [&] {
    datagram.payload = bytes;
    return judge(datagram, vector);
  };
  bytes[6] ^= 1U;
  CHECK(judged() == Rejection::checksum);
  bytes[1] = 1;
  CHECK(judged() == Rejection::id);
  bytes[0] = 0x32;
  CHECK(judged() == Rejection::version);
  datagram.ttl = 254;
  CHECK(judged() == Rejection::ttl);
  bytes.push_back(0);
  CHECK(judged() == Rejection::length);
}

TEST_CASE("vrrp: RFC 9568 5.1.1.3, 5.1.2.3, any TTL but 255 is refused, unless for unicast") {
  for (const char* id : {"ka-v2-noauth-first", "ka-v3-v4", "ka-v3-v6"}) {
    const VrrpVector& vector = vrrp_vector_named(id);
    Datagram datagram = datagram_of(vector.frame);
    for (unsigned ttl = 0; ttl < 255; ++ttl) {
      INFO(id << " with TTL " << ttl);
      datagram.ttl = static_cast<std::uint8_t>(ttl);
      CHECK(vrrp::misfit(datagram, vector.version, Trailer::refused) == Rejection::ttl);
      CHECK_FALSE(vrrp::misfit(datagram, vector.version, Trailer::refused, 0));
    }
  }
}

TEST_CASE("vrrp: RFC 9568 5.2.1, an advert of the other version is counted as that") {
  for (const VrrpVector& vector : vrrp_vectors()) {
    INFO(vector.id);
    const Datagram datagram = datagram_of(vector.frame);
    const auto other = vector.version == Version::v2 ? Version::v3 : Version::v2;
    CHECK(vrrp::misfit(datagram, other, Trailer::allowed, 0) == Rejection::version);
    CHECK(vrrp::decode(datagram, other).error() == Rejection::version);
  }
}

TEST_CASE("vrrp: RFC 9568 5.2.2, an unknown type is refused, whatever its checksum") {
  const VrrpVector& vector = vrrp_vector_named("ka243-v3-v4-rfc9568");
  Datagram datagram = datagram_of(vector.frame);
  Bytes bytes(datagram.payload.begin(), datagram.payload.end());
  for (const unsigned type : {0U, 2U, 3U, 15U}) {
    INFO(type);
    bytes[0] = static_cast<std::uint8_t>(0x30 | type);
    bytes[6] = bytes[7] = 0;
    ByteWriter(std::span(bytes).subspan(6)).u16(internet_checksum(bytes));
    datagram.payload = bytes;
    CHECK(judge(datagram, vector) == Rejection::version);
  }
}

TEST_CASE("vrrp: RFC 3768 5, version 2 over IPv6 is nobody's version") {
  // As keepalived sends it when told to: without the authentication data.
  Bytes bytes = from_hex("213364010001000020010db8000000000000000000000001");
  const Datagram datagram{.source = address("fe80::1"),
                          .destination = advert_group6,
                          .ttl = 255,
                          .protocol = protocol_carp,
                          .payload = bytes};
  CHECK(vrrp::misfit(datagram, Version::v3, Trailer::refused) == Rejection::version);
  CHECK(vrrp::misfit(datagram, Version::v2, Trailer::refused) == Rejection::length);
  bytes.resize(bytes.size() + vrrp::authentication_bytes);
  Datagram longer = datagram;
  longer.payload = bytes;
  CHECK(vrrp::misfit(longer, Version::v2, Trailer::refused) == Rejection::version);
}

TEST_CASE("vrrp: an advert names its VRID if it is long enough, and 0 is none") {
  CHECK_FALSE(vrrp::named_vrid({}));
  CHECK_FALSE(vrrp::named_vrid(from_hex("31")));
  CHECK_FALSE(vrrp::named_vrid(from_hex("3100")));
  CHECK(vrrp::named_vrid(from_hex("3101")) == vrrp::Vrid::of<1>());
  CHECK(vrrp::named_vrid(from_hex("31ff00")) == vrrp::Vrid::of<255>());
}

}  // namespace failover::tests
