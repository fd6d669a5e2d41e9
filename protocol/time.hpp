#pragma once
// Time as the protocols see it. protocol/ never reads a clock: an Instant is always an argument.

#include <chrono>
#include <ratio>

namespace failover {

// The machine's monotonic clock, without a now(): only agent/ knows how to read it.
struct Monotonic {
  using rep = std::chrono::nanoseconds::rep;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<Monotonic>;
  static constexpr bool is_steady = true;
};

using Duration = Monotonic::duration;
using Instant = Monotonic::time_point;

using std::chrono_literals::operator""ns;
using std::chrono_literals::operator""us;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

}  // namespace failover
