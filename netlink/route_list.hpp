#pragma once
// The routes and rules that the kernel has told of, and what it does to them without telling.
//
// The kernel notifies of IPv6 routes that go, and of IPv4 routes that somebody removes. It does not
// notify of IPv4 routes that go with their interface, when that goes down or away or loses its last
// IPv4 address, nor of IPv6 routes that lose their preferred source with its address; before Linux
// 6.3 it did not of IPv4 routes that go with theirs. All that follows from what it does notify, so
// it is done here as well. What is taken for gone too early costs an addition that the kernel
// refuses (EEXIST); what is taken for there would never be put back.

#include <map>
#include <set>
#include <vector>

#include "netlink/kernel.hpp"

namespace failover::netlink {

// Owned by Found. A route is known by its key: of several with one, which `ip route append` makes,
// it is the last that was told of. No more than limits::netlink_routes are kept.
class RouteList {
 public:
  void clear();
  void put(const Route& route);
  // Takes away the hops that have gone, and the route with the last of them.
  void erase(const Route& gone);
  void put(const Rule& rule);
  void erase(const Rule& gone);

  // The interface cannot carry anything of that family any more.
  void interface_lost(int index, Family family);
  // No interface has the address any more.
  void address_lost(const IpAddress& address);

  [[nodiscard]] const Route* find(const RouteKey& key) const;
  // Of all tables and metrics.
  [[nodiscard]] std::vector<Route> to(const Prefix& destination) const;
  [[nodiscard]] std::vector<Route> ours() const;
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }

 private:
  std::map<RouteKey, Route> routes_;
  std::vector<Rule> rules_;  // ours; few
};

}  // namespace failover::netlink
