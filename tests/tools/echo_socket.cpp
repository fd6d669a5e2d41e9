#include "tests/tools/echo_socket.hpp"

#include <arpa/inet.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace failover::probe {
namespace {

// Some 20 s of replies at 1 ms, for a reader that does not get the processor.
constexpr int receive_buffer = 16 * 1024 * 1024;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int opened(int domain, int type, int protocol, const char* what) {
  const int fd = socket(domain, type | SOCK_CLOEXEC, protocol);
  if (fd < 0) fail(what);
  return fd;
}

template <typename Value>
void set(int fd, int level, int option, const Value& value, const char* what) {
  if (setsockopt(fd, level, option, &value, sizeof value) != 0) fail(what);
}

std::uint16_t checksum(const unsigned char* bytes, std::size_t size) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < size; i += 2) {
    sum += static_cast<std::uint32_t>(bytes[i] << 8U | bytes[i + 1]);
  }
  while ((sum >> 16U) != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

int icmp_of(int family) {
  if (family == AF_INET6) return IPPROTO_ICMPV6;
  return IPPROTO_ICMP;
}

// The echo header is the same in both families.
struct Echo {
  icmphdr header{};
  Payload payload{};
};

Nanoseconds age(msghdr& message) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    timespec now{};
    std::memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
    clock_gettime(CLOCK_REALTIME, &now);
    return std::chrono::seconds(now.tv_sec - stamp.tv_sec) +
           Nanoseconds(now.tv_nsec - stamp.tv_nsec);
  }
  return Nanoseconds(0);
}

// RTM_DELNEIGH with one attribute, the address (rtnetlink(7)).
struct Forget {
  nlmsghdr header{};
  ndmsg neighbour{};
  rtattr attribute{};
  unsigned char address[sizeof(in6_addr)] = {};
};

}  // namespace

std::optional<Target> Target::parsed(const std::string& address, const std::string& interface) {
  Target target;
  target.interface = interface;
  if (inet_pton(AF_INET, address.c_str(), &target.ipv4) == 1) {
    target.family = AF_INET;
  } else if (inet_pton(AF_INET6, address.c_str(), &target.ipv6) == 1) {
    target.family = AF_INET6;
  } else {
    return std::nullopt;
  }
  return target;
}

EchoSocket::EchoSocket(const Target& target)
    : target_(target),
      interface_index_(if_nametoindex(target.interface.c_str())),
      fd_(opened(target.family, SOCK_RAW, icmp_of(target.family), "raw ICMP socket")),
      netlink_(opened(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, "netlink socket")) {
  set(fd_, SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer, "SO_RCVBUFFORCE");
  set(fd_, SOL_SOCKET, SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS");
  if (is_ipv6()) {
    icmp6_filter replies{};
    ICMP6_FILTER_SETBLOCKALL(&replies);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &replies);
    set(fd_, IPPROTO_ICMPV6, ICMP6_FILTER, replies, "ICMP6_FILTER");
  } else {
    const std::uint32_t all_but_replies = ~(1U << ICMP_ECHOREPLY);
    set(fd_, SOL_RAW, 1 /* ICMP_FILTER */, all_but_replies, "ICMP_FILTER");
  }
}

EchoSocket::~EchoSocket() {
  close(netlink_);
  close(fd_);
}

void EchoSocket::send(const Payload& payload) const {
  Echo echo;
  echo.header.type = is_ipv6() ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
  echo.header.un.echo.id = htons(static_cast<std::uint16_t>(getpid()));
  echo.header.un.echo.sequence = htons(static_cast<std::uint16_t>(payload.sequence));
  echo.payload = payload;
  if (is_ipv6()) {  // the kernel fills the checksum in
    sockaddr_in6 peer{};
    peer.sin6_family = AF_INET6;
    peer.sin6_addr = target_.ipv6;
    if (IN6_IS_ADDR_LINKLOCAL(&target_.ipv6)) peer.sin6_scope_id = interface_index_;
    static_cast<void>(sendto(fd_, &echo, sizeof echo, MSG_DONTWAIT,
                             reinterpret_cast<const sockaddr*>(&peer), sizeof peer));
    return;
  }
  unsigned char bytes[sizeof echo];
  std::memcpy(bytes, &echo, sizeof echo);
  echo.header.checksum = htons(checksum(bytes, sizeof bytes));
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_addr = target_.ipv4;
  static_cast<void>(sendto(fd_, &echo, sizeof echo, MSG_DONTWAIT,
                           reinterpret_cast<const sockaddr*>(&peer), sizeof peer));
}

std::optional<std::pair<Payload, Nanoseconds>> EchoSocket::receive() const {
  unsigned char bytes[512];
  alignas(cmsghdr) char control[256];
  iovec part{.iov_base = bytes, .iov_len = sizeof bytes};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t size = recvmsg(fd_, &message, MSG_DONTWAIT);
  if (size < 0) return std::nullopt;
  Payload payload{};
  // The IPv4 header comes along, the IPv6 one does not.
  const std::size_t before = is_ipv6() ? 0 : (bytes[0] & 0xfU) * 4U;
  const std::size_t header = before + sizeof(icmphdr);
  if (static_cast<std::size_t>(size) >= header + sizeof payload) {
    std::memcpy(&payload, bytes + header, sizeof payload);
  }
  return std::pair(payload, age(message));
}

void EchoSocket::forget_neighbour() const {
  Forget request;
  const std::size_t size = is_ipv6() ? sizeof(in6_addr) : sizeof(in_addr);
  if (is_ipv6()) {
    std::memcpy(request.address, &target_.ipv6, size);
  } else {
    std::memcpy(request.address, &target_.ipv4, size);
  }
  request.header.nlmsg_len =
      static_cast<std::uint32_t>(sizeof request - sizeof request.address + size);
  request.header.nlmsg_type = RTM_DELNEIGH;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  request.neighbour.ndm_family = static_cast<std::uint8_t>(target_.family);
  request.neighbour.ndm_ifindex = static_cast<int>(interface_index_);
  request.attribute.rta_len = static_cast<std::uint16_t>(sizeof request.attribute + size);
  request.attribute.rta_type = NDA_DST;
  if (::send(netlink_, &request, request.header.nlmsg_len, 0) < 0) fail("RTM_DELNEIGH");
  struct {
    nlmsghdr header;
    nlmsgerr error;
  } reply{};
  if (recv(netlink_, &reply, sizeof reply, MSG_TRUNC) < 0) fail("RTM_DELNEIGH");
  errno = -reply.error.error;
  // ENOENT: there was no entry, which is what we want.
  if (errno != 0 && errno != ENOENT) fail("RTM_DELNEIGH");
}

}  // namespace failover::probe
