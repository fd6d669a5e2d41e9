#pragma once
// Randomness that is the same everywhere: no std::..._distribution, whose results are the
// library's own business.

#include <cstdint>
#include <random>

#include "protocol/time.hpp"

namespace failover::sim {

// For what is drawn once, in order.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  // Both ends included.
  [[nodiscard]] std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    return least + engine_() % (most - least + 1);
  }
  [[nodiscard]] int number(int least, int most) {
    return least + static_cast<int>(between(0, static_cast<std::uint64_t>(most - least)));
  }
  [[nodiscard]] std::size_t below(std::size_t bound) { return engine_() % bound; }
  [[nodiscard]] bool chance(unsigned percent) { return engine_() % 100 < percent; }
  [[nodiscard]] Duration time(Duration least, Duration most) {
    // Whole microseconds: what a scenario's text says is all there is.
    return Duration(1us) *
           static_cast<Duration::rep>(between(static_cast<std::uint64_t>(least / 1us),
                                              static_cast<std::uint64_t>(most / 1us)));
  }

 private:
  std::mt19937_64 engine_;
};

// For what happens to single frames: a function of who and which, so that taking a fault out of a
// schedule changes nothing for the frames before it.
[[nodiscard]] inline std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

}  // namespace failover::sim
