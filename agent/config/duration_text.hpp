#pragma once
// Durations as people write them: "500ms", "1.5s", "2m". A number without a unit is none, because
// half of its readers would take it for milliseconds.

#include <optional>
#include <string>
#include <string_view>

#include "protocol/time.hpp"

namespace failover::config {

// A decimal number and one of ms, s, m, h, with nothing between. Nothing for everything else, for
// what a Duration cannot hold, and for fractions of a nanosecond.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

// The shortest of "600s", "100ms" and "5ns" that says it exactly.
[[nodiscard]] std::string duration_text(Duration duration);

}  // namespace failover::config
