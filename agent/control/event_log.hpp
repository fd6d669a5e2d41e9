#pragma once
// What has happened, for who asks later or follows it: the events that the log has as lines, with
// numbers to go on from.
//
// The numbers have to grow over a restart of the agent, or a collector that asks for what came
// after the last one that it has would miss everything. Kept on the disk they would cost a write
// for each event; so an event's number is the time in microseconds since 1970, or one more than the
// last one where that is not more. Only a clock that was set back across a restart repeats some.

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/clock.hpp"

namespace failover::control {

enum class EventKind : std::uint8_t {
  role,        // of a router
  group,       // the role of a group, or its reason
  track,       // up, down
  override,    // a drain, hold or freeze has begun or ended
  operation,   // has ended
  two_active,  // a peer was active at the same time
  stranger,    // another machine has something of ours
  hook,        // a hook has ended, or units have started or stopped
  config,      // a configuration was applied, or refused
  start,
  stop,
};
[[nodiscard]] std::string_view name(EventKind kind);

struct Event {
  std::uint64_t sequence = 0;
  RealTime at{};
  EventKind kind = EventKind::start;
  std::string group = {};   // empty: none
  std::string router = {};  // empty: none
  std::string track = {};   // empty: none
  std::string text = {};    // the log line
};

// The control thread only. The last limits::events_remembered are kept.
class EventLog {
 public:
  // Gives the event its number.
  void add(Event event);
  // Those with a greater number, oldest first.
  [[nodiscard]] std::vector<Event> since(std::uint64_t sequence) const;
  // Called with each new one.
  void listen(std::function<void(const Event&)> listener) { listener_ = std::move(listener); }

 private:
  std::deque<Event> events_;
  std::uint64_t last_ = 0;
  std::function<void(const Event&)> listener_ = [](const Event&) {};
};

}  // namespace failover::control
