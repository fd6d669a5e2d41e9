#pragma once
// Found: what the kernel has, as far as it has told us. Built by a dump, kept by notifications.

#include <map>
#include <string_view>
#include <vector>

#include "netlink/kernel.hpp"

namespace failover::netlink {

// Owned by the kernel thread, or by a test. Never fails; what it does not know it does not return.
class Found {
 public:
  // Replaces everything.
  void reset(const Snapshot& snapshot);
  // NotificationsLost changes nothing here: the owner dumps.
  void apply(const Notification& notification);

  [[nodiscard]] const Link* link(int index) const;
  [[nodiscard]] const Link* link(std::string_view name) const;
  [[nodiscard]] std::vector<Link> links() const;
  // In the kernel's order, primaries first.
  [[nodiscard]] std::vector<Address> addresses(int interface) const;
  [[nodiscard]] const Address* address(int interface, const Prefix& prefix) const;

 private:
  std::map<int, Link> links_;
  std::map<int, std::vector<Address>> addresses_;
};

}  // namespace failover::netlink
