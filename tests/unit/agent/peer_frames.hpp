#pragma once
// Frames as peers send them, every part of which can be wrong, and what a peer reads in ours.

#include <optional>
#include <string>
#include <vector>

#include "agent/engine/sender.hpp"
#include "protocol/carp/advert.hpp"
#include "protocol/vrrp/advert.hpp"
#include "tests/unit/agent/values.hpp"

namespace failover::tests {

using Bytes = std::vector<std::uint8_t>;

struct PeerAdvert {
  carp::Rank rank{.advbase = 1, .advskew = 0};
  carp::Vhid vhid = vhid_10;
  std::string password = "secret";
  IpAddress source = ip("192.0.2.12");
  std::vector<IpAddress> addresses{ip("192.0.2.1"), ip("192.0.2.2")};
  std::uint64_t counter = 4711;
  std::optional<IpAddress> destination = {};  // the group of the source's family
};
[[nodiscard]] Bytes frame_of(const PeerAdvert& advert);

struct VrrpPeerAdvert {
  vrrp::Rank rank{.priority = 150, .centiseconds = 100};
  vrrp::Vrid vrid = vrid_20;
  vrrp::Version version = vrrp::Version::v3;
  IpAddress source = ip("192.0.2.12");
  std::vector<IpAddress> addresses{ip("192.0.2.1"), ip("192.0.2.2")};
  std::optional<vrrp::Password> password = {};  // version 2
  std::optional<IpAddress> destination = {};    // the group of the source's family
  std::uint8_t hop_limit = 255;
};
[[nodiscard]] Bytes vrrp_frame_of(const VrrpPeerAdvert& advert);

// A gratuitous ARP of `mac` for the address.
[[nodiscard]] Bytes arp_of(MacAddress mac, const IpAddress& address);
// An unsolicited neighbour advertisement of `mac` for the address; and an answer to who asked.
[[nodiscard]] Bytes neighbour_of(MacAddress mac, const IpAddress& address);
[[nodiscard]] Bytes neighbour_answer_of(MacAddress mac, const IpAddress& address,
                                        const IpAddress& asker);

// The frame with an 802.1Q tag.
[[nodiscard]] Bytes tagged(const Bytes& frame, std::uint16_t vlan);
// Changes a byte of the CARP header, or of the IPv4 header, and puts that header's checksum right.
[[nodiscard]] Bytes with_carp_byte(Bytes frame, std::size_t at, std::uint8_t value);
[[nodiscard]] Bytes with_ip_byte(Bytes frame, std::size_t at, std::uint8_t value);

// What a receiver sees of an advert of ours; the kernel's headers of a unicast one made up.
[[nodiscard]] Datagram datagram_of(const OutgoingAdvert& advert);
// The rank that it says.
[[nodiscard]] carp::Rank rank_of(const OutgoingAdvert& advert);
[[nodiscard]] vrrp::Rank vrrp_rank_of(const OutgoingAdvert& advert);
// An advert of ours as the network brings it back.
[[nodiscard]] Bytes looped(const OutgoingAdvert& advert);
// "192.0.2.11 > 224.0.0.18", one for each.
[[nodiscard]] std::vector<std::string> ways_of(const std::vector<OutgoingAdvert>& adverts);

}  // namespace failover::tests
