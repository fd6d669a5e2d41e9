// The frames of real keepalived and FRR nodes, from the wire and back to it.

#include <map>

#include "protocol/arp.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "protocol/neighbour.hpp"
#include "protocol/vrrp/hmac.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/capture_file.hpp"
#include "tests/unit/protocol/vrrp_vectors.hpp"

namespace failover::tests {
namespace {

using vrrp::Version;

struct Capture {
  const char* file;
  Version version;
  int adverts4;
  int adverts6;
  int gratuitous;      // ARP
  int advertisements;  // of neighbours, unsolicited
};

constexpr Capture captures[] = {
    {"vrrp_frr_v3.pcap", Version::v3, 6, 5, 2, 2},
    {"vrrp_frr_v3_1.pcap", Version::v3, 16, 15, 1, 1},
    {"vrrp_k243_hmac_v2.pcap", Version::v2, 4, 0, 5, 0},
    {"vrrp_k243_hmac_v3.pcap", Version::v3, 4, 0, 5, 0},
    {"vrrp_k243_v3.pcap", Version::v3, 4, 0, 5, 0},
    {"vrrp_v2_multi.pcap", Version::v2, 3, 0, 20, 5},
    {"vrrp_v2_noauth.pcap", Version::v2, 11, 0, 10, 0},
    {"vrrp_v2_pass.pcap", Version::v2, 4, 0, 5, 0},
    {"vrrp_v2_unicast.pcap", Version::v2, 4, 0, 5, 0},
    {"vrrp_v2_vmac.pcap", Version::v2, 4, 0, 5, 0},
    {"vrrp_v3_unicast6.pcap", Version::v3, 0, 4, 0, 5},
    {"vrrp_v3_v4.pcap", Version::v3, 4, 0, 5, 0},
    {"vrrp_v3_v4_fast.pcap", Version::v3, 10, 0, 10, 0},
    {"vrrp_v3_v6.pcap", Version::v3, 0, 4, 0, 10},
    {"vrrp_v3_vmac.pcap", Version::v3, 4, 0, 5, 0},
    {"vrrp_vmac_arp_nd.pcap", Version::v3, 7, 7, 20, 20},
};

void check_advert(const Bytes& frame, const Datagram& datagram, Version version) {
  const auto hop_limit = datagram.destination.is_multicast() ? unrouted_ttl : std::uint8_t{0};
  REQUIRE_FALSE(vrrp::misfit(datagram, version, vrrp::Trailer::allowed, hop_limit));
  const auto decoded = vrrp::decode(datagram, version);
  REQUIRE(decoded);
  const vrrp::Advert& advert = decoded->advert;
  std::vector<IpAddress> addresses;
  for (std::size_t i = 0; i < advert.count(); ++i) addresses.push_back(advert.address(i));
  vrrp::Outgoing outgoing{.version = version,
                          .vrid = vrrp::named_vrid(datagram.payload).value(),
                          .rank = advert.rank,
                          .addresses = addresses,
                          .source = datagram.source,
                          .destination = datagram.destination};
  if (advert.authentication_type == vrrp::authentication_password)
    outgoing.password = advert.authentication_data;
  Bytes message = message_of(outgoing);
  if (!advert.trailer.empty()) {
    const auto stamp = vrrp::verify(std::array{vector_key()}, advert, datagram.source);
    REQUIRE(stamp);
    message = signed_message_of(outgoing, *stamp);
  }
  CHECK(to_hex(framed_like(frame, message)) == to_hex(frame));
}

bool check_advertisement(const Bytes& frame, const Datagram& datagram) {
  const auto message = parse_neighbour_advertisement(datagram);
  if (!message || message->solicited) return false;
  REQUIRE(message->holder);
  CHECK(to_hex(unsolicited_advertisement(
            parse_ethernet(frame)->source, *message->holder, message->target,
            message->router ? Forwards::yes : Forwards::no)) == to_hex(frame));
  return true;
}

bool check_arp(const Bytes& frame, const EthernetFrame& ethernet) {
  const auto message = parse_arp(ethernet.payload);
  REQUIRE(message);
  if (message->sender != message->target) return false;
  CHECK(message->operation == 1);
  // Both daemons also fill in the target's MAC address, which a request leaves open (RFC 826).
  Bytes as_ours = frame;
  std::fill_n(as_ours.begin() + 32, 6, std::uint8_t{0});
  CHECK(to_hex(gratuitous_arp(ethernet.source, message->sender_mac, message->sender)) ==
        to_hex(as_ours));
  return true;
}

Capture count_and_check(const Capture& capture) {
  Capture found{capture.file, capture.version, 0, 0, 0, 0};
  for (const Bytes& frame : frames_of(capture.file)) {
    const auto ethernet = parse_ethernet(frame);
    REQUIRE(ethernet);
    if (ethernet->type == ethertype_arp) {
      found.gratuitous += check_arp(frame, *ethernet) ? 1 : 0;
      continue;
    }
    const Datagram datagram = datagram_of(frame);
    const bool ipv6 = ethernet->type == ethertype_ipv6;
    if (datagram.protocol == protocol_carp) {
      check_advert(frame, datagram, capture.version);
      ++(ipv6 ? found.adverts6 : found.adverts4);
    } else if (ipv6) {
      found.advertisements += check_advertisement(frame, datagram) ? 1 : 0;
    }
  }
  return found;
}

}  // namespace

TEST_CASE("vrrp: each advert, ARP and neighbour advertisement of real nodes is read and rebuilt") {
  for (const Capture& capture : captures) {
    INFO(capture.file);
    const Capture found = count_and_check(capture);
    CHECK(found.adverts4 == capture.adverts4);
    CHECK(found.adverts6 == capture.adverts6);
    CHECK(found.gratuitous == capture.gratuitous);
    CHECK(found.advertisements == capture.advertisements);
  }
}

TEST_CASE("vrrp: a solicited advertisement of the kernel is read, and has no holder to believe") {
  int solicited = 0;
  for (const Bytes& frame : frames_of("vrrp_v2_vmac.pcap")) {
    if (parse_ethernet(frame)->type != ethertype_ipv6) continue;
    const auto message = parse_neighbour_advertisement(datagram_of(frame));
    if (!message) continue;
    ++solicited;
    CHECK(message->solicited);
    CHECK_FALSE(message->holder);
  }
  CHECK(solicited == 2);
}

TEST_CASE("vrrp: RFC 9568 6.4.3, a node that is stopped says farewell with priority 0") {
  for (const Capture& capture : captures) {
    INFO(capture.file);
    bool farewell = false;
    for (const Bytes& frame : frames_of(capture.file)) {
      const auto ethernet = parse_ethernet(frame);
      if (ethernet->type == ethertype_arp) continue;
      const Datagram datagram = datagram_of(frame);
      if (datagram.protocol != protocol_carp) continue;
      farewell = vrrp::decode(datagram, capture.version)->advert.rank.is_farewell();
    }
    CHECK(farewell);
  }
}

}  // namespace failover::tests
