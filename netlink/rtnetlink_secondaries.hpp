#pragma once
// KeptSecondaries: while it lives, removing an IPv4 primary leaves the other addresses of its
// subnet.

#include "netlink/netlink_socket.hpp"

namespace failover::netlink {

// Turns net.ipv4.conf.IF.promote_secondaries on, and back to what it was at the end. It does so by
// netlink rather than through /proc/sys, which is read-only in containers and under a hardened
// unit, and which goes by a name that may change meanwhile. Lives within one execution of a plan.
class KeptSecondaries {
 public:
  KeptSecondaries(NetlinkSocket& socket, int interface);
  KeptSecondaries(const KeptSecondaries&) = delete;
  KeptSecondaries& operator=(const KeptSecondaries&) = delete;
  ~KeptSecondaries();

  // errno of what was refused, or 0.
  [[nodiscard]] int error() const { return error_; }

 private:
  [[nodiscard]] int query(std::uint32_t& value);
  [[nodiscard]] int write(std::uint32_t value);

  NetlinkSocket& socket_;
  int interface_;
  std::uint32_t before_ = 0;
  int error_ = 0;
};

}  // namespace failover::netlink
