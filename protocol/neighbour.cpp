#include "protocol/neighbour.hpp"

#include <algorithm>

#include "protocol/bytes.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "protocol/pseudo_header.hpp"

namespace failover {
namespace {

constexpr std::uint8_t type_solicitation = 135;
constexpr std::uint8_t type_advertisement = 136;
constexpr std::uint8_t own_hop_limit = 255;
constexpr std::uint32_t flag_router = 0x80000000;
constexpr std::uint32_t flag_solicited = 0x40000000;
constexpr std::uint32_t flag_override = 0x20000000;
constexpr std::uint8_t option_target_link_layer = 2;
constexpr std::size_t option_unit = 8;
constexpr std::size_t solicitation_bytes = 24;
constexpr std::size_t message_bytes = solicitation_bytes + option_unit;  // an advertisement
constexpr std::array<std::uint8_t, 16> no_address{};
constexpr std::array<std::uint8_t, 13> solicited_node_prefix{0xff, 2, 0, 0, 0, 0,   0,
                                                             0,    0, 0, 0, 1, 0xff};

// Reads all options into `message`; false when one of them is cut off, or has no length.
bool read_options(std::span<const std::uint8_t> options, NeighbourAdvertisement& message) {
  ByteReader reader(options);
  while (!reader.rest().empty()) {
    const std::uint8_t type = reader.u8();
    const std::size_t units = reader.u8();
    if (units == 0) return false;
    const auto content = reader.take(units * option_unit - 2);
    if (!reader.ok()) return false;
    // Longer ones are no Ethernet addresses.
    if (type == option_target_link_layer && units == 1 && !message.holder)
      message.holder = MacAddress::from_bytes(content);
  }
  return true;
}

void write_headers(ByteWriter& writer, MacAddress from, MacAddress to, std::size_t payload,
                   const IpAddress& source, const IpAddress& destination) {
  writer.bytes(to.bytes());
  writer.bytes(from.bytes());
  writer.u16(ethertype_ipv6);
  writer.u32(0x60000000);
  writer.u16(static_cast<std::uint16_t>(payload));
  writer.u8(protocol_icmpv6);
  writer.u8(own_hop_limit);
  writer.bytes(source.bytes());
  writer.bytes(destination.bytes());
}

void write_checksum(std::span<std::uint8_t> frame, const IpAddress& source,
                    const IpAddress& destination) {
  const auto message = frame.subspan(ethernet_header + ipv6_header);
  ByteWriter(message.subspan(2))
      .u16(checksum_with_addresses(source, destination, protocol_icmpv6, message));
}

bool is_valid_envelope(const Datagram& datagram) {
  return datagram.protocol == protocol_icmpv6 && datagram.source.family() == Family::ipv6 &&
         datagram.destination.family() == Family::ipv6 && datagram.ttl == own_hop_limit &&
         checksum_with_addresses(datagram.source, datagram.destination, protocol_icmpv6,
                                 datagram.payload) == 0;
}

}  // namespace

std::optional<NeighbourAdvertisement> parse_neighbour_advertisement(const Datagram& datagram) {
  ByteReader reader(datagram.payload);
  const std::uint8_t type = reader.u8();
  const std::uint8_t code = reader.u8();
  (void)reader.u16();  // checksum
  const std::uint32_t flags = reader.u32();
  const auto target = reader.take(address_bytes(Family::ipv6));
  if (!reader.ok() || type != type_advertisement || code != 0 || !is_valid_envelope(datagram))
    return std::nullopt;
  NeighbourAdvertisement message;
  message.target = IpAddress::from_bytes(Family::ipv6, target);
  message.router = (flags & flag_router) != 0;
  message.solicited = (flags & flag_solicited) != 0;
  message.overrides = (flags & flag_override) != 0;
  if (message.target.is_multicast()) return std::nullopt;
  if (message.solicited && datagram.destination.is_multicast()) return std::nullopt;
  if (!read_options(reader.rest(), message)) return std::nullopt;
  return message;
}

std::array<std::uint8_t, unsolicited_advertisement_frame> unsolicited_advertisement(
    MacAddress source, MacAddress holder, const IpAddress& address, Forwards forwards) {
  promise(address.family() == Family::ipv6);
  std::array<std::uint8_t, unsolicited_advertisement_frame> frame{};
  ByteWriter writer(frame);
  write_headers(writer, source, all_nodes6_mac, message_bytes, address, all_nodes6);
  writer.u8(type_advertisement);
  writer.u8(0);
  writer.u16(0);
  writer.u32(flag_override | (forwards == Forwards::yes ? flag_router : 0));
  writer.bytes(address.bytes());
  writer.u8(option_target_link_layer);
  writer.u8(1);
  writer.bytes(holder.bytes());
  write_checksum(frame, address, all_nodes6);
  return frame;
}

std::array<std::uint8_t, address_probe_frame> address_probe(MacAddress source,
                                                            const IpAddress& address) {
  promise(address.family() == Family::ipv6);
  // Both multicast addresses end like the address that is asked for (RFC 4291, 2.7.1; RFC 2464, 7).
  const auto end = address.bytes().last(3);
  std::array<std::uint8_t, 16> group{};
  std::ranges::copy(solicited_node_prefix, group.begin());
  std::ranges::copy(end, group.begin() + solicited_node_prefix.size());
  const auto destination = IpAddress::from_bytes(Family::ipv6, group);
  const auto unspecified = IpAddress::from_bytes(Family::ipv6, no_address);
  std::array<std::uint8_t, address_probe_frame> frame{};
  ByteWriter writer(frame);
  write_headers(writer, source, MacAddress{{0x33, 0x33, 0xff, end[0], end[1], end[2]}},
                solicitation_bytes, unspecified, destination);
  writer.u8(type_solicitation);
  writer.u8(0);
  writer.u16(0);
  writer.u32(0);
  writer.bytes(address.bytes());
  write_checksum(frame, unspecified, destination);
  return frame;
}

}  // namespace failover
