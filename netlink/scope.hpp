#pragma once

#include <cstdint>

namespace failover::netlink {

// RT_SCOPE_*, of addresses and of routes.
enum class Scope : std::uint8_t { global = 0, site = 200, link = 253, host = 254 };

}  // namespace failover::netlink
