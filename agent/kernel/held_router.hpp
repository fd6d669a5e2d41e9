#pragma once
// HeldRouter: a virtual router as the kernel thread sees it: addresses to have or not to have, on
// the interface itself or on links of its own.

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/kernel/healing.hpp"
#include "agent/mailbox/messages.hpp"
#include "agent/rate_limit.hpp"

namespace failover {

// What is held on one link: an interface, or a macvlan of ours.
struct Holder {
  int index = 0;              // of the link; 0: there is none
  std::set<IpAddress> known;  // what we have added and not yet removed
  int known_on = 0;           // the index that `known` is about
  bool dirty = false;         // wanted and found may differ
  bool awaiting = false;      // a claim is not complete: our own changes count too
};

// A macvlan with a virtual MAC.
struct VirtualLink {
  MacAddress mac;
  PerFamily<bool> carries;  // whose addresses are on it
  std::string name;         // without the parent's index
  Holder holder;
  bool ready = false;  // silenced, and all of its addresses are there

  // "carp10.2"
  [[nodiscard]] std::string on(int parent) const { return name + "." + std::to_string(parent); }
};

struct HeldRouter {
  KernelRouter wanted;
  bool claimed = false;          // the engine wants the addresses held
  bool awaiting = false;         // it has not been told yet that they are there
  bool barred = false;           // somebody else's address is in the way
  RateLimit removals_told = {};  // in the log
  RateLimit culprits_told = {};  // with a name: not held back by one without
  RateLimit settings_told = {};  // likewise
  Culprit removed_by = {};       // an address, last
  Healing healing = {};
  std::vector<VirtualLink> links;  // empty: the addresses are on the interface itself

  // The addresses are to be there, whether it speaks or not.
  [[nodiscard]] bool is_in_place() const { return claimed || wanted.hot; }
  [[nodiscard]] std::vector<IpAddress> addresses() const {
    std::vector<IpAddress> list;
    list.reserve(wanted.addresses.size());
    for (const netlink::WantedAddress& address : wanted.addresses)
      list.push_back(address.prefix.address());
    return list;
  }
  // In the configuration's order.
  [[nodiscard]] std::vector<netlink::WantedAddress> on(const VirtualLink& link) const {
    std::vector<netlink::WantedAddress> list;
    std::ranges::copy_if(wanted.addresses, std::back_inserter(list), [&](const auto& address) {
      return link.carries[address.prefix.address().family()];
    });
    return list;
  }
};

}  // namespace failover
