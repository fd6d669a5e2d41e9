#pragma once
// The routers that the table walk leads through everything: of each protocol, with one family or
// with both, and what can happen to them.

#include <vector>

#include "protocol/router/router.hpp"

namespace failover::tests {

// Whose router it is, and what its peer says to it.
struct WalkedRouter {
  const char* name;
  router::Settings settings;
  router::Ready ready;
  router::Rank better;
  router::Rank equal;
  router::Rank worse;
  std::vector<router::Event> events;
};

[[nodiscard]] WalkedRouter carp_in_ipv4();
[[nodiscard]] WalkedRouter carp_in_both();
// VRRP of one family is the part of this in which nothing is heard in the other.
[[nodiscard]] WalkedRouter vrrp_in_both();
// Its addresses are its own: it is active as soon as it can be.
[[nodiscard]] WalkedRouter vrrp_owner();

}  // namespace failover::tests
