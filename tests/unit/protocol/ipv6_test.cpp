#include "protocol/ipv6.hpp"

#include "protocol/bytes.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/pseudo_header.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vrrp_vectors.hpp"

namespace failover::tests {
namespace {

Bytes sample() {
  const Bytes frame = vrrp_frame_named("ka-v3-v6");
  return {frame.begin() + ethernet_header, frame.end()};
}

bool is_refused(std::span<const std::uint8_t> bytes) {
  const auto parsed = parse_ipv6(bytes);
  return !parsed && parsed.error() == Rejection::ip_header;
}

Bytes changed(std::size_t byte, std::uint8_t value) {
  Bytes bytes = sample();
  bytes[byte] = value;
  return bytes;
}

}  // namespace

TEST_CASE("RFC 8200 3: an IPv6 datagram is read") {
  const Bytes bytes = sample();
  const auto parsed = parse_ipv6(bytes);
  REQUIRE(parsed);
  CHECK(parsed->source == address("fe80::ff:fe00:a01"));
  CHECK(parsed->destination == advert_group6);
  CHECK(parsed->ttl == 255);
  CHECK(parsed->protocol == protocol_carp);
  CHECK(to_hex(parsed->payload) == to_hex(std::span(bytes).subspan(ipv6_header)));
}

TEST_CASE("RFC 8200 3: every truncated IPv6 datagram is refused") {
  const Bytes bytes = sample();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    INFO(length);
    CHECK(is_refused(std::span(bytes).first(length)));
  }
}

TEST_CASE("RFC 8200 3: any version but 6 is refused") {
  for (unsigned version = 0; version < 16; ++version) {
    INFO(version);
    CHECK(is_refused(changed(0, static_cast<std::uint8_t>(version << 4))) == (version != 6));
  }
}

TEST_CASE("RFC 8200 3: a payload is as long as the header says, and lies within the bytes") {
  const auto length = static_cast<std::uint8_t>(sample().size() - ipv6_header);
  CHECK(is_refused(changed(5, static_cast<std::uint8_t>(length + 1))));
  CHECK(is_refused(changed(4, 1)));
  CHECK(is_refused(changed(4, 0xff)));
  CHECK(parse_ipv6(changed(5, static_cast<std::uint8_t>(length - 1)))->payload.size() ==
        length - 1U);
  CHECK(parse_ipv6(changed(5, 0))->payload.empty());
}

TEST_CASE("Ethernet's padding behind an IPv6 datagram is cut off") {
  Bytes bytes = sample();
  const std::size_t whole = bytes.size();
  bytes.resize(whole + 200, 0xee);
  CHECK(parse_ipv6(bytes)->payload.size() == whole - ipv6_header);
}

TEST_CASE("RFC 8200 4: extension headers are not skipped, they are another protocol") {
  for (const std::uint8_t next : {0, 43, 44, 51, 60, 58, 59}) {
    INFO(int{next});
    const Bytes bytes = changed(6, next);
    CHECK(parse_ipv6(bytes)->protocol == next);
    CHECK(parse_ipv6(bytes)->payload.size() == bytes.size() - ipv6_header);
  }
}

TEST_CASE(
    "RFC 8200 3: traffic class and flow label do not matter, the hop limit is told as it is") {
  CHECK_FALSE(is_refused(changed(0, 0x6f)));
  CHECK_FALSE(is_refused(changed(1, 0xff)));
  CHECK_FALSE(is_refused(changed(3, 0xff)));
  CHECK(parse_ipv6(changed(7, 0))->ttl == 0);
  CHECK(parse_ipv6(changed(7, 254))->ttl == 254);
}

TEST_CASE(
    "vrrp: RFC 9568 5.1.2, our headers of an IPv6 advert are read back, multicast by default") {
  const MacAddress mac{{0x00, 0x00, 0x5e, 0x00, 0x02, 0x33}};
  Bytes frame(ethernet_header + ipv6_header, 0xee);
  write_advert_headers(frame, AdvertHeaders6{.source_mac = mac, .source = address("fe80::1")});
  CHECK(to_hex(frame) ==
        "333300000012"
        "00005e000233"
        "86dd"
        "6c000000"
        "0000"
        "70"
        "ff"
        "fe800000000000000000000000000001"
        "ff020000000000000000000000000012");
}

TEST_CASE("vrrp: an IPv6 advert to a peer has the peer's addresses, the class and the hop limit") {
  const MacAddress mac{{0x02, 0, 0, 0, 0, 0x01}};
  const MacAddress peer{{0x02, 0, 0, 0, 0, 0x02}};
  Bytes frame(ethernet_header + ipv6_header, 0xee);
  write_advert_headers(frame, AdvertHeaders6{.source_mac = mac,
                                             .source = address("2001:db8::1"),
                                             .destination_mac = peer,
                                             .destination = address("2001:db8::2"),
                                             .traffic_class = 0xe0,
                                             .payload_bytes = 0x1234,
                                             .hop_limit = 64});
  CHECK(to_hex(frame) ==
        "020000000002"
        "020000000001"
        "86dd"
        "6e000000"
        "1234"
        "70"
        "40"
        "20010db8000000000000000000000001"
        "20010db8000000000000000000000002");
}

TEST_CASE("vrrp: an IPv4 advert to a peer has the peer's addresses and the TTL") {
  const MacAddress peer{{0x02, 0, 0, 0, 0, 0x02}};
  Bytes frame(ethernet_header + ipv4_header, 0xee);
  write_advert_headers(frame, AdvertHeaders{.source_mac = MacAddress{{0x02, 0, 0, 0, 0, 0x01}},
                                            .source = address("192.0.2.1"),
                                            .destination_mac = peer,
                                            .destination = address("192.0.2.2"),
                                            .type_of_service = 0xc0,
                                            .ttl = 64});
  const auto ethernet = parse_ethernet(frame);
  CHECK(ethernet->destination == peer);
  const auto parsed = parse_ipv4(ethernet->payload);
  REQUIRE(parsed);
  CHECK(parsed->source == address("192.0.2.1"));
  CHECK(parsed->destination == address("192.0.2.2"));
  CHECK(parsed->ttl == 64);
}

TEST_CASE(
    "RFC 8200 8.1: a checksum with addresses is that over pseudo-header and message in a row") {
  Bytes message;
  for (int length = 0; length < 70; ++length) {
    INFO(length);
    Bytes row4 = from_hex("c0000201e00000120070");
    row4.push_back(0);
    row4.push_back(static_cast<std::uint8_t>(length));
    row4.insert(row4.end(), message.begin(), message.end());
    CHECK(checksum_with_addresses(address("192.0.2.1"), advert_group4, 112, message) ==
          internet_checksum(row4));
    Bytes row6 = from_hex("fe800000000000000000000000000001ff020000000000000000000000000012000000");
    row6.push_back(static_cast<std::uint8_t>(length));
    const Bytes next_header = from_hex("00000070");
    row6.insert(row6.end(), next_header.begin(), next_header.end());
    row6.insert(row6.end(), message.begin(), message.end());
    CHECK(checksum_with_addresses(address("fe80::1"), advert_group6, 112, message) ==
          internet_checksum(row6));
    message.push_back(static_cast<std::uint8_t>(0xff - 37 * length));
  }
}

TEST_CASE("RFC 8200 8.1: a long message's length is in the pseudo-header whole") {
  const Bytes message(4'116, 0xff);
  Bytes row = from_hex("c0000201e000001200701014");
  row.insert(row.end(), message.begin(), message.end());
  CHECK(checksum_with_addresses(address("192.0.2.1"), advert_group4, 112, message) ==
        internet_checksum(row));
}

}  // namespace failover::tests
