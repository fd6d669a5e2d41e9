#pragma once
// How late adverts were: a histogram of the time between the moment that an advert was due and the
// wake-up that sent it.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "protocol/time.hpp"

namespace failover {

// The engine notes, any thread reads.
class Lateness {
 public:
  // Of all but the last bucket, which has what was later still.
  static constexpr std::array<Duration, 9> bounds{100us, 300us, 1ms,   3ms,   10ms,
                                                  30ms,  100ms, 300ms, 1000ms};
  using Counts = std::array<std::uint64_t, bounds.size() + 1>;

  void note(Duration late) {
    const auto bucket =
        static_cast<std::size_t>(std::ranges::lower_bound(bounds, late) - bounds.begin());
    // Nobody else writes it.
    counts_[bucket].store(counts_[bucket].load(std::memory_order_relaxed) + 1,
                          std::memory_order_relaxed);
  }
  [[nodiscard]] Counts counts() const {
    Counts counts{};
    for (std::size_t i = 0; i < counts.size(); ++i)
      counts[i] = counts_[i].load(std::memory_order_relaxed);
    return counts;
  }

 private:
  std::array<std::atomic<std::uint64_t>, bounds.size() + 1> counts_{};
};

}  // namespace failover
