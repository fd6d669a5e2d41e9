// ARP: what is read is what the bytes say; what we announce is read back, and of our own shape it
// is made again byte for byte.

#include "protocol/arp.hpp"
#include "protocol/ipv4.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

using Span = std::span<const std::uint8_t>;

constexpr std::size_t message_bytes = arp_frame - ethernet_header;
constexpr std::array<std::uint8_t, 6> ipv4_over_ethernet{0, 1, 8, 0, 6, 4};

void check_announcement(const EthernetFrame& ethernet, Span frame, const ArpMessage& message) {
  const auto made = gratuitous_arp(ethernet.source, message.sender_mac, message.sender);
  const auto outer = parse_ethernet(made);
  must(outer && outer->source == ethernet.source && outer->destination == broadcast_mac &&
           outer->type == ethertype_arp,
       "an announcement is broadcast");
  const auto read = parse_arp(outer->payload);
  must(read && read->operation == 1 && read->sender_mac == message.sender_mac &&
           read->sender == message.sender && read->target == message.sender,
       "an announcement is read back");
  const bool own_shape = message.operation == 1 && message.sender == message.target &&
                         ethernet.destination == broadcast_mac && !ethernet.vlan &&
                         std::ranges::all_of(ethernet.payload.subspan(18, 6),
                                             [](std::uint8_t byte) { return byte == 0; });
  must(!own_shape || std::ranges::equal(made, frame.first(arp_frame)),
       "an announcement of our shape is made again byte for byte");
}

void check_frame(Span frame) {
  const auto ethernet = parse_ethernet(frame);
  if (!ethernet) return;
  const Span bytes = ethernet->payload;
  const auto message = parse_arp(bytes);
  const bool readable =
      bytes.size() >= message_bytes && std::ranges::equal(bytes.first(6), ipv4_over_ethernet);
  must(message.has_value() == readable, "a message is read when it is whole, and of IPv4");
  if (!message) return;
  must(message->operation == (bytes[6] << 8 | bytes[7]), "the operation is what the bytes say");
  must(std::ranges::equal(message->sender_mac.bytes(), bytes.subspan(8, 6)) &&
           std::ranges::equal(message->sender.bytes(), bytes.subspan(14, 4)) &&
           std::ranges::equal(message->target.bytes(), bytes.subspan(24, 4)),
       "the addresses are what the bytes say");
  must(!parse_arp(bytes.first(message_bytes - 1)), "a message that is cut off is none");
  if (ethernet->type == ethertype_arp) check_announcement(*ethernet, frame, *message);
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  failover::fuzz::check_frame({data, size});
  return 0;
}
