#pragma once
// Found: what the kernel has, as far as it has told us. Built by a dump, kept by notifications.

#include <map>
#include <string_view>
#include <vector>

#include "netlink/address_list.hpp"
#include "netlink/kernel.hpp"

namespace failover::netlink {

// Owned by the kernel thread, or by a test. Never fails; what it does not know it does not return.
// Notifications that were already waiting when the dump was taken may be applied after it: each
// object ends as the last of its notifications says.
class Found {
 public:
  // Replaces everything.
  void reset(const Snapshot& snapshot);
  // NotificationsLost changes nothing here: the owner dumps.
  void apply(const Notification& notification);

  // Pointers hold until the next reset() or apply().
  [[nodiscard]] const Link* link(int index) const;
  [[nodiscard]] const Link* link(std::string_view name) const;
  [[nodiscard]] std::vector<Link> links() const;
  // In the kernel's order: IPv4 before IPv6, the primary of a subnet before its secondaries.
  [[nodiscard]] std::vector<Address> addresses(int interface) const;
  [[nodiscard]] const Address* address(int interface, const Prefix& prefix) const;

 private:
  void on(const LinkChanged& changed);
  void on(const LinkGone& gone);
  void on(const AddressChanged& changed);
  void on(const AddressGone& gone);
  void on(const NotificationsLost& lost);

  std::map<int, Link> links_;
  std::map<int, AddressList> addresses_;
};

}  // namespace failover::netlink
