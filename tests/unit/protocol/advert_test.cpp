// Judgement of packets (PRODUCT: 7, the order; CARP.md 1.1, 1.3): every vector, every truncation
// and every flipped bit of every vector.

#include "protocol/carp/advert.hpp"

#include "protocol/bytes.hpp"
#include "protocol/carp/authenticator.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vectors.hpp"

namespace failover::tests {
namespace {

using carp::Advert;

Datagram datagram(std::span<const std::uint8_t> payload) {
  return {.source = address("192.0.2.11"),
          .destination = advert_group4,
          .ttl = 255,
          .protocol = protocol_carp,
          .payload = payload};
}

// What the engine does with a payload, up to the digest.
std::optional<Rejection> judge(std::span<const std::uint8_t> payload, const Vector& vector) {
  if (const auto rejection = carp::misfit(datagram(payload))) return rejection;
  if (carp::named_vhid(payload) != vector.vhid) return Rejection::id;
  const auto advert = carp::decode(payload);
  if (!advert) return advert.error();
  const carp::Authenticator authenticator(vector.key, vector.vhid, vector.hashed);
  if (!authenticator.matches(*advert)) return Rejection::digest;
  return std::nullopt;
}

void make_checksum_right(Bytes& packet) {
  packet[6] = packet[7] = 0;
  const std::uint16_t checksum = internet_checksum(packet);
  packet[6] = static_cast<std::uint8_t>(checksum >> 8);
  packet[7] = static_cast<std::uint8_t>(checksum & 0xff);
}

Bytes with_flipped_bit(const Bytes& packet, std::size_t bit) {
  Bytes flipped = packet;
  flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ 0x80U >> bit % 8);
  return flipped;
}

constexpr std::size_t bits = carp::advert_bytes * 8;

// By the byte of the header that a bit is in: CARP.md 1.1.
bool is_rank(std::size_t byte) { return byte == 2 || byte == 4 || byte == 5; }

// How a packet with one flipped bit is judged; `otherwise` is for those that have no check of
// their own in front of it.
Rejection judged_as(std::size_t byte, Rejection otherwise) {
  switch (byte) {
    case 0: return Rejection::version;
    case 1: return Rejection::id;
    case 3: return Rejection::length;
    default: return otherwise;
  }
}

}  // namespace

TEST_CASE("CARP 1.1: every vector decodes to what its sender was configured with") {
  for (const Vector& vector : vectors()) {
    INFO(vector.id);
    CHECK_FALSE(judge(vector.packet, vector));
    const auto advert = carp::decode(vector.packet);
    REQUIRE(advert);
    CHECK(*advert == Advert{.vhid = vector.vhid.value(),
                            .rank = vector.rank,
                            .counter = vector.counter,
                            .digest = vector.digest});
  }
}

TEST_CASE("CARP 1.1: every vector is encoded byte for byte") {
  for (const Vector& vector : vectors()) {
    INFO(vector.id);
    const carp::Authenticator authenticator(vector.key, vector.vhid, vector.hashed);
    const Advert advert{.vhid = vector.vhid.value(),
                        .rank = vector.rank,
                        .counter = vector.counter,
                        .digest = authenticator.digest(vector.counter)};
    CHECK(to_hex(carp::encode(advert)) == to_hex(vector.packet));
  }
}

TEST_CASE("CARP 1.1: OpenBSD's demotion count is byte 4") {
  Advert advert{.vhid = 1, .rank = {.advbase = 1, .advskew = 2, .demote = 3}};
  const auto packet = carp::encode(advert);
  CHECK(packet[4] == 3);
  CHECK(carp::decode(packet) == advert);
}

TEST_CASE("CARP 1.1: every truncation is rejected for its length") {
  for (const Vector& vector : vectors()) {
    for (std::size_t length = 0; length < vector.packet.size(); ++length) {
      INFO(vector.id << " cut to " << length);
      CHECK(carp::misfit(datagram(std::span(vector.packet).first(length))) == Rejection::length);
    }
  }
}

TEST_CASE("CARP 1.3: trailing bytes are rejected for their length") {
  Bytes packet = vector_named("U1").packet;
  while (packet.size() < 128) {
    packet.push_back(0);
    INFO(packet.size());
    CHECK(carp::misfit(datagram(packet)) == Rejection::length);
  }
}

TEST_CASE("CARP 1.1: a VRRPv2 advert, which has the same version, is rejected for its length") {
  // Three addresses make 16 + 4 * 3 = 28 bytes, five make 36: then byte 3 is 5.
  Bytes packet(36, 0);
  packet[0] = 0x21;
  packet[1] = 1;
  packet[3] = 5;
  make_checksum_right(packet);
  CHECK(carp::misfit(datagram(packet)) == Rejection::length);
  CHECK(carp::misfit(datagram(std::span(packet).first(28))) == Rejection::length);
}

TEST_CASE("PRODUCT 8.8: every TTL but 255 is rejected") {
  const Bytes& packet = vector_named("U1").packet;
  for (int ttl = 0; ttl < 256; ++ttl) {
    INFO(ttl);
    Datagram received = datagram(packet);
    received.ttl = static_cast<std::uint8_t>(ttl);
    CHECK(carp::misfit(received) == (ttl == 255 ? std::nullopt : std::optional(Rejection::ttl)));
  }
}

TEST_CASE("CARP 1.1: every version and type but 2 and 1 is rejected") {
  Bytes packet = vector_named("U1").packet;
  for (int first = 0; first < 256; ++first) {
    INFO(first);
    packet[0] = static_cast<std::uint8_t>(first);
    CHECK(carp::misfit(datagram(packet)) ==
          (first == 0x21 ? std::nullopt : std::optional(Rejection::version)));
  }
}

TEST_CASE("PRODUCT 7: length is judged before TTL, TTL before version, version before checksum") {
  Bytes packet = vector_named("U1").packet;
  packet[0] = 0x31;
  packet[20] ^= 1U;
  Datagram received = datagram(packet);
  CHECK(carp::misfit(received) == Rejection::version);
  received.ttl = 64;
  CHECK(carp::misfit(received) == Rejection::ttl);
  packet[3] = 6;
  CHECK(carp::misfit(received) == Rejection::length);
}

TEST_CASE("CARP 1.3: each flipped bit is rejected, by the checksum if by nothing before") {
  for (const Vector& vector : vectors()) {
    for (std::size_t bit = 0; bit < bits; ++bit) {
      INFO(vector.id << " byte " << bit / 8 << " bit " << bit % 8);
      const Bytes packet = with_flipped_bit(vector.packet, bit);
      CHECK(judge(packet, vector) == judged_as(bit / 8, Rejection::checksum));
      const auto advert = carp::decode(packet);
      REQUIRE_FALSE(advert);
      CHECK(advert.error() == Rejection::checksum);
    }
  }
}

TEST_CASE("CARP 2.2: with the checksum made right, each bit that the digest covers is rejected") {
  for (const Vector& vector : vectors()) {
    for (std::size_t bit = 0; bit < bits; ++bit) {
      const std::size_t byte = bit / 8;
      if (is_rank(byte) || byte == 6 || byte == 7) continue;
      INFO(vector.id << " byte " << byte << " bit " << bit % 8);
      Bytes packet = with_flipped_bit(vector.packet, bit);
      make_checksum_right(packet);
      CHECK(judge(packet, vector) == judged_as(byte, Rejection::digest));
    }
  }
}

// A router with the flipped VHID, the same password and addresses still rejects it.
TEST_CASE("CARP 2.2: an advert that is moved to another VHID is rejected by the digest") {
  for (const Vector& vector : vectors()) {
    for (std::size_t bit = 8; bit < 16; ++bit) {
      Bytes packet = with_flipped_bit(vector.packet, bit);
      make_checksum_right(packet);
      const auto vhid = carp::named_vhid(packet);
      if (!vhid) continue;
      INFO(vector.id << " as " << int{vhid->value()});
      const carp::Authenticator authenticator(vector.key, *vhid, vector.hashed);
      CHECK_FALSE(authenticator.matches(carp::decode(packet).value()));
    }
  }
}

TEST_CASE("CARP 1.1: the rank is outside the digest, and decodes as it was changed") {
  for (const Vector& vector : vectors()) {
    for (std::size_t bit = 0; bit < bits; ++bit) {
      const std::size_t byte = bit / 8;
      if (!is_rank(byte)) continue;
      INFO(vector.id << " byte " << byte << " bit " << bit % 8);
      Bytes packet = with_flipped_bit(vector.packet, bit);
      make_checksum_right(packet);
      CHECK_FALSE(judge(packet, vector));
      CHECK(carp::decode(packet).value().rank ==
            carp::Rank{.advbase = packet[5], .advskew = packet[2], .demote = packet[4]});
    }
  }
}

TEST_CASE("the VHID that a packet names is its second byte, 0 and a missing one name nothing") {
  CHECK(carp::named_vhid(Bytes{}) == std::nullopt);
  CHECK(carp::named_vhid(Bytes{0x21}) == std::nullopt);
  CHECK(carp::named_vhid(Bytes{0x21, 0}) == std::nullopt);
  CHECK(carp::named_vhid(Bytes{0x21, 1}) == carp::Vhid::of<1>());
  CHECK(carp::named_vhid(Bytes{0xff, 255}) == carp::Vhid::of<255>());
}

}  // namespace failover::tests
