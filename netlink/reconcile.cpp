#include "netlink/reconcile.hpp"

#include <algorithm>
#include <map>

#include "netlink/subnets.hpp"

namespace failover::netlink {
namespace {

Family family_of(const Prefix& prefix) { return prefix.address().family(); }

bool is_ours(const Address& address, const std::set<IpAddress>& known) {
  return address.mark == our_mark || known.contains(address.prefix.address());
}

// What is on the interface, sorted by whose it is.
struct Inventory {
  Inventory(const std::vector<Address>& found, const std::set<IpAddress>& known,
            const std::vector<Address>& parent_found) {
    for (const Address& address : found) {
      if (is_ours(address, known)) {
        ours[address.prefix.address()].push_back(&address);
      } else {
        foreign.insert(address.prefix.address());
        foreign_subnets.insert(address.prefix);
      }
    }
    // fe80::/64 is on each link anew: the parent's is no way for what leaves by the macvlan.
    for (const Address& address : parent_found)
      if (!is_ours(address, known) && !address.prefix.address().is_link_local())
        foreign_subnets.insert(address.prefix);
  }
  std::map<IpAddress, std::vector<const Address*>> ours;
  std::set<IpAddress> foreign;
  Subnets foreign_subnets;
};

Prefix prefix_to_install(const WantedAddress& wanted, const Subnets& foreign) {
  const IpAddress& address = wanted.prefix.address();
  if (!foreign.cover(address)) return wanted.prefix;
  return Prefix::from(address, longest_prefix(address.family())).value();
}

AddressRequest request_for(int interface, const WantedAddress& wanted, const Prefix& prefix) {
  return {.interface = interface,
          .prefix = prefix,
          .label = wanted.label,
          .scope = wanted.scope,
          .preferred_lifetime = wanted.preferred_lifetime,
          .noprefixroute = wanted.noprefixroute};
}

// IPv6 has no labels, and its scope follows from the address.
bool needs_adding_anew(const WantedAddress& wanted, const Address& found) {
  if (family_of(found.prefix) == Family::ipv6) return false;
  return (!wanted.label.empty() && found.label != wanted.label) || found.scope != wanted.scope ||
         found.noprefixroute != wanted.noprefixroute;
}

bool needs_replacing(const WantedAddress& wanted, const Address& found) {
  return found.mark != our_mark || found.noprefixroute != wanted.noprefixroute;
}

// Writes the plan, and knows at each step how many addresses are in each IPv4 subnet.
class PlanWriter {
 public:
  PlanWriter(int interface, const std::vector<Address>& found) : interface_(interface) {
    for (const Address& address : found) count(address.prefix, 1);
  }

  void add(const AddressRequest& request) {
    count(request.prefix, 1);
    plan_.emplace_back(AddAddress{request});
  }
  void replace(const AddressRequest& request) { plan_.emplace_back(ReplaceAddress{request}); }
  void remove(const Address& address) {
    const int others = count(address.prefix, -1);
    if (others > 0 && !address.secondary && !secondaries_kept_) {
      plan_.emplace_back(KeepSecondaries{interface_});
      secondaries_kept_ = true;
    }
    plan_.emplace_back(RemoveAddress{interface_, address.prefix});
  }
  [[nodiscard]] Plan finish() { return std::move(plan_); }

 private:
  // How many are in the subnet then; IPv6 has no secondaries, so nothing is counted there.
  int count(const Prefix& prefix, int change) {
    if (family_of(prefix) == Family::ipv6) return 0;
    return population_[network_of(prefix)] += change;
  }

  int interface_;
  Plan plan_;
  std::map<Prefix, int> population_;
  bool secondaries_kept_ = false;
};

// One wanted address and what there is of it on the interface.
class Claim {
 public:
  Claim(AddressRequest request, const WantedAddress& wanted, std::vector<const Address*> ours)
      : request_(std::move(request)), others_(std::move(ours)) {
    const auto right = std::ranges::find_if(
        others_, [&](const Address* there) { return there->prefix == request_.prefix; });
    if (right == others_.end()) return;
    there_ = *right;
    others_.erase(right);
    anew_ = needs_adding_anew(wanted, *there_);
    replace_ = !anew_ && needs_replacing(wanted, *there_);
  }

  void write(PlanWriter& plan) const {
    if (family_of(request_.prefix) == Family::ipv6) write_left_overs_now(plan);
    if (there_ == nullptr) {
      plan.add(request_);
    } else if (anew_) {
      plan.remove(*there_);
      plan.add(request_);
    } else if (replace_) {
      plan.replace(request_);
    }
  }
  void write_left_overs(PlanWriter& plan) const {
    if (family_of(request_.prefix) == Family::ipv4) write_left_overs_now(plan);
  }

 private:
  void write_left_overs_now(PlanWriter& plan) const {
    for (const Address* other : others_) plan.remove(*other);
  }

  AddressRequest request_;
  const Address* there_ = nullptr;
  std::vector<const Address*> others_;  // ours, with another prefix length
  bool anew_ = false;
  bool replace_ = false;
};

// In the kernel's order, in which it finds each of them at the front of its list.
void write_releases(const std::vector<Address>& found, const std::set<IpAddress>& known,
                    const std::set<IpAddress>& wanted, PlanWriter& plan) {
  std::vector<const Address*> releases;
  for (const Address& address : found)
    if (is_ours(address, known) && !wanted.contains(address.prefix.address()))
      releases.push_back(&address);
  std::stable_partition(releases.begin(), releases.end(),
                        [](const Address* entry) { return entry->secondary; });
  for (const Address* entry : releases) plan.remove(*entry);
}

}  // namespace

Reconciled reconcile(int interface, const std::vector<WantedAddress>& wanted,
                     const std::vector<Address>& found, const std::set<IpAddress>& known,
                     const std::vector<Address>& parent_found) {
  const Inventory inventory(found, known, parent_found);
  Reconciled result;
  std::vector<Claim> claims;
  std::set<IpAddress> seen;
  for (const WantedAddress& want : wanted) {
    const IpAddress& address = want.prefix.address();
    if (!seen.insert(address).second) continue;
    if (inventory.foreign.contains(address)) {
      result.foreign.push_back(address);
      continue;
    }
    const auto ours = inventory.ours.find(address);
    const Prefix prefix = prefix_to_install(want, inventory.foreign_subnets);
    claims.emplace_back(
        request_for(interface, want, prefix), want,
        ours == inventory.ours.end() ? std::vector<const Address*>{} : ours->second);
  }

  PlanWriter plan(interface, found);
  write_releases(found, known, seen, plan);
  for (const Claim& claim : claims) claim.write(plan);
  for (const Claim& claim : claims) claim.write_left_overs(plan);
  result.plan = plan.finish();
  return result;
}

Prefix installed_prefix(const WantedAddress& wanted, const std::vector<Address>& found,
                        const std::set<IpAddress>& known,
                        const std::vector<Address>& parent_found) {
  return prefix_to_install(wanted, Inventory(found, known, parent_found).foreign_subnets);
}

}  // namespace failover::netlink
