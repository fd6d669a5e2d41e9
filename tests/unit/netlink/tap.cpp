#include "tests/unit/netlink/tap.hpp"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

#include "protocol/arp.hpp"
#include "tests/unit/catch.hpp"

namespace failover::netlink {
namespace {

constexpr std::size_t ethernet_header = 14;
constexpr std::uint16_t all_types = 0x0300;  // ETH_P_ALL in network byte order

void append(Frame& frame, std::span<const std::uint8_t> bytes) {
  frame.insert(frame.end(), bytes.begin(), bytes.end());
}

std::optional<ArpMessage> arp_in(const Frame& frame) {
  if (frame.size() < ethernet_header || frame[12] != 8 || frame[13] != 6) return std::nullopt;
  return parse_arp(std::span(frame).subspan(ethernet_header));
}

}  // namespace

MacAddress source_of(const Frame& frame) {
  return frame.size() < ethernet_header ? MacAddress()
                                        : MacAddress::from_bytes(std::span(frame).subspan(6));
}

std::string text_of(const Frame& frame) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 12; i < frame.size(); ++i) {
    text += digits[frame[i] >> 4];
    text += digits[frame[i] & 15];
  }
  return text;
}

Frame arp_request(const MacAddress& to, const MacAddress& from, const IpAddress& sender,
                  const IpAddress& target) {
  Frame frame;
  append(frame, to.bytes());
  append(frame, from.bytes());
  append(frame, std::array<std::uint8_t, 10>{8, 6, 0, 1, 8, 0, 6, 4, 0, 1});
  append(frame, from.bytes());
  append(frame, sender.bytes());
  append(frame, MacAddress().bytes());
  append(frame, target.bytes());
  return frame;
}

std::optional<IpAddress> asker_in(const Frame& frame) {
  const auto message = arp_in(frame);
  if (!message || message->operation != 1) return std::nullopt;
  return message->sender;
}

MacAddress holder_in(const Frame& frame, const IpAddress& target) {
  const auto message = arp_in(frame);
  const bool reply = message && message->operation == 2 && message->sender == target;
  return reply ? message->sender_mac : MacAddress();
}

Tap::Tap(const std::string& interface)
    : descriptor_(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  REQUIRE(descriptor_ >= 0);
  const int on = 1;
  REQUIRE(setsockopt(descriptor_, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) == 0);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = all_types;
  address.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
  REQUIRE(bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

Tap::~Tap() { close(descriptor_); }

void Tap::send(const Frame& frame) const {
  REQUIRE(::send(descriptor_, frame.data(), frame.size(), 0) == static_cast<ssize_t>(frame.size()));
}

bool Tap::wait_until(const std::function<bool()>& holds) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  std::array<std::uint8_t, 2048> bytes{};
  while (true) {
    while (true) {
      const auto length = recv(descriptor_, bytes.data(), bytes.size(), 0);
      if (length <= 0) break;
      seen.emplace_back(bytes.begin(), bytes.begin() + length);
    }
    if (holds()) return true;
    if (std::chrono::steady_clock::now() >= give_up) return false;
    pollfd descriptor{.fd = descriptor_, .events = POLLIN, .revents = 0};
    poll(&descriptor, 1, 1000);
  }
}

std::vector<Frame> Tap::seen_from(const MacAddress& mac) const {
  std::vector<Frame> from;
  std::ranges::copy_if(seen, std::back_inserter(from),
                       [&](const Frame& frame) { return source_of(frame) == mac; });
  return from;
}

}  // namespace failover::netlink
