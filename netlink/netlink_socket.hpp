#pragma once
// NetlinkSocket: a netlink socket to the kernel's routing family or packet filter, over
// libnl.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "netlink/kernel.hpp"

struct nl_sock;
struct nlmsghdr;
struct sock_filter;

namespace failover::netlink {

// Shown each message of what was read; it lives no longer than the call.
using VisitMessage = std::function<void(nlmsghdr&)>;

// Requests that are sent as one, with consecutive sequence numbers. The last one must ask for an
// answer (NLM_F_ACK or NLM_F_DUMP): the kernel answers in order, so its answer ends the exchange.
struct Requests {
  std::span<const std::uint8_t> bytes;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

// Lives on the thread of its RtNetlink. Errors are errno values, 0 for none.
class NetlinkSocket {
 public:
  // Blocking, for requests.
  [[nodiscard]] static Result<NetlinkSocket, KernelError> for_requests(int receive_buffer);
  // Blocking, for requests to nf_tables that are up to `bytes` long together.
  [[nodiscard]] static Result<NetlinkSocket, KernelError> for_packet_filter(std::size_t bytes);
  // Non-blocking, joined to the groups of links, addresses, routes and rules. Only what passes the
  // filter of pass_only() is told.
  [[nodiscard]] static Result<NetlinkSocket, KernelError> for_notifications(int receive_buffer);

  // Sends, and shows everything that the kernel answers to it. An error says that the kernel could
  // not be asked, not that it refused something: that is in the answers.
  [[nodiscard]] int exchange(const Requests& requests, const VisitMessage& visit);
  // Reads one datagram. EAGAIN: nothing is waiting. ENOBUFS: something was lost before this.
  [[nodiscard]] int receive(const VisitMessage& visit);

  // From now on, of what is notified, what the kernel's filter lets through. errno, or 0; then the
  // one before stays in force.
  [[nodiscard]] int pass_only(std::span<const sock_filter> program) const;

  // The first of count sequence numbers that nothing else used lately.
  [[nodiscard]] std::uint32_t take_sequence(std::size_t count);
  [[nodiscard]] int descriptor() const;
  [[nodiscard]] std::uint32_t port() const;

 private:
  struct Free {
    void operator()(nl_sock* socket) const;
  };
  explicit NetlinkSocket(nl_sock* socket) : socket_(socket) {}
  [[nodiscard]] static Result<NetlinkSocket, KernelError> open(int family, int receive_buffer);

  std::unique_ptr<nl_sock, Free> socket_;
  std::uint32_t sequence_ = 1;
};

}  // namespace failover::netlink
