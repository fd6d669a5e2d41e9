#pragma once
// Neighbour advertisements for IPv6 over Ethernet (RFC 4861, section 4.4): unsolicited ones out,
// announcements of others in.

#include <array>
#include <cstdint>
#include <optional>

#include "protocol/address.hpp"
#include "protocol/datagram.hpp"

namespace failover {

inline constexpr std::size_t unsolicited_advertisement_frame = 86;

struct NeighbourAdvertisement {
  IpAddress target;
  std::optional<MacAddress> holder;  // the target's link-layer address, if it is told
  bool router = false;
  bool solicited = false;
  bool overrides = false;
};
// Nothing when the datagram is none, or one that a host discards: hop limit, checksum, code and the
// other conditions of RFC 4861, section 7.1.2.
[[nodiscard]] std::optional<NeighbourAdvertisement> parse_neighbour_advertisement(
    const Datagram& datagram);

// The R flag: whether the holder forwards. Hosts forget it as a default router otherwise.
enum class Forwards : std::uint8_t { no, yes };

// The advertisement that tells all nodes of the link who holds `address` now (VRRP.md 1.7):
// S = 0, O = 1, from the address itself. `source` is the frame's own source MAC; it differs from
// `holder` when we announce where a peer of ours holds the address now.
[[nodiscard]] std::array<std::uint8_t, unsolicited_advertisement_frame> unsolicited_advertisement(
    MacAddress source, MacAddress holder, const IpAddress& address, Forwards forwards);

inline constexpr std::size_t address_probe_frame = 78;

// Asks who has `address` without claiming it (RFC 4862, 5.4.2): from the unspecified address, so
// that whoever has it tells all nodes.
[[nodiscard]] std::array<std::uint8_t, address_probe_frame> address_probe(MacAddress source,
                                                                          const IpAddress& address);

}  // namespace failover
