#include "protocol/ipv6.hpp"

#include "protocol/bytes.hpp"
#include "protocol/ipv4.hpp"

namespace failover {
namespace {

constexpr std::uint32_t version_shift = 28;
constexpr std::uint32_t traffic_class_shift = 20;
constexpr std::uint32_t version = 6;

}  // namespace

Result<Datagram, Rejection> parse_ipv6(std::span<const std::uint8_t> bytes) {
  ByteReader reader(bytes);
  const std::uint32_t version_class_and_flow = reader.u32();  // class and flow: senders differ
  const std::size_t length = reader.u16();
  Datagram datagram;
  datagram.protocol = reader.u8();
  datagram.ttl = reader.u8();
  const auto source = reader.take(address_bytes(Family::ipv6));
  const auto destination = reader.take(address_bytes(Family::ipv6));
  datagram.payload = reader.take(length);
  if (!reader.ok() || version_class_and_flow >> version_shift != version)
    return failure(Rejection::ip_header);
  datagram.source = IpAddress::from_bytes(Family::ipv6, source);
  datagram.destination = IpAddress::from_bytes(Family::ipv6, destination);
  return datagram;
}

void write_advert_headers(std::span<std::uint8_t> frame, const AdvertHeaders6& headers) {
  ByteWriter writer(frame);
  writer.bytes(headers.destination_mac.bytes());
  writer.bytes(headers.source_mac.bytes());
  writer.u16(ethertype_ipv6);
  writer.u32(version << version_shift | std::uint32_t{headers.traffic_class}
                                            << traffic_class_shift);
  writer.u16(headers.payload_bytes);
  writer.u8(protocol_carp);
  writer.u8(headers.hop_limit);
  writer.bytes(headers.source.bytes());
  writer.bytes(headers.destination.bytes());
}

}  // namespace failover
