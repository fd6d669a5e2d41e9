#include "protocol/arp.hpp"

#include "protocol/ipv4.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vectors.hpp"

namespace failover::tests {
namespace {

const MacAddress own{{0x02, 0, 0, 0, 0, 0x01}};
const MacAddress peers{{0x02, 0, 0, 0, 0, 0x02}};

const Bytes request = from_hex("0001080006040001020000000001c0000201000000000000c0000202");

}  // namespace

TEST_CASE("RFC 826: a gratuitous ARP is a broadcast request from the address for itself") {
  CHECK(to_hex(gratuitous_arp(own, own, address("192.0.2.1"))) ==
        "ffffffffffff"
        "020000000001"
        "0806"
        "0001"
        "0800"
        "06"
        "04"
        "0001"
        "020000000001"
        "c0000201"
        "000000000000"
        "c0000201");
}

TEST_CASE("a gratuitous ARP for a peer has its MAC inside and ours as the frame's source") {
  CHECK(to_hex(gratuitous_arp(own, peers, address("192.0.2.1"))) ==
        "ffffffffffff"
        "020000000001"
        "0806"
        "0001"
        "0800"
        "06"
        "04"
        "0001"
        "020000000002"
        "c0000201"
        "000000000000"
        "c0000201");
}

TEST_CASE("RFC 5227 2.1.1: a probe asks for the address and claims none") {
  CHECK(to_hex(arp_probe(own, address("192.0.2.1"))) ==
        "ffffffffffff"
        "020000000001"
        "0806"
        "0001"
        "0800"
        "06"
        "04"
        "0001"
        "020000000001"
        "00000000"
        "000000000000"
        "c0000201");
}

TEST_CASE("RFC 826: an ARP message is read") {
  const auto message = parse_arp(request);
  REQUIRE(message);
  CHECK(message->operation == 1);
  CHECK(message->sender_mac == own);
  CHECK(message->sender == address("192.0.2.1"));
  CHECK(message->target == address("192.0.2.2"));
}

TEST_CASE("RFC 826: a reply is read too, and padding behind it is ignored") {
  Bytes reply = request;
  reply[7] = 2;
  reply.resize(46, 0);
  const auto message = parse_arp(reply);
  REQUIRE(message);
  CHECK(message->operation == 2);
}

TEST_CASE("our own gratuitous ARP is read back") {
  const auto frame = gratuitous_arp(own, peers, address("192.0.2.1"));
  const auto ethernet = parse_ethernet(frame);
  REQUIRE(ethernet);
  CHECK(ethernet->destination == broadcast_mac);
  CHECK(ethernet->source == own);
  CHECK(ethernet->type == ethertype_arp);
  const auto message = parse_arp(ethernet->payload);
  REQUIRE(message);
  CHECK(message->sender_mac == peers);
  CHECK(message->sender == message->target);
}

TEST_CASE("every truncated ARP message is refused") {
  for (std::size_t length = 0; length < request.size(); ++length) {
    INFO(length);
    CHECK_FALSE(parse_arp(std::span(request).first(length)));
  }
}

TEST_CASE("ARP for anything but IPv4 over Ethernet is refused") {
  for (std::size_t byte = 0; byte < 6; ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      INFO("byte " << byte << " bit " << bit);
      Bytes other = request;
      other[byte] = static_cast<std::uint8_t>(other[byte] ^ 1U << bit);
      CHECK_FALSE(parse_arp(other));
    }
  }
}

}  // namespace failover::tests
