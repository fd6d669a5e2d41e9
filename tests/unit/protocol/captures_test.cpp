// The frames of real ucarp nodes, from the wire to the address that they announce.

#include <map>

#include "protocol/arp.hpp"
#include "protocol/carp/advert.hpp"
#include "protocol/carp/authenticator.hpp"
#include "protocol/ipv4.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/capture_file.hpp"

namespace failover::tests {
namespace {

struct Capture {
  const char* file;
  const char* password;
  const char* address;
  std::size_t adverts;
  std::size_t announcements;
};

constexpr Capture captures[] = {
    {"ucarp_E1_senderr.pcap", "test", "192.0.2.1", 6, 1},
    {"ucarp_T6_two_equal.pcap", "test", "192.0.2.1", 8, 5},
    {"ucarp_v10_b0_s50_pw-fast.pcap", "fast", "192.0.2.10", 29, 2},
    {"ucarp_v11_nomcast.pcap", "test", "192.0.2.11", 2, 1},
    {"ucarp_v1_b1_s0_pw-test.pcap", "test", "192.0.2.1", 4, 2},
    {"ucarp_v42_b1_s0_pw-love.pcap", "love", "10.1.1.252", 4, 2},
    {"ucarp_v7_b1_s240_pw-19chars.pcap", "1234567890123456789", "198.51.100.7", 3, 2},
};

void check_advert(const EthernetFrame& frame, const Capture& capture) {
  const auto datagram = parse_ipv4(frame.payload);
  REQUIRE(datagram);
  CHECK(datagram->destination == advert_group4);
  CHECK(datagram->protocol == protocol_carp);
  REQUIRE_FALSE(carp::misfit(*datagram));
  const auto advert = carp::decode(datagram->payload);
  REQUIRE(advert);
  const std::string_view password = capture.password;
  const carp::Authenticator authenticator(Bytes(password.begin(), password.end()),
                                          carp::Vhid::from(advert->vhid).value(),
                                          std::vector{address(capture.address)});
  CHECK(authenticator.matches(*advert));
  CHECK(to_hex(carp::encode(*advert)) == to_hex(datagram->payload));
}

void check_announcement(const Bytes& bytes, const EthernetFrame& frame, const Capture& capture) {
  const auto message = parse_arp(frame.payload);
  REQUIRE(message);
  CHECK(message->operation == 1);
  CHECK(message->sender_mac == frame.source);
  CHECK(message->sender == address(capture.address));
  CHECK(message->target == address(capture.address));
  // ucarp also fills in the target's MAC address, which a request leaves open (RFC 826).
  Bytes as_ours = bytes;
  std::fill_n(as_ours.begin() + 32, 6, std::uint8_t{0});
  CHECK(to_hex(gratuitous_arp(frame.source, frame.source, message->sender)) == to_hex(as_ours));
}

}  // namespace

TEST_CASE("CARP 1.1, 2.2: each frame that ucarp sends is read, verified and rebuilt") {
  for (const Capture& capture : captures) {
    INFO(capture.file);
    std::map<std::uint16_t, std::size_t> frames;
    for (const Bytes& bytes : frames_of(capture.file)) {
      const auto frame = parse_ethernet(bytes);
      REQUIRE(frame);
      CHECK_FALSE(frame->vlan);
      ++frames[frame->type];
      if (frame->type == ethertype_arp) check_announcement(bytes, *frame, capture);
      if (frame->type == ethertype_ipv4) check_advert(*frame, capture);
    }
    CHECK(frames[ethertype_ipv4] == capture.adverts);
    CHECK(frames[ethertype_arp] == capture.announcements);
    CHECK(frames.size() == 2);
  }
}

TEST_CASE(
    "CARP 3.5: ucarp advertises an advskew of 240 after three send errors, then restores it") {
  std::vector<int> skews;
  for (const Bytes& bytes : frames_of("ucarp_E1_senderr.pcap")) {
    const auto frame = parse_ethernet(bytes);
    if (frame->type != ethertype_ipv4) continue;
    skews.push_back(carp::decode(parse_ipv4(frame->payload)->payload)->rank.advskew);
  }
  CHECK(skews == std::vector{10, 10, 240, 240, 240, 10});
}

TEST_CASE("CARP 2.6: the captured vectors are in their captures") {
  for (const Vector& vector : vectors()) {
    if (vector.capture.empty()) continue;
    INFO(vector.id);
    const auto frames = frames_of(vector.capture);
    CHECK(std::ranges::count(frames, vector.frame) == 1);
  }
}

}  // namespace failover::tests
