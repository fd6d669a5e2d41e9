#pragma once

#include <cstdint>

namespace failover {

// Whether a backup takes over from an active that is worse than it.
enum class Preempt : std::uint8_t { off, on };

}  // namespace failover
