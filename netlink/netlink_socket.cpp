#include "netlink/netlink_socket.hpp"

#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>

#include "netlink/route_filter.hpp"
#include "protocol/limits.hpp"

namespace failover::netlink {
namespace {

// What libnl says, as the errno that was behind it.
int errno_of(int libnl_result) {
  switch (-libnl_result) {
    case NLE_AGAIN: return EAGAIN;
    case NLE_NOMEM:  // its word for ENOBUFS too
    case NLE_MSG_TRUNC: return ENOBUFS;
    default: return errno != 0 ? errno : EIO;
  }
}

tl::unexpected<KernelError> failure_of(int error) {
  return failure(KernelError{.error = error, .operation = "open a netlink socket", .hint = {}});
}

bool set(int descriptor, int level, int option, int value) {
  return setsockopt(descriptor, level, option, &value, sizeof value) == 0;
}

// Answers with the kernel's reason in words, and without our own request repeated in them. A
// kernel that knows neither gives plain answers, which are read as well.
void ask_for_reasons(int descriptor) {
  set(descriptor, SOL_NETLINK, NETLINK_EXT_ACK, 1);
  set(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, 1);
}

}  // namespace

void NetlinkSocket::Free::operator()(nl_sock* socket) const { nl_socket_free(socket); }

Result<NetlinkSocket, KernelError> NetlinkSocket::open(int family, int receive_buffer) {
  NetlinkSocket socket(nl_socket_alloc());
  if (!socket.socket_) return failure_of(ENOMEM);
  errno = 0;
  if (const int result = nl_connect(socket.socket_.get(), family); result < 0)
    return failure_of(errno_of(result));
  // Beyond the system's limit takes CAP_NET_ADMIN; without it, as much as the limit allows.
  if (!set(socket.descriptor(), SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer) &&
      !set(socket.descriptor(), SOL_SOCKET, SO_RCVBUF, receive_buffer))
    return failure_of(errno);
  return socket;
}

Result<NetlinkSocket, KernelError> NetlinkSocket::for_requests(int receive_buffer) {
  auto socket = open(NETLINK_ROUTE, receive_buffer);
  if (socket) ask_for_reasons(socket->descriptor());
  // Dumps of only what was asked for. A kernel that does not know it gives more, which is read
  // past.
  if (socket) set(socket->descriptor(), SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
  return socket;
}

Result<NetlinkSocket, KernelError> NetlinkSocket::for_packet_filter(std::size_t bytes) {
  auto socket = open(NETLINK_NETFILTER, limits::netlink_answer_buffer);
  if (!socket) return socket;
  ask_for_reasons(socket->descriptor());
  // A transaction is handed over at once, and the kernel takes no more than there is room for.
  const auto room = static_cast<int>(bytes + 1024);
  if (!set(socket->descriptor(), SOL_SOCKET, SO_SNDBUFFORCE, room) &&
      !set(socket->descriptor(), SOL_SOCKET, SO_SNDBUF, room))
    return failure_of(errno);
  return socket;
}

Result<NetlinkSocket, KernelError> NetlinkSocket::for_notifications(int receive_buffer) {
  auto socket = open(NETLINK_ROUTE, receive_buffer);
  if (!socket) return socket;
  nl_sock* const raw = socket->socket_.get();
  errno = 0;
  if (const int result = nl_socket_set_nonblocking(raw); result < 0)
    return failure_of(errno_of(result));
  // A notification is one message, far smaller than this: so there is no need to peek first.
  constexpr std::size_t longest_notification = 32'768;
  nl_socket_disable_msg_peek(raw);
  if (const int result = nl_socket_set_msg_buf_size(raw, longest_notification); result < 0)
    return failure_of(errno_of(result));
  // Before it joins: not one route more than asked for.
  if (const int error = socket->pass_only(route_filter({})); error != 0) return failure_of(error);
  const int joined = nl_socket_add_memberships(
      raw, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
      RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE, RTNLGRP_IPV4_NETCONF,
      RTNLGRP_IPV6_NETCONF, RTNLGRP_NONE);
  if (joined < 0) return failure_of(errno_of(joined));
  return socket;
}

int NetlinkSocket::receive(const VisitMessage& visit) {
  sockaddr_nl sender{};
  unsigned char* bytes = nullptr;
  errno = 0;
  int left = nl_recv(socket_.get(), &sender, &bytes, nullptr);
  if (left < 0) return errno_of(left);
  if (left == 0) return EIO;
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(bytes, &std::free);
  if (sender.nl_pid != 0) return 0;  // not the kernel: nobody else has a say here
  auto* message = reinterpret_cast<nlmsghdr*>(bytes);
  for (; nlmsg_ok(message, left) != 0; message = nlmsg_next(message, &left)) visit(*message);
  return 0;
}

int NetlinkSocket::exchange(const Requests& requests, const VisitMessage& visit) {
  errno = 0;
  // libnl only reads from the buffer, though it does not say so.
  void* const bytes = const_cast<std::uint8_t*>(requests.bytes.data());
  const int sent = nl_sendto(socket_.get(), bytes, requests.bytes.size());
  if (sent < 0) return errno_of(sent);

  bool answered = false;
  const auto show = [&](nlmsghdr& message) {
    // Answers to an exchange that broke off before are not for this one.
    if (message.nlmsg_seq - requests.first > requests.last - requests.first) return;
    const bool ends = message.nlmsg_type == NLMSG_ERROR || message.nlmsg_type == NLMSG_DONE;
    if (ends && message.nlmsg_seq == requests.last) answered = true;
    visit(message);
  };
  while (!answered)
    if (const int error = receive(show); error != 0) return error;
  return 0;
}

int NetlinkSocket::pass_only(std::span<const sock_filter> program) const {
  // The kernel only reads from the program, though it does not say so.
  const sock_fprog words{.len = static_cast<unsigned short>(program.size()),
                         .filter = const_cast<sock_filter*>(program.data())};
  const int result = setsockopt(descriptor(), SOL_SOCKET, SO_ATTACH_FILTER, &words, sizeof words);
  return result == 0 ? 0 : errno;
}

std::uint32_t NetlinkSocket::take_sequence(std::size_t count) {
  const std::uint32_t first = sequence_;
  sequence_ += static_cast<std::uint32_t>(count);
  return first;
}

int NetlinkSocket::descriptor() const { return nl_socket_get_fd(socket_.get()); }

std::uint32_t NetlinkSocket::port() const { return nl_socket_get_local_port(socket_.get()); }

}  // namespace failover::netlink
