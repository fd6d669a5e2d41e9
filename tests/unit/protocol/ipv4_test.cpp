#include "protocol/ipv4.hpp"

#include "protocol/bytes.hpp"
#include "protocol/carp/advert.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vectors.hpp"

namespace failover::tests {
namespace {

Bytes datagram_of(const char* id) {
  const Bytes& frame = vector_named(id).frame;
  return {frame.begin() + ethernet_header, frame.end()};
}

// The header length is taken from the first byte, as the sender would.
void make_header_checksum_right(Bytes& datagram) {
  datagram[10] = datagram[11] = 0;
  const std::size_t header = std::min<std::size_t>((datagram[0] & 0x0fU) * 4U, datagram.size());
  const std::uint16_t checksum = internet_checksum(std::span(datagram).first(header));
  datagram[10] = static_cast<std::uint8_t>(checksum >> 8);
  datagram[11] = static_cast<std::uint8_t>(checksum & 0xff);
}

bool is_refused(const Bytes& datagram) {
  const auto parsed = parse_ipv4(datagram);
  return !parsed && parsed.error() == Rejection::ip_header;
}

// U1 with one byte changed and the header's checksum right.
Bytes changed(std::size_t byte, std::uint8_t value) {
  Bytes datagram = datagram_of("U1");
  datagram[byte] = value;
  make_header_checksum_right(datagram);
  return datagram;
}

}  // namespace

TEST_CASE("an Ethernet frame is taken apart") {
  const auto frame = parse_ethernet(vector_named("U1").frame);
  REQUIRE(frame);
  CHECK(frame->destination == advert_group4_mac);
  CHECK(frame->source.text() == "00:00:5e:00:00:01");
  CHECK_FALSE(frame->vlan);
  CHECK(frame->type == ethertype_ipv4);
  CHECK(frame->payload.size() == 56);
}

TEST_CASE("a frame that is shorter than its header is refused") {
  const Bytes& bytes = vector_named("U1").frame;
  for (std::size_t length = 0; length < ethernet_header; ++length)
    CHECK_FALSE(parse_ethernet(std::span(bytes).first(length)));
  const auto empty = parse_ethernet(std::span(bytes).first(ethernet_header));
  REQUIRE(empty);
  CHECK(empty->payload.empty());
}

TEST_CASE("a VLAN tag is told, with the type and payload behind it, its priority is not the id") {
  struct Row {
    const char* tag;
    std::uint16_t vlan;
  };
  for (const Row& row : {Row{"81000000", 0}, Row{"8100e000", 0}, Row{"8100000a", 10},
                         Row{"8100f00a", 10}, Row{"81000fff", 4095}}) {
    INFO(row.tag);
    Bytes bytes = vector_named("U1").frame;
    const Bytes tag = from_hex(row.tag);
    bytes.insert(bytes.begin() + 12, tag.begin(), tag.end());
    const auto frame = parse_ethernet(bytes);
    REQUIRE(frame);
    CHECK(frame->vlan == row.vlan);
    CHECK(frame->type == ethertype_ipv4);
    CHECK(parse_ipv4(frame->payload));
    for (std::size_t length = 0; length < ethernet_header + 4; ++length)
      CHECK_FALSE(parse_ethernet(std::span(bytes).first(length)));
  }
}

TEST_CASE("RFC 791: a datagram is taken apart") {
  const Bytes bytes = datagram_of("U1");
  const auto datagram = parse_ipv4(bytes);
  REQUIRE(datagram);
  CHECK(datagram->source == address("192.0.2.11"));
  CHECK(datagram->destination == advert_group4);
  CHECK(datagram->ttl == 255);
  CHECK(datagram->protocol == protocol_carp);
  CHECK(to_hex(datagram->payload) == to_hex(vector_named("U1").packet));
}

TEST_CASE("RFC 791: every truncated datagram is refused") {
  const Bytes whole = datagram_of("U1");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    INFO(length);
    CHECK(is_refused(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))));
  }
}

TEST_CASE("RFC 791: each flipped bit of the header is refused") {
  for (std::size_t bit = 0; bit < ipv4_header * 8; ++bit) {
    INFO("byte " << bit / 8 << " bit " << bit % 8);
    Bytes datagram = datagram_of("U1");
    datagram[bit / 8] = static_cast<std::uint8_t>(datagram[bit / 8] ^ 0x80U >> bit % 8);
    CHECK(is_refused(datagram));
  }
}

TEST_CASE("RFC 791: versions other than 4 and headers of less than 20 bytes are refused") {
  for (unsigned first = 0; first < 256; ++first) {
    INFO(first);
    // With options the header reaches into the payload: 60 bytes do not fit the datagram's 56.
    const bool fits = first >> 4 == 4 && (first & 0xf) >= 5 && (first & 0xf) <= 14;
    CHECK(is_refused(changed(0, static_cast<std::uint8_t>(first))) == !fits);
  }
}

TEST_CASE("RFC 791: a total length that is less than the header or more than arrived is refused") {
  CHECK(is_refused(changed(3, 19)));
  CHECK(is_refused(changed(3, 57)));
  CHECK(is_refused(changed(2, 1)));
  CHECK_FALSE(is_refused(changed(3, 20)));
  CHECK(parse_ipv4(changed(3, 20))->payload.empty());
}

TEST_CASE("RFC 791: fragments are refused, first, middle and last, DF alone is none") {
  CHECK(is_refused(changed(6, 0x20)));  // more fragments
  CHECK(is_refused(changed(6, 0x60)));
  CHECK(is_refused(changed(7, 0x01)));  // offset
  CHECK(is_refused(changed(6, 0x1f)));
  CHECK_FALSE(is_refused(changed(6, 0x40)));
  CHECK_FALSE(is_refused(changed(6, 0x00)));
}

TEST_CASE("RFC 791: options are skipped") {
  Bytes datagram = datagram_of("U1");
  const Bytes router_alert = from_hex("94040000");
  datagram.insert(datagram.begin() + ipv4_header, router_alert.begin(), router_alert.end());
  datagram[0] = 0x46;
  datagram[3] = static_cast<std::uint8_t>(datagram[3] + 4);
  make_header_checksum_right(datagram);
  const auto parsed = parse_ipv4(datagram);
  REQUIRE(parsed);
  CHECK(to_hex(parsed->payload) == to_hex(vector_named("U1").packet));
  datagram[21] ^= 1U;  // the checksum covers them
  CHECK(is_refused(datagram));
}

TEST_CASE("Ethernet's padding behind a datagram is cut off") {
  Bytes datagram = datagram_of("U1");
  datagram.resize(300, 0xee);
  const auto parsed = parse_ipv4(datagram);
  REQUIRE(parsed);
  CHECK(to_hex(parsed->payload) == to_hex(vector_named("U1").packet));
}

TEST_CASE("the TTL is told as it is: whether it is right depends on the protocol") {
  CHECK(parse_ipv4(changed(8, 0))->ttl == 0);
  CHECK(parse_ipv4(changed(8, 254))->ttl == 254);
}

TEST_CASE("CARP 1.2: headers are byte for byte those of the BSDs, with IP id 0") {
  struct Row {
    const char* id;
    std::uint8_t type_of_service;
  };
  for (const Row& row : {Row{"O1", 0x10}, Row{"F1", 0xe0}}) {
    INFO(row.id);
    const Bytes& expected = vector_named(row.id).frame;
    Bytes frame(ethernet_header + ipv4_header, 0xee);
    write_advert_headers(frame, {.source_mac = parse_ethernet(expected)->source,
                                 .source = parse_ipv4(datagram_of(row.id))->source,
                                 .type_of_service = row.type_of_service,
                                 .payload_bytes = carp::advert_bytes});
    CHECK(to_hex(frame) == to_hex(std::span(expected).first(frame.size())));
  }
}

}  // namespace failover::tests
