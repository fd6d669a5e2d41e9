#pragma once
// Durations and times as people write and read them. Pure.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/result.hpp"
#include "protocol/time.hpp"

namespace failover::cli {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

// "3d 2h", "5h 10m", "41m", "12s": the two largest units from hours on, else one.
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);
// "3d", "5h", "41m", "12s".
[[nodiscard]] std::string coarse_duration_text(std::chrono::milliseconds duration);

// RFC 3339 in UTC, as the agent writes it: "2026-11-20T09:00:00.000Z".
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);

// "500ms", "30s", "2m", "1h", "1d"; a number without a unit is seconds. At most 365 days.
[[nodiscard]] Result<Duration, ParseError> parse_duration(std::string_view text);

}  // namespace failover::cli
