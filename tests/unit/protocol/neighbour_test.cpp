#include "protocol/neighbour.hpp"

#include "protocol/bytes.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "protocol/pseudo_header.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vrrp_vectors.hpp"

namespace failover::tests {
namespace {

const MacAddress own{{0x02, 0, 0, 0, 0, 0x01}};
const MacAddress peers{{0x02, 0, 0, 0, 0, 0x02}};
const IpAddress shared = address("2001:db8:1::100");

// A neighbour advertisement that a test may spoil: message is all behind the IPv6 header.
struct Sample {
  Bytes message;
  IpAddress source = shared;
  IpAddress destination = all_nodes6;
  std::uint8_t hop_limit = 255;
  std::uint8_t protocol = protocol_icmpv6;

  Sample() {
    const Bytes frame = vrrp_frame_named("frr-una");
    const auto payload = datagram_of(frame).payload;
    message.assign(payload.begin(), payload.end());
  }
  [[nodiscard]] std::optional<NeighbourAdvertisement> parsed() const {
    return parse_neighbour_advertisement({.source = source,
                                          .destination = destination,
                                          .ttl = hop_limit,
                                          .protocol = protocol,
                                          .payload = message});
  }
  void make_checksum_right() {
    message[2] = message[3] = 0;
    ByteWriter(std::span(message).subspan(2))
        .u16(checksum_with_addresses(source, destination, protocol_icmpv6, message));
  }
  // With something else changed and the checksum right.
  [[nodiscard]] std::optional<NeighbourAdvertisement> mended() {
    make_checksum_right();
    return parsed();
  }
};

}  // namespace

TEST_CASE("RFC 4861 4.4: the advertisements of keepalived and FRR are read") {
  struct Row {
    const char* id;
    MacAddress holder;
    bool router;
  };
  const Row rows[] = {
      {"ka-una", MacAddress{{0x02, 0, 0, 0, 0x0a, 0x01}}, false},
      {"ka-una-vmac-fwd", MacAddress{{0x00, 0x00, 0x5e, 0x00, 0x02, 0x33}}, true},
      {"frr-una", MacAddress{{0x00, 0x00, 0x5e, 0x00, 0x02, 0x33}}, true},
  };
  for (const Row& row : rows) {
    INFO(row.id);
    const Bytes frame = vrrp_frame_named(row.id);
    const auto message = parse_neighbour_advertisement(datagram_of(frame));
    REQUIRE(message);
    CHECK(message->target == shared);
    CHECK(message->holder == row.holder);
    CHECK(message->router == row.router);
    CHECK_FALSE(message->solicited);
    CHECK(message->overrides);
  }
}

TEST_CASE("vrrp: RFC 9568 8.2.2, ours are byte for byte those of keepalived and FRR") {
  for (const char* id : {"ka-una", "ka-una-vmac-fwd", "frr-una"}) {
    INFO(id);
    const Bytes frame = vrrp_frame_named(id);
    const auto message = parse_neighbour_advertisement(datagram_of(frame));
    CHECK(to_hex(unsolicited_advertisement(
              parse_ethernet(frame)->source, *message->holder, message->target,
              message->router ? Forwards::yes : Forwards::no)) == to_hex(frame));
  }
}

TEST_CASE("an advertisement for a peer has its MAC inside and ours as the frame's source") {
  const auto frame = unsolicited_advertisement(own, peers, shared, Forwards::no);
  CHECK(parse_ethernet(frame)->source == own);
  CHECK(parse_ethernet(frame)->destination == all_nodes6_mac);
  const Datagram datagram = datagram_of(frame);
  CHECK(datagram.source == shared);
  CHECK(datagram.destination == all_nodes6);
  const auto message = parse_neighbour_advertisement(datagram);
  REQUIRE(message);
  CHECK(message->holder == peers);
  CHECK_FALSE(message->router);
}

TEST_CASE("RFC 4862 5.4.2: a probe asks all who could have the address, from no address") {
  const auto frame = address_probe(own, address("2001:db8::1:2345:6789"));
  CHECK(to_hex(frame) ==
        "3333ff456789"
        "020000000001"
        "86dd"
        "60000000"
        "0018"
        "3a"
        "ff"
        "00000000000000000000000000000000"
        "ff0200000000000000000001ff456789"
        "87"
        "00"
        "5a51"
        "00000000"
        "20010db8000000000000000123456789");
  // A checksum that is right makes the sum come to nothing.
  const Datagram datagram = datagram_of(frame);
  CHECK(checksum_with_addresses(datagram.source, datagram.destination, protocol_icmpv6,
                                datagram.payload) == 0);
}

TEST_CASE("RFC 4861 7.1.2: each flipped bit of an advertisement is refused") {
  const Sample whole;
  for (std::size_t bit = 0; bit < whole.message.size() * 8; ++bit) {
    INFO(bit);
    Sample flipped;
    flipped.message[bit / 8] =
        static_cast<std::uint8_t>(flipped.message[bit / 8] ^ 0x80U >> bit % 8);
    CHECK_FALSE(flipped.parsed());
  }
}

TEST_CASE("RFC 4861 7.1.2: every truncated advertisement is refused, unless between its options") {
  const std::size_t whole = Sample().message.size();
  for (std::size_t length = 4; length <= whole; ++length) {
    INFO(length);
    Sample cut;
    cut.message.resize(length);
    CHECK(cut.mended().has_value() == (length == 24 || length == whole));
  }
  for (std::size_t length = 0; length < 4; ++length) {
    Sample cut;
    cut.message.resize(length);
    CHECK_FALSE(cut.parsed());
  }
}

TEST_CASE("RFC 4861 7.1.2: hop limit 255, type, code and protocol are required") {
  Sample other;
  other.hop_limit = 254;
  CHECK_FALSE(other.parsed());
  other = Sample();
  other.protocol = 112;
  CHECK_FALSE(other.parsed());
  other = Sample();
  other.message[0] = 135;
  CHECK_FALSE(other.mended());
  other = Sample();
  other.message[1] = 1;
  CHECK_FALSE(other.mended());
  CHECK(Sample().mended());
}

TEST_CASE("RFC 4861 7.1.2: a multicast target is refused, and S to a multicast address") {
  Sample other;
  other.message[8] = 0xff;
  CHECK_FALSE(other.mended());
  other = Sample();
  other.message[4] |= 0x40;
  CHECK_FALSE(other.mended());
  other.destination = address("fe80::1");
  const auto solicited = other.mended();
  REQUIRE(solicited);
  CHECK(solicited->solicited);
}

TEST_CASE("RFC 4861 4.4: without a link-layer address nobody is named as the holder") {
  Sample without;
  without.message.resize(24);
  const auto message = without.mended();
  REQUIRE(message);
  CHECK_FALSE(message->holder);
  CHECK(message->target == shared);
}

TEST_CASE("RFC 4861 4.6: other options are skipped, whichever their number and length") {
  Sample other;
  const Bytes nonce = from_hex("0e01112233445566");
  const Bytes longer = from_hex("0302112233445566778899aabbccddee");
  other.message.insert(other.message.begin() + 24, nonce.begin(), nonce.end());
  other.message.insert(other.message.begin() + 24, longer.begin(), longer.end());
  other.message.insert(other.message.end(), nonce.begin(), nonce.end());
  const auto message = other.mended();
  REQUIRE(message);
  CHECK(message->holder == MacAddress{{0x00, 0x00, 0x5e, 0x00, 0x02, 0x33}});
}

TEST_CASE(
    "RFC 4861 4.6.1: a link-layer address of another length is no MAC, the first MAC counts") {
  Sample other;
  const Bytes infiniband = from_hex("0203112233445566778899aabbccddeeff00112233445566");
  other.message.insert(other.message.begin() + 24, infiniband.begin(), infiniband.end());
  const Bytes second = from_hex("0201020000000001");
  other.message.insert(other.message.end(), second.begin(), second.end());
  const auto message = other.mended();
  REQUIRE(message);
  CHECK(message->holder == MacAddress{{0x00, 0x00, 0x5e, 0x00, 0x02, 0x33}});
}

TEST_CASE("RFC 4861 7.1.2: an option without a length, or cut off, spoils the advertisement") {
  Sample other;
  other.message[25] = 0;
  CHECK_FALSE(other.mended());
  other.message[25] = 2;
  CHECK_FALSE(other.mended());
  other.message[25] = 0xff;
  CHECK_FALSE(other.mended());
}

}  // namespace failover::tests
