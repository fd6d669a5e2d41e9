#pragma once
// What the engine publishes of every failover group, beside what it publishes of its routers.

#include <cstdint>
#include <optional>

#include "agent/clock.hpp"
#include "agent/mailbox/published.hpp"
#include "protocol/group/events.hpp"
#include "protocol/limits.hpp"
#include "protocol/reason.hpp"

namespace failover {

enum class GroupState : std::uint8_t { down, ready, up, held, frozen };
using group::TrackState;

struct TrackStatus {
  TrackState state = TrackState::unknown;
  RealTime since{};
  std::uint64_t changes = 0;
  unsigned in_a_row = 0;  // reports of the other kind since: how far it is from changing
};

struct GroupStatus {
  GroupState state = GroupState::down;
  router::Role role = router::Role::initialize;  // of the whole; initialize: an element is down
  Reason reason = Reason::starting;
  RealTime since{};                          // of the role
  std::optional<group::Member> leader = {};  // the RouterId of who took the others along, or back
  group::Overrides overrides = {};           // in force
  bool yielded = false;                      // handed over by an operator; does not preempt
  bool handing_over = false;
  unsigned demotion = 0;              // of all tracks together
  std::uint32_t unplanned_moves = 0;  // within the damping's window
  // Until when, on the monotonic clock; in the past, or 0: not at all.
  Instant damped_until{};
  Instant contested_until{};   // somebody kept removing the addresses here
  Instant preempts_from{};     // preempt_delay
  Instant starts_at{};         // start_delay
  Instant not_again_before{};  // another element has taken a move back
};

using PublishedGroup = Published<GroupStatus>;
using PublishedTrack = Published<TrackStatus>;  // one for each, in the configuration's order

}  // namespace failover
