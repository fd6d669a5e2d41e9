#pragma once
// Why a packet was not accepted. The order is the order of judgement: the first failure counts.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace failover {

enum class Rejection : std::uint8_t {
  vlan,       // tagged with a VLAN id other than 0: another segment's advert
  ip_header,  // not a whole, unfragmented IP header with a right checksum
  length,     // not exactly as long as the protocol says
  ttl,        // TTL or hop limit other than 255: not from this link
  version,    // another version or type of the protocol
  id,         // no router of ours has this VHID or VRID here
  peer,       // not sent as configured: multicast for unicast or the reverse, or from no peer
  checksum,
  addresses,       // VRRP: none at all
  interval,        // VRRPv2: another one than ours; VRRPv3: 0
  authentication,  // VRRPv2: another type or password than ours
  digest,          // CARP: wrong password, or other addresses than ours; VRRP: wrong key, or none
  replay,
  own,  // our own advert, looped back by the network
};
inline constexpr std::size_t rejections = 14;

// The name that status uses.
[[nodiscard]] std::string_view name(Rejection rejection);

}  // namespace failover
