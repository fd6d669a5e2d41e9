#pragma once
// Reconciliation: from what we want on one interface and what is found there to an ordered plan. A
// pure function; everything that keeps addresses right (claim, release, healing, adoption, cleanup)
// is this one comparison.

#include <set>
#include <vector>

#include "netlink/kernel.hpp"

namespace failover::netlink {

struct WantedAddress {
  Prefix prefix;      // as written in the configuration
  std::string label;  // empty: none
  Scope scope = Scope::global;
  std::optional<std::chrono::seconds> preferred_lifetime;
  bool noprefixroute = false;
};

struct Reconciled {
  Plan plan;
  // Wanted, but there without our mark and not known as ours: never touched, never added.
  std::vector<IpAddress> foreign;
};

// interface: the index. wanted: all that all routers want on it. found: all that is on it.
// known: addresses that we added ourselves in this life, whatever their mark says now.
[[nodiscard]] Reconciled reconcile(int interface, const std::vector<WantedAddress>& wanted,
                                   const std::vector<Address>& found,
                                   const std::set<IpAddress>& known);

// The prefix that a wanted address is installed with: /32 or /128 where an address that is not ours
// already covers it, else the one that is written.
[[nodiscard]] Prefix installed_prefix(const WantedAddress& wanted,
                                      const std::vector<Address>& found,
                                      const std::set<IpAddress>& known);

}  // namespace failover::netlink
