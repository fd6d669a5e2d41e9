#pragma once
// The clocks. Deadlines live on the monotonic one; the real one only dates events for people, gives
// adverts their counters, and turns a capture's timestamps into ages.

#include <chrono>
#include <cstdint>

#include "protocol/time.hpp"

namespace failover {

[[nodiscard]] Instant monotonic_now();

using RealTime = std::chrono::sys_time<std::chrono::nanoseconds>;
[[nodiscard]] RealTime real_now();

}  // namespace failover
