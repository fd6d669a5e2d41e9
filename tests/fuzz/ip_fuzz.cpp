// Ethernet and IPv4 headers: what is taken is right and lies within the frame; what our own writer
// makes is read back; what is cut off or damaged is refused.

#include <vector>

#include "protocol/ipv4.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

using Span = std::span<const std::uint8_t>;

constexpr std::uint8_t own_first_byte = 0x45;

void check_datagram(Span bytes, const Datagram& datagram) {
  must(is_within(datagram.payload, bytes), "a payload lies within its datagram");
  ByteReader reader(bytes);
  const std::size_t header = (reader.u8() & 0x0fU) * 4U;
  (void)reader.u8();
  const std::size_t total = reader.u16();
  must(header >= ipv4_header && header + datagram.payload.size() == total,
       "header and payload are as long as the header says");
  must(datagram.ttl == bytes[8] && datagram.protocol == bytes[9],
       "TTL and protocol are the header's");
  must(std::ranges::equal(datagram.source.bytes(), bytes.subspan(12, 4)) &&
           std::ranges::equal(datagram.destination.bytes(), bytes.subspan(16, 4)),
       "the addresses are the header's");
  must(!parse_ipv4(bytes.first(total - 1)), "a datagram that is cut off is refused");
  const auto exact = parse_ipv4(bytes.first(total));
  must(exact && std::ranges::equal(exact->payload, datagram.payload),
       "what pads a frame changes nothing");
}

// Any bit of the fixed header but the header's length, which moves what the checksum covers. The
// input itself says which.
void check_damage(Span bytes) {
  std::vector<std::uint8_t> damaged(bytes.begin(), bytes.end());
  const std::size_t bit = 8 + (bytes.back() + bytes[11]) % (ipv4_header * 8 - 8);
  damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ 1U << bit % 8);
  const auto read = parse_ipv4(damaged);
  must(!read && read.error() == Rejection::ip_header, "a header with one wrong bit is refused");
}

void check_writer(const EthernetFrame& ethernet, Span bytes, const Datagram& datagram) {
  std::array<std::uint8_t, ethernet_header + ipv4_header> own{};
  write_advert_headers(own, {.source_mac = ethernet.source,
                             .source = datagram.source,
                             .type_of_service = bytes[1],
                             .payload_bytes = static_cast<std::uint16_t>(datagram.payload.size())});
  const auto frame = parse_ethernet(own);
  must(frame && frame->source == ethernet.source && frame->destination == advert_group4_mac &&
           frame->type == ethertype_ipv4 && !frame->vlan,
       "the writer's Ethernet header is read back");
  std::vector<std::uint8_t> whole(frame->payload.begin(), frame->payload.end());
  whole.insert(whole.end(), datagram.payload.begin(), datagram.payload.end());
  const auto read = parse_ipv4(whole);
  must(read && read->source == datagram.source && read->destination == advert_group4 &&
           read->ttl == 255 && read->protocol == protocol_carp &&
           std::ranges::equal(read->payload, datagram.payload),
       "the writer's IPv4 header is read back");
  // Of its own shape a header is made again byte for byte: identification, flags, addresses.
  // In one's complement arithmetic 0xffff is another way to write a checksum of 0.
  ByteReader fixed(bytes.subspan(4, 8));
  const bool own_shape = bytes[0] == own_first_byte && fixed.u32() == 0x4000 &&
                         fixed.u16() == (255U << 8 | protocol_carp) && fixed.u16() != 0xffff &&
                         datagram.destination == advert_group4;
  must(!own_shape || std::ranges::equal(frame->payload, bytes.first(ipv4_header)),
       "a header of our shape is made again byte for byte");
}

void check_frame(Span frame) {
  const auto ethernet = parse_ethernet(frame);
  const bool tagged = frame.size() >= ethernet_header && frame[12] == 0x81 && frame[13] == 0x00;
  const std::size_t header = ethernet_header + (tagged ? 4 : 0);
  must(ethernet.has_value() == (frame.size() >= header), "a frame needs its header, and no more");
  if (!ethernet) return;
  must(is_within(ethernet->payload, frame) && ethernet->payload.size() == frame.size() - header,
       "the payload is all behind the header");
  must(ethernet->vlan.has_value() == tagged, "a VLAN is what an 802.1Q tag says");
  const auto datagram = parse_ipv4(ethernet->payload);
  if (!datagram) {
    must(datagram.error() == Rejection::ip_header, "a datagram is refused for its header");
    return;
  }
  check_datagram(ethernet->payload, *datagram);
  check_damage(ethernet->payload);
  check_writer(*ethernet, ethernet->payload, *datagram);
}

// Few mutations leave a checksum right: so every frame is tried once more with the right one.
void mend_checksum(std::span<std::uint8_t> frame) {
  if (frame.size() < ethernet_header + ipv4_header) return;
  const auto ip = frame.subspan(ethernet_header);
  const std::size_t header = (ip[0] & 0x0fU) * 4U;
  if (header < ipv4_header || header > ip.size()) return;
  ip[10] = ip[11] = 0;
  ByteWriter(ip.subspan(10)).u16(internet_checksum(ip.first(header)));
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> frame(data, data + size);
  failover::fuzz::check_frame(frame);
  failover::fuzz::mend_checksum(frame);
  failover::fuzz::check_frame(frame);
  return 0;
}
