// What the oracles remember of what happens.

#include "tests/sim/oracles.hpp"

namespace failover::sim {

Oracles::Oracles(const Scenario& scenario, Timeline& timeline)
    : scenario_(scenario), timeline_(timeline) {
  disturbed_.fill(world_begin);
  kernel_disturbed_.fill(world_begin);
  for (auto& row : lost_between_) row.fill(world_begin);
}

void Oracles::violated(Instant now, std::string oracle, std::string detail) {
  if (violation_) return;
  timeline_.note(now, "VIOLATED {}: {}", oracle, detail);
  violation_ = Violation{.oracle = std::move(oracle), .detail = std::move(detail), .at = now};
}

void Oracles::router_added(std::size_t node, std::size_t service, const carp::Settings& settings,
                           Instant now) {
  Seat& seat = seats_[node][service];
  const Seat before = seat;
  seat = Seat{};
  seat.running = true;
  seat.role_since = now;
  seat.settings = settings;
  seat.held = before.held;
  seat.held_since = before.held_since;
  seat.last_held = before.last_held;
}

void Oracles::router_gone(std::size_t node, std::size_t service, Instant now) {
  Seat& seat = seats_[node][service];
  seat.running = false;
  seat.role = carp::Role::initialize;
  seat.role_since = now;
  seat.left_behind = seat.held != 0 && kernel_disturbed_[node] >= now;
  seat.must_announce.reset();
}

void Oracles::settings_changed(std::size_t node, std::size_t service,
                               const carp::Settings& settings, Instant now) {
  seats_[node][service].settings = settings;
  disturbed(node, now + interval(node, service));
}

void Oracles::role_changed(std::size_t node, std::size_t service,
                           const carp::Transition& transition, Instant now) {
  timeline_.note(now, "n{} s{} role {} -> {} reason {}", node, service,
                 static_cast<int>(transition.from), static_cast<int>(transition.to),
                 name(transition.reason));
  ++transitions_;
  const bool begins = transition.from == carp::Role::initialize && transition.to == transition.from;
  if (is_ours(node) && !begins) check_reason(node, service, transition, now);
  Seat& seat = seats_[node][service];
  seat.reason = transition.reason;
  if (transition.to == carp::Role::active) {
    seat.leaving = seat.yielded = false;
    if (transition.from != carp::Role::active) seat.last_advert.reset();
  }
  if (transition.from == transition.to) return;
  if (frozen_ && now > *frozen_)
    violated(now, "settled", fmt::format("n{} changes its role though nothing happens", node));
  seat.role = transition.to;
  seat.role_since = now;
  count_transition(seat, node, now);
  seat.must_announce.reset();
}

// Two nodes at the shortest dead time, 3/256 s, can change some two hundred times a second while
// one is refused its addresses; more is a chase as fast as the network carries it.
void Oracles::count_transition(Seat& seat, std::size_t node, Instant now) {
  constexpr unsigned most_in_a_second = 400;
  if (now - seat.counted_since > 1s) {
    seat.counted_since = now;
    seat.transitions = 0;
  }
  if (++seat.transitions > most_in_a_second)
    violated(now, "no storm of transitions", fmt::format("n{}", node));
}

void Oracles::tried_to_send(std::size_t node, const Signal& signal, Instant now) {
  Seat& seat = seats_[node][signal.service];
  timeline_.note(now, "n{} s{} advert {}/{} demote {}", node, signal.service, signal.rank.advbase,
                 signal.rank.advskew, signal.rank.demote);
  if (signal.rank.is_farewell()) {
    seat.leaving = seat.role == carp::Role::active;
    if (seat.farewell_sent < seat.role_since) seat.farewell_sent = now;
    return;
  }
  if (seat.role == carp::Role::active) {
    seat.leaving = false;
    seat.last_advert = signal.rank;
  } else if (is_ours(node) && now > seat.role_since + 1ms) {
    violated(now, "only the active speaks", fmt::format("n{} s{}", node, signal.service));
  }
}

void Oracles::arrived(std::size_t from, std::size_t to, const Signal& signal, Instant now) {
  if (signal.kind == Signal::Kind::announcement) {
    if (to != client_port) return;
    Cached& cached = cache_[signal.service][signal.number];
    const std::size_t holder = signal.holder.bytes()[5] - std::size_t{1};
    timeline_.note(now, "client: s{} address {} is at n{}", signal.service, signal.number, holder);
    cached = {.node = holder, .missed = false};
    // Whoever else is active cannot know of it before it hears the announcer's advert.
    for (std::size_t node = 0; node < scenario_.nodes.size(); ++node)
      cached.missed |= node != holder && seats_[node][signal.service].role == carp::Role::active;
    return;
  }
  if (to == client_port) return;
  Seat& seat = seats_[to][signal.service];
  if (signal.rank.is_farewell()) {
    seat.farewell_heard = now;
    return;
  }
  seat.heard = now;
  const bool may_be_told = is_ours(to) && seat.running && seat.role == carp::Role::active &&
                           !seat.leaving && disturbed_[to] < now && kernel_disturbed_[to] < now;
  const bool worse = seat.last_advert && signal.rank.compared() > seat.last_advert->compared() &&
                     signal.rank.demote >= seat.last_advert->demote;
  if (!may_be_told || !worse || seat.announced == world_begin) return;
  for (Cached& cached : cache_[signal.service]) cached.missed = false;
  if (!seat.must_announce) seat.must_announce = now + 2 * interval(to, signal.service) + 100ms;
  timeline_.note(now, "n{} s{} hears the worse active n{}", to, signal.service, from);
}

void Oracles::lost(std::size_t from, std::size_t to, const Signal& signal, Instant now) {
  if (to != client_port) {
    lost_between_[from][to] = now;
  } else if (signal.kind == Signal::Kind::announcement) {
    cache_[signal.service][signal.number].missed = true;
  }
}

void Oracles::address_changed(std::size_t node, Place place, bool there, By by, Instant now) {
  Seat& seat = seats_[node][place.service];
  timeline_.note(now, "n{} {} s{} address {} {}", node, there ? "has" : "lost", place.service,
                 place.number, by == By::agent ? "" : "by somebody else");
  const unsigned bit = 1U << place.number;
  if (there) {
    if (seat.held == 0) seat.held_since = now;
    seat.held |= bit;
    if (by != By::agent || !is_ours(node)) return;
    const bool lingers =
        seat.role == carp::Role::backup && now <= seat.role_since + hand_over_window(place.service);
    const bool said = seat.role == carp::Role::active && seat.last_advert;
    if (!said && !lingers)
      violated(now, "advert before claim, and only the active claims",
               fmt::format("n{} s{}", node, place.service));
  } else {
    seat.held &= ~bit;
    seat.last_held = now;
    if (by == By::agent && seat.running) check_nobody_left(node, place.service, now);
  }
}

void Oracles::announces(std::size_t node, Place place, bool own, bool confirmed, Instant now) {
  Seat& seat = seats_[node][place.service];
  timeline_.note(now, "n{} announces s{} address {}{}", node, place.service, place.number,
                 own ? "" : " for its successor");
  if (!own) return;
  seat.announced = now;
  seat.must_announce.reset();
  if (!confirmed && kernel_disturbed_[node] < now)
    violated(now, "the kernel notifies before an announcement", fmt::format("n{}", node));
}

void Oracles::operation_ended(std::size_t node, std::size_t service, FaultKind command,
                              carp::Outcome outcome, Instant now) {
  Seat& seat = seats_[node][service];
  timeline_.note(now, "n{} s{} operation ends: {}", node, service, static_cast<int>(outcome));
  if (command == FaultKind::release) {
    seat.yielded = false;
  } else if (command == FaultKind::switchover && outcome == carp::Outcome::done &&
             seat.role == carp::Role::backup) {
    seat.yielded = true;
  }
}

void Oracles::disturbed(std::size_t node, Instant until) {
  disturbed_[node] = std::max(disturbed_[node], until);
}

void Oracles::kernel_disturbed(std::size_t node, Instant until) {
  kernel_disturbed_[node] = std::max(kernel_disturbed_[node], until);
}

void Oracles::plan_executed(std::size_t node, bool removal_behind_addition, Instant now) {
  if (removal_behind_addition) violated(now, "release before claim", fmt::format("n{}", node));
}

}  // namespace failover::sim
