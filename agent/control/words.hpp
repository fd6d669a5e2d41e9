#pragma once
// The words that documents and log lines have in common.

#include <string>
#include <string_view>

#include "agent/mailbox/messages.hpp"

namespace failover::control {

[[nodiscard]] std::string_view word(router::Role role);
[[nodiscard]] std::string_view word(GroupState state);
[[nodiscard]] std::string_view word(TrackState state);
[[nodiscard]] std::string_view word(group::Hold hold);
[[nodiscard]] std::string_view word(Stranger kind);

// "Up (active)", "Ready (standby)", ...
[[nodiscard]] std::string_view word(Contest contest);
[[nodiscard]] std::string_view status_text(GroupState state);
// What a reason means: "the active said farewell".
[[nodiscard]] std::string_view sentence(Reason reason);

// "advbase 1, advskew 0" or "priority 100, interval 1 s".
[[nodiscard]] std::string rank_text(const router::Rank& rank);
// What is compared: "1.391 s" or "priority 150".
[[nodiscard]] std::string short_rank_text(const router::Rank& rank);

// RFC 3339 in UTC with milliseconds: "2026-11-20T09:00:00.000Z".
[[nodiscard]] std::string timestamp(RealTime time);
// "3.391 s".
[[nodiscard]] std::string seconds_text(Duration duration);
// For people, the two greatest units: "45s", "18m", "2h 5m", "3d 2h".
[[nodiscard]] std::string span_text(Duration duration);

}  // namespace failover::control
