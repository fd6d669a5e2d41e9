#pragma once
// The links that a router with a virtual MAC holds its addresses on.

#include <vector>

#include "agent/kernel/held_router.hpp"

namespace failover {

// One for both families when they share a MAC (CARP), one for each when they do not (VRRP). None
// without a virtual MAC.
[[nodiscard]] std::vector<VirtualLink> links_of(const KernelRouter& router);

}  // namespace failover
