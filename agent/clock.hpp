#pragma once
// The clocks. Deadlines live on the monotonic one; the real one only dates events for people, gives
// adverts their counters, and turns a capture's timestamps into ages.

#include <chrono>
#include <cstdint>

#include "protocol/time.hpp"

namespace failover {

using RealTime = std::chrono::sys_time<std::chrono::nanoseconds>;

[[nodiscard]] Instant monotonic_now();
[[nodiscard]] RealTime real_now();

// The clocks of the threads that a simulation runs too, in virtual time. Any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant monotonic() const = 0;
  [[nodiscard]] virtual RealTime real() const = 0;
};

class MachineClock final : public Clock {
 public:
  [[nodiscard]] Instant monotonic() const override { return monotonic_now(); }
  [[nodiscard]] RealTime real() const override { return real_now(); }
};

}  // namespace failover
