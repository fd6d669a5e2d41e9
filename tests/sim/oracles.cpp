// What the oracles remember of what happens.

#include "tests/sim/oracles.hpp"

#include <utility>

#include "tests/sim/formulas.hpp"

namespace failover::sim {
namespace {

std::string text(const router::Rank& rank) {
  if (const auto* vrrp = std::get_if<vrrp::Rank>(&rank))
    return fmt::format("priority {} centiseconds {}", vrrp->priority, vrrp->centiseconds);
  const auto& carp = std::get<carp::Rank>(rank);
  return fmt::format("{}/{} demote {}", carp.advbase, carp.advskew, carp.demote);
}

}  // namespace

Oracles::Oracles(const Scenario& scenario, Timeline& timeline)
    : scenario_(scenario), timeline_(timeline) {
  disturbed_.fill(world_begin);
  kernel_disturbed_.fill(world_begin);
  for (const Family family : families)
    for (auto& row : lost_between_[family]) row.fill(world_begin);
}

void Oracles::violated(Instant now, std::string oracle, std::string detail) {
  if (violation_) return;
  timeline_.note(now, "VIOLATED {}: {}", oracle, detail);
  violation_ = Violation{.oracle = std::move(oracle), .detail = std::move(detail), .at = now};
}

void Oracles::router_added(std::size_t node, std::size_t service, const router::Settings& settings,
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
  seat.role = router::Role::initialize;
  seat.role_since = now;
  seat.left_behind = seat.held != 0 && kernel_disturbed_[node] >= now;
  seat.must_announce.reset();
}

void Oracles::settings_changed(std::size_t node, std::size_t service,
                               const router::Settings& settings, Instant now) {
  seats_[node][service].settings = settings;
  disturbed(node, now + interval(node, service));
}

void Oracles::role_changed(std::size_t node, std::size_t service,
                           const router::Transition& transition, Instant now) {
  timeline_.note(now, "n{} s{} role {} -> {} reason {}", node, service,
                 static_cast<int>(transition.from), static_cast<int>(transition.to),
                 name(transition.reason));
  ++transitions_;
  const bool begins =
      transition.from == router::Role::initialize && transition.to == transition.from;
  if (is_ours(node) && !begins) check_reason(node, service, transition, now);
  Seat& seat = seats_[node][service];
  seat.reason = transition.reason;
  // The operation ends later, when the addresses have gone.
  seat.yielded |= transition.reason == Reason::op;
  if (transition.to == router::Role::active) {
    if (std::exchange(seat.leaving, false)) seat.took_back = now;
    seat.yielded = false;
    if (transition.from != router::Role::active) seat.last_advert.reset();
  }
  if (transition.reason == Reason::foreign_address) seat.must_claim.reset();
  if (transition.from == transition.to) return;
  if (frozen_ && now > *frozen_)
    violated(now, "settled", fmt::format("n{} changes its role though nothing happens", node));
  // That one was better all the same, by the rank which is not the best any more, and it does not
  // know whose answers the clients have.
  if (transition.from == router::Role::active && seat.worse_heard == now)
    for (Cached& cached : cache_[service]) cached.missed |= cached.node == node;
  seat.role = transition.to;
  seat.role_since = now;
  count_transition(seat, node, now);
  seat.must_announce.reset();
  seat.must_claim.reset();
  seat.lost_tie = false;
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
  timeline_.note(now, "n{} s{} advert {}{}", node, signal.service, text(signal.rank),
                 signal.family == Family::ipv6 ? " over IPv6" : "");
  if (router::is_farewell(signal.rank)) {
    seat.leaving = seat.role == router::Role::active;
    if (seat.farewell_sent < seat.role_since) seat.farewell_sent = now;
    return;
  }
  if (seat.role == router::Role::active) {
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
      cached.missed |= node != holder && seats_[node][signal.service].role == router::Role::active;
    return;
  }
  if (to == client_port) return;
  if (router::is_farewell(signal.rank)) {
    heard_farewell(from, to, signal, now);
  } else {
    heard_advert(from, to, signal, now);
  }
}

void Oracles::heard_advert(std::size_t from, std::size_t to, const Signal& signal, Instant now) {
  Seat& seat = seats_[to][signal.service];
  const ServicePlan& service = scenario_.services[signal.service];
  seat.heard = now;
  // Who is demoted by send errors has the least priority.
  const bool leaves = seat.role == router::Role::active && seat.leaving;
  const auto yielded =
      seat.yielded || leaves || seat.demoted ? formulas::Yielded::yes : formulas::Yielded::no;
  if (formulas::is_followed(seat.settings, yielded, signal.rank)) {
    note_deafness(to, signal.service, now);
    seat.must_claim.reset();
    seat.followed = seat.followed_in[signal.family] = now;
    seat.followed_rank = seat.followed_rank_in[signal.family] = signal.rank;
  }
  const router::Rank own = seat.last_advert.value_or(formulas::configured(seat.settings));
  const bool equal = formulas::are_equal(own, signal.rank);
  const bool over_ipv6 = service.has_both_families() && signal.family == Family::ipv6;
  seat.lost_tie |=
      equal && (over_ipv6 || formulas::wins_tie(service.protocol, signal.source,
                                                own_address(to, service.segment, signal.family)));
  heard_worse(from, to, signal, now);
}

// "A farewell is claimed at once, with VRRP after a skew": by who is ready and hears nobody else.
void Oracles::heard_farewell(std::size_t from, std::size_t to, const Signal& signal, Instant now) {
  Seat& seat = seats_[to][signal.service];
  // Of those that are repeated the first one counts.
  if (seat.farewell_heard < std::max(seat.followed, seat.role_since)) seat.farewell_heard = now;
  const Instant sent = now - delay_;
  const Instant lost = std::max(lost_between_.ipv4[from][to], lost_between_.ipv6[from][to]);
  const bool waits = is_ours(to) && seat.running && seat.role == router::Role::backup &&
                     seat.role_since < now && seat.reason != Reason::foreign_address;
  const bool quiet = disturbed_[to] < now && kernel_disturbed_[to] < now && lost < sent;
  // An element of a group may have to leave it alone.
  if (!waits || !quiet || seat.must_claim || is_grouped()) return;
  Instant claims = now + formulas::most_after_farewell(seat.settings, seat.followed_rank);
  // Who was refused its addresses, or has stalled, listens first.
  if (seat.reason == Reason::kernel_refused || seat.reason == Reason::stall)
    claims = std::max(claims, seat.role_since + formulas::longest_dead_time(seat.settings, 0ns));
  seat.must_claim = claims + (claims - now) / 1000 + delay_ + turn;
}

void Oracles::heard_worse(std::size_t from, std::size_t to, const Signal& signal, Instant now) {
  Seat& seat = seats_[to][signal.service];
  const bool may_be_told = is_ours(to) && seat.running && seat.role == router::Role::active &&
                           !seat.leaving && disturbed_[to] < now && kernel_disturbed_[to] < now;
  const bool worse = seat.last_advert && formulas::is_worse(signal.rank, *seat.last_advert);
  if (!may_be_told || !worse || seat.announced == world_begin) return;
  for (Cached& cached : cache_[signal.service]) cached.missed = false;
  seat.worse_heard = now;
  if (!seat.must_announce) seat.must_announce = now + 2 * interval(to, signal.service) + 100ms;
  timeline_.note(now, "n{} s{} hears the worse active n{}", to, signal.service, from);
}

void Oracles::lost(std::size_t from, std::size_t to, const Signal& signal, Instant now) {
  if (to != client_port) {
    lost_between_[signal.family][from][to] = now;
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
    const bool lingers = (seat.role == router::Role::backup || seat.reason == Reason::stopping) &&
                         now <= seat.role_since + hand_over_window(place.service);
    const bool said = seat.role == router::Role::active && seat.last_advert;
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
                              router::Outcome outcome, Instant now) {
  Seat& seat = seats_[node][service];
  timeline_.note(now, "n{} s{} operation ends: {}", node, service, static_cast<int>(outcome));
  if (command == FaultKind::release) seat.yielded = false;
  // Whatever else has taken the role away meanwhile.
  seat.yielded |= command == FaultKind::switchover && outcome == router::Outcome::done &&
                  seat.role != router::Role::active;
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
