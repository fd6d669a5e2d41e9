#include "tests/sim/frames.hpp"

#include <algorithm>

#include "protocol/arp.hpp"
#include "protocol/assert.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "protocol/neighbour.hpp"

namespace failover::sim {

Frame announcement(MacAddress own, MacAddress holder, Place place, const IpAddress& address) {
  Frame frame;
  const auto put = [&](const auto& bytes) {
    frame.size = bytes.size();
    std::ranges::copy(bytes, frame.bytes.begin());
  };
  if (address.family() == Family::ipv4) {
    put(gratuitous_arp(own, holder, address));
  } else {
    put(unsolicited_advertisement(own, holder, address, Forwards::yes));
  }
  frame.signal = {.kind = Signal::Kind::announcement,
                  .service = place.service,
                  .number = place.number,
                  .family = address.family()};
  frame.signal.holder = holder;
  return frame;
}

Frame advert_frame(const Signal& signal, MacAddress mac, std::span<const std::uint8_t> payload) {
  Frame frame;
  const bool is_ipv4 = signal.family == Family::ipv4;
  const std::size_t headers = ethernet_header + (is_ipv4 ? ipv4_header : ipv6_header);
  const auto bytes = static_cast<std::uint16_t>(payload.size());
  frame.size = headers + payload.size();
  promise(frame.size <= Frame::longest);
  if (is_ipv4) {
    write_advert_headers(
        frame.bytes,
        AdvertHeaders{.source_mac = mac, .source = signal.source, .payload_bytes = bytes});
  } else {
    write_advert_headers(
        frame.bytes,
        AdvertHeaders6{.source_mac = mac, .source = signal.source, .payload_bytes = bytes});
  }
  std::ranges::copy(payload, frame.bytes.begin() + static_cast<std::ptrdiff_t>(headers));
  frame.signal = signal;
  return frame;
}

}  // namespace failover::sim
