#pragma once
// ARP for IPv4 over Ethernet (RFC 826): gratuitous ARP out, announcements of others in.

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "protocol/address.hpp"

namespace failover {

inline constexpr std::size_t arp_frame = 42;

struct ArpMessage {
  std::uint16_t operation = 0;  // 1 request, 2 reply
  MacAddress sender_mac;
  IpAddress sender;
  IpAddress target;
};
// The part behind the Ethernet header. Nothing when it is not IPv4 over Ethernet, or too short.
[[nodiscard]] std::optional<ArpMessage> parse_arp(std::span<const std::uint8_t> bytes);

// A gratuitous ARP as CARP and VRRP nodes send it: a broadcast request whose sender and target
// protocol address are both `address` (CARP.md 3.3). `source` is the frame's own source MAC; it
// differs from `mac` when we announce where a peer of ours holds the address now.
//
// As a reply it is answered by nobody. A request is, by whoever still has the address; with a
// virtual MAC that answer would pull the switch's port back to him.
enum class ArpForm : std::uint8_t { request, reply };
[[nodiscard]] std::array<std::uint8_t, arp_frame> gratuitous_arp(MacAddress source, MacAddress mac,
                                                                 const IpAddress& address,
                                                                 ArpForm form = ArpForm::request);

// Asks who has `address` without claiming it (RFC 5227, 2.1.1). Whoever answers, has it.
[[nodiscard]] std::array<std::uint8_t, arp_frame> arp_probe(MacAddress source,
                                                            const IpAddress& address);

}  // namespace failover
