#pragma once
// What can happen to a failover group, and what it asks of its elements: the two vocabularies of
// the state machine in group.hpp.

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/preempt.hpp"
#include "protocol/reason.hpp"
#include "protocol/router/events.hpp"
#include "protocol/time.hpp"

namespace failover::group {

// A router of the group, by the number that who owns the group gives it.
using Member = std::uint32_t;
// A track of the group, whatever else is tracked before or after a change of the configuration:
// made of its name (FNV-1a).
using TrackNumber = std::uint32_t;
[[nodiscard]] constexpr TrackNumber track_number(std::string_view name) {
  TrackNumber hash = 2'166'136'261;
  for (const char letter : name) hash = (hash ^ static_cast<std::uint8_t>(letter)) * 16'777'619;
  return hash;
}

// --- What a group is configured with ---

struct TrackSettings {
  TrackNumber number = 0;
  unsigned rise = limits::track_rise_default;  // successes in a row until it is up
  unsigned fall = limits::track_fall_default;  // failures in a row until it is down
  // What the kernel tells comes once, not again and again: it is up when it has been well for so
  // long, and down at once. Nothing: it is asked, and counts.
  std::optional<Duration> well_for = {};
  std::optional<unsigned> demote = {};  // what it costs while it is down; nothing: the group yields
  friend bool operator==(const TrackSettings&, const TrackSettings&) = default;
};

enum class TakesOver : std::uint8_t { by_itself, when_told };  // when_told: mode "none"

struct Settings {
  Preempt preempt = Preempt::on;
  Duration preempt_delay{};
  Duration start_delay{};
  TakesOver takes_over = TakesOver::by_itself;
  unsigned damping_moves = limits::damping_moves_default;  // 0: no damping
  Duration damping_window = limits::damping_window_default;
  std::vector<TrackSettings> tracks = {};
  friend bool operator==(const Settings&, const Settings&) = default;
};

// --- What a person has asked for, until it ends ---

enum class Hold : std::uint8_t { none, active, backup };
struct Overrides {
  Hold hold = Hold::none;
  bool drained = false;  // hands over, and takes over again only when nobody else is there
  bool frozen = false;   // nothing moves by itself
  friend bool operator==(const Overrides&, const Overrides&) = default;
};

using router::Unclaimed;

// --- What happens ---

// An element, as its state machine shows it.
struct View {
  router::Role role = router::Role::initialize;
  Reason reason = Reason::starting;
  WaitingFor waiting_for = WaitingFor::nothing;
  bool leaving = false;   // farewell is said, nobody has claimed yet
  bool barred = false;    // somebody else's address is in the way
  bool resuming = false;  // goes on from an earlier life, as soon as its interface is known
  bool yielded = false;
  Duration dead_time{};
  friend bool operator==(const View&, const View&) = default;
};

enum class Health : std::uint8_t { good, bad };
struct TrackReport {
  TrackNumber track = 0;
  Health health = Health::good;
};
struct SwitchOver {  // an operator: hand over, and stay backup
  Unclaimed unclaimed = Unclaimed::take_back;
};
// All overrides as they are to be. A hand-over that they ask for and that nobody claims leaves the
// old ones in force.
enum class Reply : std::uint8_t { wanted, not_wanted };
struct Override {
  Overrides wanted;
  Unclaimed unclaimed = Unclaimed::take_back;
  Reply reply = Reply::wanted;  // not_wanted: they have run out, nobody waits
};
struct Release {};        // an operator: end what a switchover left behind, and a hold
struct AnnounceAgain {};  // an operator
// What has to run before the addresses are claimed does not.
struct ServicesFailed {};
// Somebody on this node keeps removing an element's addresses: a peer would hold them better, if
// there is one.
struct Contested {};
struct ElementEnded {  // what an element says of the operation that it was told of
  Member member = 0;
  router::Outcome outcome = router::Outcome::done;
};
struct Reconfigured {
  Settings settings;
};
struct DeadlineReached {};

using Event = std::variant<TrackReport, SwitchOver, Override, Release, AnnounceAgain,
                           ServicesFailed, Contested, ElementEnded, Reconfigured, DeadlineReached>;

// --- What it asks for, to be carried out in order ---

struct Tell {
  Member member = 0;
  router::Event event;
};
struct Moved {  // the role of the whole, or why it has it
  router::Role from = router::Role::initialize;
  router::Role to = router::Role::initialize;
  Reason reason = Reason::starting;
  bool planned = false;
  friend bool operator==(const Moved&, const Moved&) = default;
};
enum class TrackState : std::uint8_t { unknown, up, down };
struct TrackMoved {
  TrackNumber track = 0;
  TrackState state = TrackState::unknown;
  friend bool operator==(const TrackMoved&, const TrackMoved&) = default;
};
struct OperationEnded {
  router::Outcome outcome = router::Outcome::done;
  friend bool operator==(const OperationEnded&, const OperationEnded&) = default;
};

using Effect = std::variant<Tell, Moved, TrackMoved, OperationEnded>;
using Effects = std::vector<Effect>;

}  // namespace failover::group
