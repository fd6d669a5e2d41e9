#include "agent/kernel/announcer.hpp"

#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "protocol/arp.hpp"
#include "protocol/neighbour.hpp"

namespace failover {

Result<Announcer, std::string> Announcer::open() {
  Descriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!socket.is_open())
    return failure(std::string("packet socket for announcements: ") + std::strerror(errno));
  return Announcer(std::move(socket));
}

namespace {

// Whether the kernel answers neighbours as a router on this interface. Hosts that learn the
// opposite from us would forget it as their default router.
Forwards forwards_on(int interface) {
  std::array<char, IF_NAMESIZE> name{};
  if (if_indextoname(static_cast<unsigned>(interface), name.data()) == nullptr)
    return Forwards::yes;
  std::ifstream setting(std::string("/proc/sys/net/ipv6/conf/") + name.data() + "/forwarding");
  int forwards = 1;
  return setting >> forwards && forwards == 0 ? Forwards::no : Forwards::yes;
}

}  // namespace

void Announcer::announce(int interface, MacAddress own, MacAddress holder,
                         std::span<const IpAddress> addresses) const {
  const ArpForm form = holder.is_virtual_router() ? ArpForm::reply : ArpForm::request;
  std::optional<Forwards> forwards;
  for (const IpAddress& address : addresses) {
    if (address.family() == Family::ipv4) {
      send(interface, gratuitous_arp(own, holder, address, form));
    } else {
      if (!forwards) forwards = forwards_on(interface);
      send(interface, unsolicited_advertisement(own, holder, address, *forwards));
    }
  }
}

void Announcer::probe(int interface, MacAddress own, std::span<const IpAddress> addresses) const {
  for (const IpAddress& address : addresses) {
    if (address.family() == Family::ipv4) {
      send(interface, arp_probe(own, address));
    } else {
      send(interface, address_probe(own, address));
    }
  }
}

void Announcer::send(int interface, std::span<const std::uint8_t> frame) const {
  sockaddr_ll destination{};
  destination.sll_family = AF_PACKET;
  destination.sll_ifindex = interface;
  destination.sll_halen = 6;
  std::copy_n(frame.begin(), 6, destination.sll_addr);
  (void)sendto(socket_.number(), frame.data(), frame.size(), 0,
               reinterpret_cast<const sockaddr*>(&destination), sizeof destination);
}

}  // namespace failover
