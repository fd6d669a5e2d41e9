#include "agent/kernel/membership.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"

namespace failover {

namespace {

bool join4(const Descriptor& socket, int interface) {
  ip_mreqn request{};
  std::memcpy(&request.imr_multiaddr, advert_group4.bytes().data(), 4);
  request.imr_ifindex = interface;
  return socket.is_open() &&
         setsockopt(socket.number(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) == 0;
}

bool join6(const Descriptor& socket, int interface) {
  ipv6_mreq request{};
  std::memcpy(&request.ipv6mr_multiaddr, advert_group6.bytes().data(), 16);
  request.ipv6mr_interface = static_cast<unsigned>(interface);
  return socket.is_open() && setsockopt(socket.number(), IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP,
                                        &request, sizeof request) == 0;
}

// IPv6 is not in this kernel, or switched off on the interface.
bool is_without_ipv6(int error) { return error == EAFNOSUPPORT || error == ENODEV; }

}  // namespace

Result<std::unique_ptr<GroupMembership>, std::string> Membership::join(int interface,
                                                                       KeptMemberships& kept) {
  Descriptor ipv4(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!join4(ipv4, interface))
    return failure("joining 224.0.0.18: " + std::string(std::strerror(errno)));
  Descriptor ipv6(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!join6(ipv6, interface) && !is_without_ipv6(errno))
    return failure("joining ff02::12: " + std::string(std::strerror(errno)));
  std::vector<int> joined{ipv4.number()};
  if (ipv6.is_open()) joined.push_back(ipv6.number());
  kept.keep(interface, joined);
  return std::unique_ptr<GroupMembership>(new Membership(std::move(ipv4), std::move(ipv6)));
}

}  // namespace failover
