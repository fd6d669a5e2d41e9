#include "protocol/ipv4.hpp"

#include "protocol/bytes.hpp"

namespace failover {
namespace {

constexpr std::uint16_t ethertype_vlan = 0x8100;
constexpr std::uint16_t dont_fragment = 0x4000;
constexpr std::uint16_t more_fragments_or_offset = 0x3fff;

}  // namespace

std::optional<EthernetFrame> parse_ethernet(std::span<const std::uint8_t> frame) {
  ByteReader reader(frame);
  const auto destination = reader.take(6);
  const auto source = reader.take(6);
  EthernetFrame parsed;
  parsed.type = reader.u16();
  if (parsed.type == ethertype_vlan) {
    parsed.vlan = static_cast<std::uint16_t>(reader.u16() & 0x0fff);
    parsed.type = reader.u16();
  }
  if (!reader.ok()) return std::nullopt;
  parsed.destination = MacAddress::from_bytes(destination);
  parsed.source = MacAddress::from_bytes(source);
  parsed.payload = reader.rest();
  return parsed;
}

Result<Datagram, Rejection> parse_ipv4(std::span<const std::uint8_t> bytes) {
  ByteReader reader(bytes);
  const std::uint8_t version_and_length = reader.u8();
  (void)reader.u8();  // type of service: senders differ
  const std::size_t total = reader.u16();
  (void)reader.u16();  // identification
  const std::uint16_t fragment = reader.u16();
  Datagram datagram;
  datagram.ttl = reader.u8();
  datagram.protocol = reader.u8();
  (void)reader.u16();  // checksum, below
  const auto source = reader.take(4);
  const auto destination = reader.take(4);
  const std::size_t header = std::size_t{version_and_length & 0x0fU} * 4;
  if (!reader.ok() || version_and_length >> 4 != 4 || header < ipv4_header || total < header ||
      total > bytes.size() || (fragment & more_fragments_or_offset) != 0 ||
      internet_checksum(bytes.first(header)) != 0)
    return failure(Rejection::ip_header);
  datagram.source = IpAddress::from_bytes(Family::ipv4, source);
  datagram.destination = IpAddress::from_bytes(Family::ipv4, destination);
  datagram.payload = bytes.subspan(header, total - header);
  return datagram;
}

void write_advert_headers(std::span<std::uint8_t> frame, const AdvertHeaders& headers) {
  ByteWriter writer(frame);
  writer.bytes(headers.destination_mac.bytes());
  writer.bytes(headers.source_mac.bytes());
  writer.u16(ethertype_ipv4);
  writer.u8(0x45);
  writer.u8(headers.type_of_service);
  writer.u16(static_cast<std::uint16_t>(ipv4_header + headers.payload_bytes));
  writer.u16(0);
  writer.u16(dont_fragment);
  writer.u8(headers.ttl);
  writer.u8(protocol_carp);
  writer.u16(0);
  writer.bytes(headers.source.bytes());
  writer.bytes(headers.destination.bytes());
  const auto ip = frame.subspan(ethernet_header, ipv4_header);
  ByteWriter(ip.subspan(10)).u16(internet_checksum(ip));
}

}  // namespace failover
