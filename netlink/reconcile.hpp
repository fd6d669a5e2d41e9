#pragma once
// Reconciliation: from what we want on one interface and what is found there to an ordered plan. A
// pure function; everything that keeps addresses right (claim, release, healing, adoption, cleanup)
// is this one comparison.
//
// What is found is ours if it has our mark or its address is known; the rest is foreign and never
// touched. The order of a plan:
//   1. Releases: what is ours and not wanted, secondaries before primaries, so that nothing is
//      promoted on its way out, and so that no two routers answer for longer than they must.
//   2. Claims, in the order wanted. What has the wrong attributes is replaced, or, where the kernel
//      does not change them in place (label, scope, noprefixroute of IPv4), removed and added.
//   3. Left-overs: a wanted IPv4 address that is there with another prefix length too. It goes only
//      now, so that the address answers all the time. IPv6 has an address only once: there the old
//      length is removed immediately before the new one is added.
// On a macvlan, the subnets of its parent count as well: an address inside one is installed alone,
// so that the way to its neighbours stays that of the parent.
// KeepSecondaries comes before the first IPv4 removal that would take other addresses along.

#include <set>
#include <vector>

#include "netlink/kernel.hpp"

namespace failover::netlink {

struct WantedAddress {
  Prefix prefix;      // as written in the configuration
  std::string label;  // IPv4 only; empty: whatever label it has is right
  Scope scope = Scope::global;
  std::optional<std::chrono::seconds> preferred_lifetime;
  bool noprefixroute = false;
  friend bool operator==(const WantedAddress&, const WantedAddress&) = default;
};

struct Reconciled {
  Plan plan;
  // Wanted, but there without our mark and not known as ours: never touched, never added.
  std::vector<IpAddress> foreign;
};

// interface: the index. wanted: all that all routers want on it. found: all that is on it.
// known: addresses that we added ourselves in this life, whatever their mark says now. Where two
// routers want one address, the first counts. parent_found: what is on the parent of a macvlan; its
// subnets count where they are not ours and not link-local. Time is that of sorting all of them.
[[nodiscard]] Reconciled reconcile(int interface, const std::vector<WantedAddress>& wanted,
                                   const std::vector<Address>& found,
                                   const std::set<IpAddress>& known,
                                   const std::vector<Address>& parent_found = {});

// The prefix that a wanted address is installed with: /32 or /128 where an address that is not ours
// already covers it, else the one that is written.
[[nodiscard]] Prefix installed_prefix(const WantedAddress& wanted,
                                      const std::vector<Address>& found,
                                      const std::set<IpAddress>& known,
                                      const std::vector<Address>& parent_found = {});

}  // namespace failover::netlink
