#pragma once
// Subnets: the networks behind prefixes, and the question whether one of many contains an address.

#include <set>
#include <utility>

#include "protocol/address.hpp"

namespace failover::netlink {

// The prefix with its host bits cleared: 203.0.113.10/24 is in 203.0.113.0/24.
[[nodiscard]] Prefix network_of(const Prefix& prefix);

// A set of networks. A lookup costs one search per prefix length in use, whatever their number.
class Subnets {
 public:
  void insert(const Prefix& prefix);
  // Whether one of them contains the address.
  [[nodiscard]] bool cover(const IpAddress& address) const;

 private:
  std::set<Prefix> networks_;
  std::set<std::pair<Family, std::uint8_t>> lengths_;
};

}  // namespace failover::netlink
