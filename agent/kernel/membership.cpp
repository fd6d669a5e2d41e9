#include "agent/kernel/membership.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "protocol/ipv4.hpp"

namespace failover {

Result<std::unique_ptr<GroupMembership>, std::string> Membership::join(int interface) {
  Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ip_mreqn request{};
  std::memcpy(&request.imr_multiaddr, advert_group4.bytes().data(), 4);
  request.imr_ifindex = interface;
  if (!socket.is_open() ||
      setsockopt(socket.number(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) != 0)
    return failure("joining 224.0.0.18: " + std::string(std::strerror(errno)));
  return std::unique_ptr<GroupMembership>(new Membership(std::move(socket)));
}

}  // namespace failover
