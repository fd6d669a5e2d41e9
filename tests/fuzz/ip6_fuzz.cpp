// IPv6 headers and neighbour advertisements: what is taken is right and lies within the frame; what
// we make is read back, and of our own shape it is made again byte for byte.

#include <vector>

#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "protocol/neighbour.hpp"
#include "protocol/pseudo_header.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

using Span = std::span<const std::uint8_t>;

void check_datagram(Span bytes, const Datagram& datagram) {
  must(is_within(datagram.payload, bytes), "a payload lies within its datagram");
  must(bytes[0] >> 4 == 6, "a datagram is of version 6");
  const std::size_t length = ByteReader(bytes.subspan(4)).u16();
  must(datagram.payload.size() == length, "the payload is as long as the header says");
  must(datagram.protocol == bytes[6] && datagram.ttl == bytes[7],
       "next header and hop limit are the header's");
  must(std::ranges::equal(datagram.source.bytes(), bytes.subspan(8, 16)) &&
           std::ranges::equal(datagram.destination.bytes(), bytes.subspan(24, 16)),
       "the addresses are the header's");
  const std::size_t whole = ipv6_header + length;
  must(!parse_ipv6(bytes.first(whole - 1)), "a datagram that is cut off is refused");
  const auto exact = parse_ipv6(bytes.first(whole));
  must(exact && std::ranges::equal(exact->payload, datagram.payload),
       "what pads a frame changes nothing");
}

void check_writer(const EthernetFrame& ethernet, const Datagram& datagram) {
  const Span bytes = ethernet.payload;
  const auto traffic_class = static_cast<std::uint8_t>(ByteReader(bytes).u32() >> 20);
  std::vector<std::uint8_t> own(ethernet_header + ipv6_header);
  write_advert_headers(
      own, AdvertHeaders6{.source_mac = ethernet.source,
                          .source = datagram.source,
                          .destination_mac = ethernet.destination,
                          .destination = datagram.destination,
                          .traffic_class = traffic_class,
                          .payload_bytes = static_cast<std::uint16_t>(datagram.payload.size()),
                          .hop_limit = datagram.ttl});
  own.insert(own.end(), datagram.payload.begin(), datagram.payload.end());
  const auto frame = parse_ethernet(own);
  must(frame && frame->source == ethernet.source && frame->destination == ethernet.destination &&
           frame->type == ethertype_ipv6 && !frame->vlan,
       "the writer's Ethernet header is read back");
  const auto read = parse_ipv6(frame->payload);
  must(read && read->source == datagram.source && read->destination == datagram.destination &&
           read->ttl == datagram.ttl && read->protocol == protocol_carp &&
           std::ranges::equal(read->payload, datagram.payload),
       "the writer's IPv6 header is read back");
  const bool own_shape =
      (ByteReader(bytes).u32() & 0xfffff) == 0 && datagram.protocol == protocol_carp;
  must(
      !own_shape || std::ranges::equal(frame->payload.first(ipv6_header), bytes.first(ipv6_header)),
      "a header of our shape is made again byte for byte");
}

void check_announcement(const EthernetFrame& ethernet, Span frame, const Datagram& datagram,
                        const NeighbourAdvertisement& message) {
  const auto router = message.router ? Forwards::yes : Forwards::no;
  const auto holder = message.holder.value_or(ethernet.source);
  const auto made = unsolicited_advertisement(ethernet.source, holder, message.target, router);
  const auto outer = parse_ethernet(made);
  must(outer && outer->source == ethernet.source && outer->destination == all_nodes6_mac,
       "an announcement is for all nodes");
  const auto envelope = parse_ipv6(outer->payload);
  must(envelope && envelope->source == message.target && envelope->destination == all_nodes6,
       "an announcement comes from its own address");
  const auto read = parse_neighbour_advertisement(*envelope);
  must(read && read->target == message.target && read->holder == holder &&
           read->router == message.router && read->overrides && !read->solicited,
       "an announcement is read back");
  const Span payload = datagram.payload;
  const bool own_shape =
      std::ranges::equal(outer->payload.first(ipv6_header), ethernet.payload.first(ipv6_header)) &&
      ethernet.destination == all_nodes6_mac && ethernet.type == ethertype_ipv6 && !ethernet.vlan &&
      message.holder && message.overrides &&
      (ByteReader(payload.subspan(4)).u32() & 0x1fffffff) == 0 && payload[24] == 2 &&
      payload[25] == 1 && (payload[2] != 0xff || payload[3] != 0xff);
  must(!own_shape || std::ranges::equal(made, frame.first(made.size())),
       "an announcement of our shape is made again byte for byte");
}

void check_advertisement(const EthernetFrame& ethernet, Span frame, const Datagram& datagram) {
  const auto message = parse_neighbour_advertisement(datagram);
  if (!message) return;
  const Span payload = datagram.payload;
  must(datagram.ttl == 255 && datagram.protocol == protocol_icmpv6,
       "an advertisement comes from the link");
  must(payload.size() >= 24 && payload.size() % 8 == 0 && payload[0] == 136 && payload[1] == 0,
       "type, code and length are those of an advertisement");
  must(std::ranges::equal(message->target.bytes(), payload.subspan(8, 16)),
       "the target is what the bytes say");
  must(message->router == (payload[4] >> 7 == 1) &&
           message->solicited == ((payload[4] & 0x40) != 0) &&
           message->overrides == ((payload[4] & 0x20) != 0),
       "the flags are what the bytes say");
  must(!message->target.is_multicast(), "nobody holds a multicast address");
  must(!message->solicited || !datagram.destination.is_multicast(), "all nodes solicit nothing");
  Datagram cut = datagram;
  cut.payload = payload.first(payload.size() - 1);
  must(!parse_neighbour_advertisement(cut), "an advertisement that is cut off is none");
  cut = datagram;
  cut.ttl = 254;
  must(!parse_neighbour_advertisement(cut), "an advertisement from elsewhere is none");
  check_announcement(ethernet, frame, datagram, *message);
}

void check_frame(Span frame) {
  const auto ethernet = parse_ethernet(frame);
  if (!ethernet) return;
  const Span bytes = ethernet->payload;
  const auto datagram = parse_ipv6(bytes);
  const bool readable = bytes.size() >= ipv6_header && bytes[0] >> 4 == 6 &&
                        bytes.size() - ipv6_header >= ByteReader(bytes.subspan(4)).u16();
  must(datagram.has_value() == readable, "a datagram is read when it is whole, and of IPv6");
  if (!datagram) {
    must(datagram.error() == Rejection::ip_header, "a datagram is refused for its header");
    return;
  }
  check_datagram(bytes, *datagram);
  check_writer(*ethernet, *datagram);
  check_advertisement(*ethernet, frame, *datagram);
}

// Few mutations leave a checksum right: so every frame is tried once more with the right one.
void mend_checksum(std::span<std::uint8_t> frame) {
  const auto ethernet = parse_ethernet(frame);
  if (!ethernet) return;
  const auto datagram = parse_ipv6(ethernet->payload);
  if (!datagram || datagram->payload.size() < 4) return;
  const auto offset = static_cast<std::size_t>(datagram->payload.data() - frame.data());
  const auto message = frame.subspan(offset, datagram->payload.size());
  message[2] = message[3] = 0;
  ByteWriter(message.subspan(2))
      .u16(checksum_with_addresses(datagram->source, datagram->destination, protocol_icmpv6,
                                   message));
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
