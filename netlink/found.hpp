#pragma once
// Found: what the kernel has, as far as it has told us. Built by a dump, kept by notifications.

#include <map>
#include <string_view>
#include <vector>

#include "netlink/address_list.hpp"
#include "netlink/kernel.hpp"
#include "netlink/route_list.hpp"

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
  // Wherever it is, with whatever length: one for each interface that has it.
  [[nodiscard]] std::vector<Address> holders(const IpAddress& address) const;
  // As far as the kernel was asked to tell of them (Kernel::watch_routes).
  [[nodiscard]] const RouteList& routes() const { return routes_; }

 private:
  void on(const LinkChanged& changed);
  void on(const LinkGone& gone);
  void on(const AddressChanged& changed);
  void on(const AddressGone& gone);
  void on(const RouteChanged& changed) { routes_.put(changed.route); }
  void on(const RouteGone& gone) { routes_.erase(gone.route); }
  void on(const RuleChanged& changed) { routes_.put(changed.rule); }
  void on(const RuleGone& gone) { routes_.erase(gone.rule); }
  void on(const SettingsChanged& changed);
  void on(const NotificationsLost& lost);

  std::map<int, Link> links_;
  std::map<int, AddressList> addresses_;
  RouteList routes_;
};

}  // namespace failover::netlink
