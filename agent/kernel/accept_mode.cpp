// VRRP's accept = false (RFC 9568, 6.1, Accept_Mode): the addresses are held like any others, so
// that the kernel answers for them, and the packet filter drops what is addressed to them.
//
// It drops before an address is added and until it has gone, so that no packet is taken in between:
// in one wake-up the filter is told twice at most, once with everything that was and will be held,
// and once with what is left. That is for addresses that are in place, not for all that are
// configured: a backup that is not hot may have a configured address from elsewhere, on a loopback
// say, and is to use it.
//
// An address without its filter is better than no address: what the kernel refuses is logged, and
// asked for again with the next change.

#include "agent/kernel/kernel_thread.hpp"

namespace failover {

void KernelThread::drop_before_adding() {
  if (!look_at_dropped_) return;
  auto to = destinations_in_place(Accepting::nothing);
  to.insert(dropped_.begin(), dropped_.end());
  tell_packet_filter(std::move(to));
}

void KernelThread::take_after_removing() {
  if (!std::exchange(look_at_dropped_, false)) return;
  auto to = destinations_in_place(Accepting::nothing);
  if (to == dropped_ && dropped_is_known_) return;
  const auto taken = destinations_in_place(Accepting::packets);
  const auto held = held_destinations();
  for (const netlink::Destination& destination : dropped_)
    // Where it could not be removed, or is to be in a moment, there is another look.
    if (held.contains(destination) && !taken.contains(destination))
      look_at_dropped_ |= to.insert(destination).second;
  tell_packet_filter(std::move(to));
}

void KernelThread::tell_packet_filter(std::set<netlink::Destination> to) {
  if (to == dropped_ && dropped_is_known_) return;
  dropped_is_known_ = true;
  dropped_ = std::move(to);
  for (const netlink::KernelError& error : kernel_.execute({netlink::DropPackets{dropped_}}))
    log(Severity::error,
        dropped_.empty()
            ? "packets for addresses that are not held any more may still be dropped: " +
                  error.text() + "; `nft delete table inet failover` ends that"
            : "accept = false is not in force: " + error.text() +
                  "; what is dropped stays as it was, and the addresses are held all the same; "
                  "give "
                  "the kernel nf_tables, or set accept = true; the next change of role tries it "
                  "again");
}

std::set<netlink::Destination> KernelThread::destinations_in_place(Accepting accepting) const {
  std::set<netlink::Destination> all;
  for (const auto& [id, router] : routers_) {
    if (!router.is_in_place() || router.wanted.accepts != (accepting == Accepting::packets))
      continue;
    for (const IpAddress& address : router.addresses())
      all.insert(netlink::destination(address, name_of_link(router, address)));
  }
  return all;
}

// The link that the address is held on, or will be.
std::string KernelThread::name_of_link(const HeldRouter& router, const IpAddress& address) const {
  const WatchedInterface& interface = interface_of(router);
  for (const VirtualLink& link : router.links)
    if (link.carries[address.family()]) return link.on(interface.index());
  return interface.name();
}

std::set<netlink::Destination> KernelThread::held_destinations() const {
  std::set<netlink::Destination> all;
  for (const netlink::Link& link : found_.links())
    for (const netlink::Address& address : found_.addresses(link.index))
      if (address.mark == netlink::our_mark)
        all.insert(netlink::destination(address.prefix.address(), link.name));
  return all;
}

}  // namespace failover
