#include "agent/kernel/announcer.hpp"

#include <linux/if_packet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "protocol/arp.hpp"

namespace failover {

Result<Announcer, std::string> Announcer::open() {
  Descriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!socket.is_open())
    return failure(std::string("packet socket for announcements: ") + std::strerror(errno));
  return Announcer(std::move(socket));
}

void Announcer::announce(int interface, MacAddress own, MacAddress holder,
                         std::span<const IpAddress> addresses) const {
  sockaddr_ll destination{};
  destination.sll_family = AF_PACKET;
  destination.sll_ifindex = interface;
  destination.sll_halen = 6;
  std::ranges::copy(broadcast_mac.bytes(), destination.sll_addr);
  for (const IpAddress& address : addresses) {
    if (address.family() != Family::ipv4) continue;
    const auto frame = gratuitous_arp(own, holder, address);
    (void)sendto(socket_.number(), frame.data(), frame.size(), 0,
                 reinterpret_cast<const sockaddr*>(&destination), sizeof destination);
  }
}

}  // namespace failover
