#pragma once
// The readable story of a run: one line per thing that happened. Costs nothing unless asked for.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "protocol/time.hpp"

namespace failover::sim {

// When the simulated world begins, on every node's monotonic clock.
inline constexpr Instant world_begin{1000s};

class Timeline {
 public:
  enum class Keep : std::uint8_t { nothing, everything };
  explicit Timeline(Keep keep) : keep_(keep) {}

  template <class... Args>
  void note(Instant now, fmt::format_string<Args...> format, const Args&... args) {
    if (keep_ == Keep::nothing) return;
    const double seconds = std::chrono::duration<double>(now - world_begin).count();
    lines_.push_back(fmt::format("{:12.6f}  ", seconds) +
                     fmt::vformat(format, fmt::make_format_args(args...)));
  }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  Keep keep_;
  std::vector<std::string> lines_;
};

}  // namespace failover::sim
