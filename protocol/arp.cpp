#include "protocol/arp.hpp"

#include "protocol/bytes.hpp"
#include "protocol/ipv4.hpp"

namespace failover {
namespace {

constexpr std::uint16_t hardware_ethernet = 1;
constexpr std::uint16_t operation_request = 1;
constexpr std::uint16_t operation_reply = 2;

constexpr std::array<std::uint8_t, 4> no_address{};

std::array<std::uint8_t, arp_frame> broadcast(MacAddress source, const ArpMessage& message) {
  std::array<std::uint8_t, arp_frame> frame{};
  ByteWriter writer(frame);
  writer.bytes(broadcast_mac.bytes());
  writer.bytes(source.bytes());
  writer.u16(ethertype_arp);
  writer.u16(hardware_ethernet);
  writer.u16(ethertype_ipv4);
  writer.u8(6);
  writer.u8(4);
  writer.u16(message.operation);
  writer.bytes(message.sender_mac.bytes());
  writer.bytes(message.sender.bytes());
  writer.zeros(6);
  writer.bytes(message.target.bytes());
  return frame;
}

}  // namespace

std::optional<ArpMessage> parse_arp(std::span<const std::uint8_t> bytes) {
  ByteReader reader(bytes);
  const bool ipv4_over_ethernet = reader.u16() == hardware_ethernet &&
                                  reader.u16() == ethertype_ipv4 && reader.u8() == 6 &&
                                  reader.u8() == 4;
  if (!ipv4_over_ethernet) return std::nullopt;
  ArpMessage message;
  message.operation = reader.u16();
  const auto sender_mac = reader.take(6);
  const auto sender = reader.take(4);
  (void)reader.take(6);
  const auto target = reader.take(4);
  if (!reader.ok()) return std::nullopt;
  message.sender_mac = MacAddress::from_bytes(sender_mac);
  message.sender = IpAddress::from_bytes(Family::ipv4, sender);
  message.target = IpAddress::from_bytes(Family::ipv4, target);
  return message;
}

std::array<std::uint8_t, arp_frame> gratuitous_arp(MacAddress source, MacAddress mac,
                                                   const IpAddress& address, ArpForm form) {
  return broadcast(source,
                   {.operation = form == ArpForm::request ? operation_request : operation_reply,
                    .sender_mac = mac,
                    .sender = address,
                    .target = address});
}

std::array<std::uint8_t, arp_frame> arp_probe(MacAddress source, const IpAddress& address) {
  return broadcast(source, {.operation = operation_request,
                            .sender_mac = source,
                            .sender = IpAddress::from_bytes(Family::ipv4, no_address),
                            .target = address});
}

}  // namespace failover
