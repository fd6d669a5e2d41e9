#include "netlink/address_list.hpp"

#include <algorithm>

namespace failover::netlink {
namespace {

// Where the kernel puts a new address. IPv4 (inet_insert_ifa): a secondary at the end, a primary
// behind the last primary whose scope is as narrow or narrower. IPv6 (ipv6_link_dev_addr): before
// the first whose scope is as narrow or narrower, so the latest of a scope comes first.
// An address under duplicate detection is notified when that is over: so among IPv6 addresses of
// one scope the order may differ from the kernel's. No rule of the kernel hangs on it.
std::list<Address>::iterator place_of(const Address& address, std::list<Address>& list) {
  const auto as_narrow = [&](const Address& other) { return other.scope >= address.scope; };
  if (address.prefix.address().family() == Family::ipv6)
    return std::ranges::find_if(list, as_narrow);
  if (address.secondary) return list.end();
  return std::find_if(list.rbegin(), list.rend(), as_narrow).base();
}

}  // namespace

AddressList::List& AddressList::list_of(const Address& address) {
  if (address.prefix.address().family() == Family::ipv6) return ipv6_;
  return address.secondary ? secondaries_ : primaries_;
}

void AddressList::append(const Address& address) {
  erase(address.prefix);
  List& list = list_of(address);
  by_prefix_[address.prefix] = list.insert(list.end(), address);
}

void AddressList::put(const Address& address) {
  const auto known = by_prefix_.find(address.prefix);
  if (known != by_prefix_.end() && known->second->secondary == address.secondary) {
    *known->second = address;
    return;
  }
  // New, or promoted to primary: then the kernel moves it among the primaries.
  erase(address.prefix);
  List& list = list_of(address);
  by_prefix_[address.prefix] = list.insert(place_of(address, list), address);
}

void AddressList::erase(const Prefix& prefix) {
  const auto known = by_prefix_.find(prefix);
  if (known == by_prefix_.end()) return;
  list_of(*known->second).erase(known->second);
  by_prefix_.erase(known);
}

const Address* AddressList::find(const Prefix& prefix) const {
  const auto known = by_prefix_.find(prefix);
  return known == by_prefix_.end() ? nullptr : &*known->second;
}

const Address* AddressList::find(const IpAddress& address) const {
  const auto first = by_prefix_.lower_bound(Prefix::from(address, 0).value());
  const bool has = first != by_prefix_.end() && first->first.address() == address;
  return has ? &*first->second : nullptr;
}

std::vector<Address> AddressList::all() const {
  std::vector<Address> all;
  all.reserve(by_prefix_.size());
  for (const List* list : {&primaries_, &secondaries_, &ipv6_})
    all.insert(all.end(), list->begin(), list->end());
  return all;
}

}  // namespace failover::netlink
