#include "agent/control/event_log.hpp"

#include <algorithm>
#include <chrono>

#include "protocol/assert.hpp"
#include "protocol/limits.hpp"

namespace failover::control {

std::string_view name(EventKind kind) {
  switch (kind) {
    case EventKind::role: return "role";
    case EventKind::group: return "group";
    case EventKind::track: return "track";
    case EventKind::override: return "override";
    case EventKind::operation: return "operation";
    case EventKind::two_active: return "two-active";
    case EventKind::stranger: return "stranger";
    case EventKind::hook: return "hook";
    case EventKind::config: return "config";
    case EventKind::start: return "start";
    case EventKind::stop: return "stop";
  }
  broken_promise();
}

void EventLog::add(Event event) {
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(event.at.time_since_epoch()).count();
  last_ = std::max(last_ + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(microseconds, 0)));
  event.sequence = last_;
  if (events_.size() == limits::events_remembered) events_.pop_front();
  events_.push_back(std::move(event));
  listener_(events_.back());
}

std::vector<Event> EventLog::since(std::uint64_t sequence) const {
  const auto first = std::ranges::upper_bound(events_, sequence, {}, &Event::sequence);
  return {first, events_.end()};
}

}  // namespace failover::control
