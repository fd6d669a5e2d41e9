#pragma once
// The packet filter: addresses that the machine holds, answers ARP and neighbour solicitations for,
// and takes no packets for.
//
// Not to give the kernel the address would be another way, and to answer ARP and solicitations
// ourselves: a second neighbour protocol, on the thread that may not wait. A blackhole route for it
// would end the kernel's answers too. So the kernel holds it, and nf_tables drops what would be
// delivered here:
//
//   table inet failover {
//     set ipv4 { type ipv4_addr; elements = { 192.0.2.1 } }
//     set ipv6 { type ipv6_addr; elements = { 2001:db8::1 } }
//     set link_local { type ipv6_addr . ifname; elements = { fe80::1 . "eth0" } }
//     chain input {
//       type filter hook input priority filter; policy accept;
//       ip daddr @ipv4 drop
//       icmpv6 type 135-136 accept
//       ip6 daddr @ipv6 drop
//       ip6 daddr . iifname @link_local drop
//     }
//   }
//
// ARP is not seen by the family inet, and what is only forwarded does not pass the hook. Neighbour
// solicitations and advertisements do, and are let through (RFC 9568, 6.1). A link-local address is
// another one on every link, so there the link counts too.

#include "netlink/rtnetlink_links.hpp"

namespace failover::netlink {

// One transaction: the table is replaced as a whole, or taken away when there is nothing to drop,
// or all stays as it was. Where there is nothing to drop, a kernel without nf_tables is no refusal.
// Opens a socket of its own, since it is seldom needed.
[[nodiscard]] Refusal drop_packets(const DropPackets& wanted);

}  // namespace failover::netlink
