// The capture's filter: its text, and what libpcap's own filter machine lets through with it.

#include <pcap/pcap.h>

#include "agent/kernel/pcap_capture.hpp"
#include "protocol/limits.hpp"
#include "tests/unit/agent/peer_frames.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

// A filter as the kernel gets it, without a network.
class Filter {
 public:
  explicit Filter(const std::vector<IpAddress>& addresses) {
    pcap_t* const pcap = pcap_open_dead(DLT_EN10MB, limits::capture_snaplen);
    const std::string text = capture_filter(addresses);
    INFO(text);
    const int status = pcap_compile(pcap, &program_, text.c_str(), 1, PCAP_NETMASK_UNKNOWN);
    INFO(pcap_geterr(pcap));
    CHECK(status == 0);
    pcap_close(pcap);
  }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  ~Filter() { pcap_freecode(&program_); }

  [[nodiscard]] bool lets_through(const Bytes& frame) const {
    pcap_pkthdr header{};
    header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
    return pcap_offline_filter(&program_, &header, frame.data()) != 0;
  }

 private:
  bpf_program program_{};
};

std::vector<IpAddress> many(Family family, std::size_t count) {
  std::vector<IpAddress> all;
  for (std::size_t i = 0; i < count; ++i) {
    const auto last = static_cast<std::uint8_t>(i + 1);
    all.push_back(family == Family::ipv4
                      ? IpAddress::v4({192, 0, 2, last})
                      : IpAddress::v6({0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last}));
  }
  return all;
}

}  // namespace

TEST_CASE("ARCHITECTURE 4: a capture's filter takes adverts of both families and no more") {
  CHECK(capture_filter({}) == "ip proto 112 or ip6 proto 112");
}

TEST_CASE("ARCHITECTURE 4: the filter names our addresses in ARP and in neighbour discovery") {
  CHECK(capture_filter({ip("192.0.2.1"), ip("192.0.2.2")}) ==
        "ip proto 112 or ip6 proto 112 or "
        "(arp and (src host 192.0.2.1 or src host 192.0.2.2))");
  CHECK(capture_filter({ip("2001:db8::1")}) ==
        "ip proto 112 or ip6 proto 112 or "
        "(ip6 proto 58 and ip6[40] == 136 and "
        "((ip6[48:4] == 536939960 and ip6[52:4] == 0 and ip6[56:4] == 0 and ip6[60:4] == 1)))");
  CHECK(capture_filter({ip("192.0.2.1"), ip("fe80::1"), ip("fe80::2")}) ==
        "ip proto 112 or ip6 proto 112 or (arp and (src host 192.0.2.1)) or "
        "(ip6 proto 58 and ip6[40] == 136 and "
        "((ip6[48:4] == 4269801472 and ip6[52:4] == 0 and ip6[56:4] == 0 and ip6[60:4] == 1) or "
        "(ip6[48:4] == 4269801472 and ip6[52:4] == 0 and ip6[56:4] == 0 and ip6[60:4] == 2)))");
}

TEST_CASE("with many addresses the filter takes what is said about any") {
  CHECK(capture_filter(many(Family::ipv6, limits::addresses_in_capture_filter + 1)) ==
        "ip proto 112 or ip6 proto 112 or arp or (ip6 proto 58 and ip6[40] == 136)");
}

TEST_CASE("the filter lets adverts of both protocols and families through, whatever is held") {
  for (const auto& addresses :
       {std::vector<IpAddress>{}, std::vector{ip("192.0.2.1"), ip("2001:db8::1")},
        many(Family::ipv4, 100)}) {
    const Filter filter(addresses);
    CHECK(filter.lets_through(frame_of({})));
    CHECK(filter.lets_through(frame_of({.source = ip("fe80::12")})));
    CHECK(filter.lets_through(vrrp_frame_of({})));
    CHECK(filter.lets_through(
        vrrp_frame_of({.source = ip("fe80::12"), .addresses = {ip("2001:db8::1")}})));
    CHECK(filter.lets_through(frame_of({.destination = ip("192.0.2.11")})));
  }
}

TEST_CASE("the filter lets only announcements of our addresses through") {
  const Filter filter({ip("192.0.2.1"), ip("2001:db8::1"), ip("fe80::1")});
  CHECK(filter.lets_through(arp_of(peer_mac, ip("192.0.2.1"))));
  CHECK_FALSE(filter.lets_through(arp_of(peer_mac, ip("192.0.2.9"))));
  CHECK(filter.lets_through(neighbour_of(peer_mac, ip("2001:db8::1"))));
  CHECK(filter.lets_through(neighbour_of(peer_mac, ip("fe80::1"))));
  CHECK_FALSE(filter.lets_through(neighbour_of(peer_mac, ip("2001:db8::9"))));
  CHECK_FALSE(filter.lets_through(neighbour_of(peer_mac, ip("2001:db8:0:1::1"))));
  Bytes solicitation = neighbour_of(peer_mac, ip("2001:db8::1"));
  solicitation.at(54) = 135;
  CHECK_FALSE(filter.lets_through(solicitation));
}

TEST_CASE("with many addresses all announcements come through, in both families") {
  const Filter filter(many(Family::ipv4, limits::addresses_in_capture_filter + 1));
  CHECK(filter.lets_through(arp_of(peer_mac, ip("198.51.100.9"))));
  CHECK(filter.lets_through(neighbour_of(peer_mac, ip("2001:db8::9"))));
}

TEST_CASE("the filter compiles with as many addresses as it names, of either family") {
  for (const Family family : families) {
    const auto addresses = many(family, limits::addresses_in_capture_filter);
    const Filter filter(addresses);
    const auto last = addresses.back();
    CHECK(filter.lets_through(family == Family::ipv4 ? arp_of(peer_mac, last)
                                                     : neighbour_of(peer_mac, last)));
  }
}

}  // namespace failover::tests
