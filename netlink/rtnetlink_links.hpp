#pragma once
// Requests about links: macvlans that hold addresses for others, up and down, and their end.
//
// A macvlan of ours is to answer for its own addresses and to say nothing else, whatever the
// machine's defaults are:
//   private mode         what others of our macvlans on that parent hold is none of its business
//   addrgenmode none     no link-local address: its MAC is the active's on another node too, and so
//                        would be that address
//   arp_ignore 1         it answers ARP for its own addresses, not for all of the host's
//   rp_filter 2          the way back to a client mostly leads through the parent; the kernel takes
//                        the larger of this and `all`, so 0 would not help where `all` is 1
//   accept_local 1       a host that holds an address there may be the client as well
//   accept_ra, autoconf  no routes and no addresses out of router advertisements
//   dad_transmits 0      duplicate detection would find the former active, and delays the address
//   mld..._interval      the reports of its groups are repeated at a random moment, which may be
//                        just when the peer has taken the virtual MAC over: a day later is never
// One thing is left: where IPv6 is forwarded, a link with IPv6 that goes up reports that it listens
// to all routers' group. Only `forwarding` 0 would stop it, and would take the router flag out of
// what it says of its addresses, so that hosts forget it as their router.
//
// With protodown such a link is held ready: it is up and has its addresses, and is silent because
// it has no carrier. As seen with Linux 6.18:
//   * IPv4 and IPv6 addresses stay, across any number of changes, and one that is added with nodad
//     while it is on is never tentative.
//   * Their local routes stay too: the host takes the addresses for its own, and reaches itself
//   when
//     it asks for them, while another node has them. Routes to subnets are `linkdown`.
//   * Neither ARP nor neighbour solicitations are answered; the parent has to be told not to answer
//     for its macvlans' IPv4 addresses (arp_ignore 1), whether they are silent or not.
//   * Off is all that it takes to answer. But neither is at once: the carrier changes with the
//     request, the queue that frames leave by in a work of the kernel's that waits for its lock.
//     That is over within a millisecond where nothing holds the lock, and told by IFF_RUNNING:
//     until then a silenced link may still answer, and one that is not silenced any more may not
//     yet.
//   * A carrier that goes and comes on the parent, or the parent down and up, gives the macvlan its
//     carrier back although protodown is still on: it answers then, in both families (arp_ignore 8
//     would keep it silent in IPv4 only). Whoever relies on the silence follows Link::carrier, and
//     says On once more.
//   * Off gives a carrier even where the parent has none.
// A macvlan that is down and has keep_addr_on_down 1 keeps the addresses of both families too, and
// nothing on the parent can make it speak; up, it has to wait for routes, and its groups are joined
// and reported anew.

#include <string>

#include "netlink/netlink_socket.hpp"

namespace failover::netlink {

// What the kernel said no to: error 0 when it did not.
struct Refusal {
  int error = 0;  // errno
  std::string hint = {};
};

// The kernel takes neither an alias nor settings with the request that creates a link. So it takes
// several, and what could not be finished is removed again.
[[nodiscard]] Refusal add_macvlan(NetlinkSocket& socket, const AddMacvlan& wanted);
[[nodiscard]] Refusal set_link(NetlinkSocket& socket, const SetLink& wanted);
[[nodiscard]] Refusal set_mac(NetlinkSocket& socket, const SetMac& wanted);
[[nodiscard]] Refusal set_proto_down(NetlinkSocket& socket, const SetProtoDown& wanted);
[[nodiscard]] Refusal remove_link(NetlinkSocket& socket, const RemoveLink& wanted);

}  // namespace failover::netlink
