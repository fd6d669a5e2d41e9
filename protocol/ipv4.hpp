#pragma once
// Ethernet frames and IPv4 datagrams, as far as adverts and ARP need them.

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "protocol/address.hpp"
#include "protocol/datagram.hpp"
#include "protocol/rejection.hpp"

namespace failover {

inline constexpr std::uint16_t ethertype_ipv4 = 0x0800;
inline constexpr std::uint16_t ethertype_arp = 0x0806;
inline constexpr std::size_t ethernet_header = 14;
inline constexpr std::size_t ipv4_header = 20;

// 224.0.0.18 and the MAC address that goes with it.
inline constexpr IpAddress advert_group4 = IpAddress::v4({224, 0, 0, 18});
inline constexpr MacAddress advert_group4_mac{{0x01, 0x00, 0x5e, 0x00, 0x00, 0x12}};

// A frame's parts; payload points into the frame.
struct EthernetFrame {
  MacAddress destination;
  MacAddress source;
  std::optional<std::uint16_t> vlan;  // of an 802.1Q tag; 0 is a priority tag, no VLAN
  std::uint16_t type = 0;
  std::span<const std::uint8_t> payload;
};
// Nothing when it is shorter than its headers.
[[nodiscard]] std::optional<EthernetFrame> parse_ethernet(std::span<const std::uint8_t> frame);

// Rejection::ip_header for anything but a whole, unfragmented datagram with a right header
// checksum. Options are skipped.
[[nodiscard]] Result<Datagram, Rejection> parse_ipv4(std::span<const std::uint8_t> bytes);

// Ethernet and IPv4 headers of an advert: DF, the given type of service, id 0 (the datagram is
// never fragmented). Multicast unless the destination is named. Writes ethernet_header +
// ipv4_header bytes.
struct AdvertHeaders {
  MacAddress source_mac;
  IpAddress source;
  MacAddress destination_mac = advert_group4_mac;
  IpAddress destination = advert_group4;
  std::uint8_t type_of_service = 0x10;
  std::uint16_t payload_bytes = 0;
  std::uint8_t ttl = 255;
};
void write_advert_headers(std::span<std::uint8_t> frame, const AdvertHeaders& headers);

}  // namespace failover
