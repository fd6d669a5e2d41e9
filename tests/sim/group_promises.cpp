// What is promised of failover groups: their elements have one role, on one node (PRODUCT: 8.10).

#include <algorithm>

#include "tests/sim/formulas.hpp"
#include "tests/sim/oracles.hpp"

namespace failover::sim {
namespace {

constexpr Duration at_once = 20ms;   // for an engine that evens a group out
constexpr Duration until_well = 1s;  // of a track, and for the status to say so

// What all nodes hear in the same moment.
bool may_have_rivals(Reason reason) {
  return reason == Reason::priority || reason == Reason::peer_left ||
         reason == Reason::demoted_peer || reason == Reason::slow_peer;
}

// Demoted as it is, it is better than who is active all the same.
bool is_better_demoted(const router::Settings& settings, unsigned demote,
                       const std::optional<router::Rank>& active) {
  const auto* own = std::get_if<vrrp::Election>(&settings.election);
  const auto* theirs = active ? std::get_if<vrrp::Rank>(&*active) : nullptr;
  if (own == nullptr || theirs == nullptr) return false;
  return std::max(own->priority.value() - static_cast<int>(demote), 1) > theirs->priority;
}

}  // namespace

Duration Oracles::most_apart(std::size_t node) const {
  Duration longest{};
  for (std::size_t service = 0; service < scenario_.services.size(); ++service) {
    Duration slowest{};
    for (std::size_t other = 0; other < scenario_.nodes.size(); ++other)
      slowest = std::max(slowest, interval(other, service));
    longest = std::max(longest, formulas::most_apart(seats_[node][service].settings, slowest));
  }
  return longest + turn;
}

void Oracles::check_group(std::size_t node, Instant now) {
  if (!is_grouped() || !is_ours(node)) return;
  for (std::size_t ahead = 0; ahead < scenario_.services.size(); ++ahead)
    for (std::size_t behind = 0; behind < scenario_.services.size(); ++behind)
      if (ahead != behind) check_one_role(node, ahead, behind, now);
  check_track(node, now);
}

// "Any element of a group that becomes entitled takes the whole group along ... A better advert
// heard on any element after that sends the whole group back."
//   one is active since t, another is not  =>  now - t <= apart
//   nobody hands over, one is backup       =>  now - t <= 20 ms, and 50 ms more where others may
//                                              have claimed in the same moment
//   one has addresses, another has none    =>  now - t <= apart + the hand-over window
void Oracles::check_one_role(std::size_t node, std::size_t ahead, std::size_t behind, Instant now) {
  const Seat& first = seats_[node][ahead];
  const Seat& second = seats_[node][behind];
  if (!first.running || !second.running) return;
  const Instant since = std::max({first.role_since, second.role_since, asleep_[node]});
  const bool apart = first.role == router::Role::active && second.role != router::Role::active;
  if (apart && now > since + most_apart(node))
    violated(now, "a group has one role",
             fmt::format("n{}: s{} is active, s{} is not", node, ahead, behind));
  Instant evened_since = since;
  bool hands_over = false;
  bool has_rivals = false;
  for (std::size_t service = 0; service < scenario_.services.size(); ++service) {
    const Seat& seat = seats_[node][service];
    hands_over |= seat.leaving && seat.role == router::Role::active;
    has_rivals |= seat.role == router::Role::active && may_have_rivals(seat.reason);
    evened_since = std::max({evened_since, seat.took_back, seat.role_since});
  }
  if (apart && !hands_over && second.role == router::Role::backup &&
      now > evened_since + at_once + (has_rivals ? limits::group_rivals_heard : Duration{0}))
    violated(now, "who is active takes the group along",
             fmt::format("n{}: s{} is active, s{} is backup", node, ahead, behind));
  const Instant held_since =
      std::max({since, first.held_since, second.last_held, kernel_disturbed_[node]});
  if (first.held != 0 && second.held == 0 &&
      now > held_since + most_apart(node) + hand_over_window(ahead))
    violated(now, "a group is held as one",
             fmt::format("n{}: s{} has addresses, s{} has none", node, ahead, behind));
}

// "A group is ready when every track that makes it yield is up": what the kernel tells counts at
// once, and who was active hands over.
void Oracles::check_track(std::size_t node, Instant now) {
  const Track& track = tracks_[node];
  if (scenario_.group->demote || track.health == group::Health::good) return;
  for (std::size_t service = 0; service < scenario_.services.size(); ++service) {
    const Seat& seat = seats_[node][service];
    if (!seat.running || seat.role != router::Role::active) continue;
    const Instant since =
        std::max({track.since, seat.role_since, asleep_[node], kernel_disturbed_[node]});
    if (now > since + most_apart(node))
      violated(now, "a group whose track is down yields", fmt::format("n{} s{}", node, service));
  }
}

// After the faults: all services of a group are active on the same node.
void Oracles::check_same_node(Instant now) {
  if (!is_grouped()) return;
  for (std::size_t node = 0; node < scenario_.nodes.size(); ++node) {
    const auto& seats = seats_[node];
    const auto active = std::ranges::count(seats, router::Role::active, &Seat::role);
    const auto running = std::ranges::count(seats, true, &Seat::running);
    if (is_ours(node) && active != 0 && active != running)
      violated(now, "a group is active on one node",
               fmt::format("n{}: {} of {} elements", node, active, running));
  }
}

// Why an element changes though nothing has happened on its own segment. It claims with the others,
// never for a reason of theirs.
bool Oracles::group_caused(std::size_t node, std::size_t service,
                           const router::Transition& transition, Instant now) const {
  if (!is_grouped()) return false;
  const Duration apart = most_apart(node);
  const Track& track = tracks_[node];
  bool somebody_active = false;
  bool somebody_changed = false;
  for (std::size_t other = 0; other < scenario_.services.size(); ++other) {
    const Seat& seat = seats_[node][other];
    if (other == service || !seat.running) continue;
    somebody_active |= seat.role == router::Role::active;
    somebody_changed |= seat.role == router::Role::initialize || seat.role_since + apart >= now;
  }
  if (transition.reason == Reason::group) return somebody_active;
  const Seat& own = seats_[node][service];
  // A demotion ends, and is seen to have ended, a while after the track is well: whom it has let
  // this node follow until then counts no more.
  const Duration dead = formulas::longest_dead_time(own.settings, 0ns);
  const bool told = transition.reason == Reason::peer_left && own.farewell_heard >= own.role_since;
  if ((told || transition.reason == Reason::priority) && scenario_.group->demote)
    return (track.health == group::Health::good && track.since + until_well + dead >= now) ||
           is_better_demoted(own.settings, *scenario_.group->demote, own.followed_rank);
  if (transition.to == router::Role::active) return false;
  switch (transition.reason) {
    case Reason::element_down:
      return somebody_changed || track.health == group::Health::bad ||
             std::max({track.since, disturbed_[node], kernel_disturbed_[node]}) + apart >= now;
    case Reason::op:
    case Reason::preempted:
    case Reason::tie:
    case Reason::demoted:
    case Reason::stall:
    case Reason::kernel_refused: return somebody_changed;
    case Reason::not_again: return true;
    case Reason::starting:
    case Reason::listening:
    case Reason::no_response:
    case Reason::peer_left:
    case Reason::slow_peer:
    case Reason::owner:
    case Reason::priority:
    case Reason::demoted_peer:
    case Reason::half_deaf:
    case Reason::no_successor:
    case Reason::foreign_address:
    case Reason::stopping:
    case Reason::group:
    case Reason::start_delay:
    case Reason::drain:
    case Reason::held:
    case Reason::frozen:
    case Reason::mode_none:
    case Reason::services:
    case Reason::contested: return false;
  }
  return false;
}

}  // namespace failover::sim
