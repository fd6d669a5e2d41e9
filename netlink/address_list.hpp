#pragma once
// The addresses of one interface, in the order in which the kernel keeps and dumps them, so that a
// list that notifications built is the list that a dump would give.

#include <list>
#include <map>
#include <vector>

#include "netlink/kernel.hpp"

namespace failover::netlink {

// Owned by Found. An address is known by its prefix, length included. Each change costs a lookup,
// so that 10,000 notifications are no more than 10,000 lookups.
class AddressList {
 public:
  AddressList() = default;
  // The index points into the lists, so a copy would have to be built anew; nobody needs one.
  AddressList(const AddressList&) = delete;
  AddressList& operator=(const AddressList&) = delete;

  // The next one of a dump: it comes behind those of its kind.
  void append(const Address& address);
  // A notified one: new, at the place that the kernel gave it, or changed.
  void put(const Address& address);
  void erase(const Prefix& prefix);

  [[nodiscard]] const Address* find(const Prefix& prefix) const;
  // With whatever length; the shortest, if it is there with several.
  [[nodiscard]] const Address* find(const IpAddress& address) const;
  [[nodiscard]] bool has_ipv4() const { return !primaries_.empty() || !secondaries_.empty(); }
  // IPv4 primaries, IPv4 secondaries, IPv6.
  [[nodiscard]] std::vector<Address> all() const;

 private:
  using List = std::list<Address>;
  [[nodiscard]] List& list_of(const Address& address);

  List primaries_;
  List secondaries_;
  List ipv6_;
  std::map<Prefix, List::iterator> by_prefix_;
};

}  // namespace failover::netlink
