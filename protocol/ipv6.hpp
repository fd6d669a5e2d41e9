#pragma once
// IPv6 datagrams (RFC 8200), as far as adverts and neighbour discovery need them.

#include <cstdint>
#include <span>

#include "protocol/address.hpp"
#include "protocol/datagram.hpp"
#include "protocol/rejection.hpp"
#include "protocol/result.hpp"

namespace failover {

inline constexpr std::uint16_t ethertype_ipv6 = 0x86dd;
inline constexpr std::size_t ipv6_header = 40;
inline constexpr std::uint8_t protocol_icmpv6 = 58;

// ff02::12 and the MAC address that goes with it (RFC 2464, section 7).
inline constexpr IpAddress advert_group6 =
    IpAddress::v6({0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12});
inline constexpr MacAddress advert_group6_mac{{0x33, 0x33, 0x00, 0x00, 0x00, 0x12}};
// ff02::1, all nodes of the link.
inline constexpr IpAddress all_nodes6 =
    IpAddress::v6({0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01});
inline constexpr MacAddress all_nodes6_mac{{0x33, 0x33, 0x00, 0x00, 0x00, 0x01}};

// Rejection::ip_header for anything but a whole datagram. Extension headers are not skipped:
// neither an advert nor a neighbour advertisement ever has one, so that a datagram with them is
// just one of another protocol. A fragment is such a datagram, too.
[[nodiscard]] Result<Datagram, Rejection> parse_ipv6(std::span<const std::uint8_t> bytes);

// Ethernet and IPv6 headers of an advert: next header 112, flow label 0. Multicast unless the
// destination is named. Writes ethernet_header + ipv6_header bytes.
struct AdvertHeaders6 {
  MacAddress source_mac;
  IpAddress source;
  MacAddress destination_mac = advert_group6_mac;
  IpAddress destination = advert_group6;
  std::uint8_t traffic_class = 0xc0;
  std::uint16_t payload_bytes = 0;
  std::uint8_t hop_limit = 255;
};
void write_advert_headers(std::span<std::uint8_t> frame, const AdvertHeaders6& headers);

}  // namespace failover
