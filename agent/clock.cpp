#include "agent/clock.hpp"

#include <ctime>

#include "protocol/assert.hpp"

namespace failover {
namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  promise(clock_gettime(clock, &time) == 0);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Instant monotonic_now() { return Instant(read_clock(CLOCK_MONOTONIC)); }

RealTime real_now() { return RealTime(read_clock(CLOCK_REALTIME)); }

}  // namespace failover
