#include "protocol/pseudo_header.hpp"

#include <array>

#include "protocol/assert.hpp"
#include "protocol/bytes.hpp"

namespace failover {
namespace {

constexpr std::size_t pseudo_header4 = 12;
constexpr std::size_t pseudo_header6 = 40;

// The one's complement sum without the complement. A pseudo-header has an even length, so that its
// sum and the message's add up to that of both in a row.
std::uint32_t sum(std::span<const std::uint8_t> bytes) {
  return std::uint16_t(~internet_checksum(bytes));
}

}  // namespace

std::uint16_t checksum_with_addresses(const IpAddress& source, const IpAddress& destination,
                                      std::uint8_t protocol,
                                      std::span<const std::uint8_t> message) {
  promise(source.family() == destination.family());
  const bool ipv4 = source.family() == Family::ipv4;
  std::array<std::uint8_t, pseudo_header6> bytes{};
  const auto header = std::span(bytes).first(ipv4 ? pseudo_header4 : pseudo_header6);
  ByteWriter writer(header);
  writer.bytes(source.bytes());
  writer.bytes(destination.bytes());
  if (ipv4) {
    writer.u16(protocol);
    writer.u16(static_cast<std::uint16_t>(message.size()));
  } else {
    writer.u32(static_cast<std::uint32_t>(message.size()));
    writer.u32(protocol);
  }
  std::uint32_t total = sum(header) + sum(message);
  total = (total & 0xffff) + (total >> 16);
  return static_cast<std::uint16_t>(~total);
}

}  // namespace failover
