// The promises as formulas. Each function begins with the sentence that it comes from.

#include <algorithm>

#include "tests/sim/formulas.hpp"
#include "tests/sim/oracles.hpp"

namespace failover::sim {
namespace {

constexpr Duration kernel_turn = 20ms;

bool is_up(const Seat& seat) { return seat.running && seat.role != router::Role::initialize; }

}  // namespace

Duration Oracles::interval(std::size_t node, std::size_t service) const {
  const Seat& seat = seats_[node][service];
  const Duration configured = router::interval(formulas::configured(seat.settings));
  return seat.last_advert ? std::max(configured, router::interval(*seat.last_advert)) : configured;
}

// ucarp reads its packets in batches of a second, and judges its timers behind them. FRR does not
// send its first advert over IPv6.
Duration Oracles::lag(std::size_t node, std::size_t service) const {
  const Dialect dialect = scenario_.nodes[node].dialect;
  if (dialect == Dialect::ucarp) return 1s + interval(node, service);
  const bool is_late = dialect == Dialect::frr && scenario_.services[service].speaks.ipv6;
  return is_late ? interval(node, service) : 0ns;
}

// A router with both families yields to what it hears in either.
Instant Oracles::trouble(std::size_t a, std::size_t b, std::size_t service) const {
  const auto last_lost = [&](std::size_t from, std::size_t to) {
    Instant last = Instant::max();
    for (const Family family : families)
      if (scenario_.services[service].speaks[family])
        last = std::min(last, lost_between_[family][from][to]);
    return last;
  };
  return std::max({last_lost(a, b), last_lost(b, a), disturbed_[a], disturbed_[b]});
}

Instant Oracles::any_trouble(std::size_t a, std::size_t b) const {
  Instant last = std::max(disturbed_[a], disturbed_[b]);
  for (const Family family : families)
    last = std::max({last, lost_between_[family][a][b], lost_between_[family][b][a]});
  return last;
}

// Whoever is better says so within an interval, and the other one hears it within the delay. An
// advert may leave 1 % early, with another router's, and the next one in time.
Duration Oracles::two_active_window(std::size_t a, std::size_t b, std::size_t service) const {
  const auto rank = formulas::configured(seats_[b][service].settings);
  const Duration longest = std::max(interval(a, service), interval(b, service));
  // Who comes along has the best rank, and so may both.
  const router::Settings& settings = seats_[a][service].settings;
  const bool may_tie = is_grouped() && scenario_.services[service].has_both_families();
  const Duration tie = may_tie ? 2 * formulas::longest_dead_time(settings, longest)
                               : formulas::tie_over_ipv6(settings, rank);
  return longest + longest / 100 + delay_ + turn + lag(a, service) + lag(b, service) + tie;
}

// Of two that hand over, each waits for the other, until one of them takes it back.
Instant Oracles::both_leave_until(const Seat& left, const Seat& right) {
  if (!left.leaving || !right.leaving) return Instant::min();
  return std::min(left.farewell_sent + left.settings.handover_bound(),
                  right.farewell_sent + right.settings.handover_bound());
}

// "each address goes on answering until the peer has announced it and 20 ms more; or 250 ms after
// the peer's first advert when no announcement is seen". Every announcement that is not the last
// begins the 250 ms anew.
Duration Oracles::hand_over_window(std::size_t service) const {
  const auto addresses = static_cast<int>(scenario_.services[service].addresses);
  return limits::handover_without_announcement * (1 + addresses) + kernel_turn + delay_;
}

void Oracles::check(Instant now) {
  for (std::size_t service = 0; service < scenario_.services.size(); ++service)
    for (std::size_t node = 0; node < scenario_.nodes.size(); ++node) {
      check_seat(node, service, now);
      for (std::size_t other = node + 1; other < scenario_.nodes.size(); ++other)
        check_pair(node, other, service, now);
    }
  for (std::size_t node = 0; node < scenario_.nodes.size(); ++node) check_group(node, now);
}

// "Never two advertising actives on one connected segment, except within the bounded windows that
// the protocol and the hand-over rule have."
//   both advertise since t, connected since t  =>  now - t <= max(interval) + delay + lags
//   both answer since t, connected since t     =>  now - t <= the same + the hand-over window
void Oracles::check_pair(std::size_t a, std::size_t b, std::size_t service, Instant now) {
  const Seat& left = seats_[a][service];
  const Seat& right = seats_[b][service];
  if (!left.running || !right.running) return;
  const auto advertises = [](const Seat& seat) {
    return seat.role == router::Role::active && !seat.leaving;
  };
  const Duration window = two_active_window(a, b, service);
  const Instant connected = trouble(a, b, service);
  if (advertises(left) && advertises(right)) {
    const Instant since = std::max({left.role_since, right.role_since, connected});
    if (now > since + window)
      violated(now, "two advertise", fmt::format("n{} and n{} s{}", a, b, service));
  }
  if ((left.held & right.held) == 0 || !is_ours(a) || !is_ours(b)) return;
  // Who leaves waits for the other one's next advert.
  Instant since = std::max({left.held_since, right.held_since, connected, kernel_disturbed_[a],
                            kernel_disturbed_[b], left.farewell_sent, right.farewell_sent,
                            left.took_back, right.took_back, both_leave_until(left, right)});
  // Of more than two, one may yield to the best and preempt the next in the same moment.
  if (scenario_.nodes.size() > 2) since = std::max({since, left.role_since, right.role_since});
  if (now > since + window + hand_over_window(service))
    violated(now, "two answer", fmt::format("n{} and n{} s{}", a, b, service));
}

// "An address is never held without the right to it": by the active, by one that is leaving, or
// within the hand-over window.  "Two active nodes ...: after healing the survivor announces again."
void Oracles::check_seat(std::size_t node, std::size_t service, Instant now) {
  const Seat& seat = seats_[node][service];
  if (!is_ours(node) || !seat.running) return;
  // Who hears a farewell after it has yielded answers until the next one claims; all the elements
  // of groups may have to leave that alone until who says it takes back or lets go.
  const Instant next_claims =
      seat.farewell_heard +
      (is_grouped() ? most_apart(node)
                    : formulas::most_after_farewell(seat.settings, seat.followed_rank));
  const Instant since = std::max(
      {seat.role_since, seat.held_since, disturbed_[node], kernel_disturbed_[node], next_claims});
  if (seat.held != 0 && seat.role != router::Role::active &&
      now > since + hand_over_window(service))
    violated(now, "held without the right to it", fmt::format("n{} s{}", node, service));
  const bool quiet = disturbed_[node] < now && kernel_disturbed_[node] < now;
  if (seat.must_announce && quiet && !seat.leaving && now > *seat.must_announce)
    violated(now, "the survivor announces again", fmt::format("n{} s{}", node, service));
  if (seat.must_claim && quiet && seat.role == router::Role::backup && now > *seat.must_claim)
    violated(now, "a farewell costs no more than a skew", fmt::format("n{} s{}", node, service));
}

// "None without cause": a reason is given only when what it says has happened.
// "After a switchover the node that handed over does not preempt."
void Oracles::check_reason(std::size_t node, std::size_t service,
                           const router::Transition& transition, Instant now) {
  const Seat& seat = seats_[node][service];
  // After a pause everything that has piled up happens in one moment.
  const bool at_once = disturbed_[node] >= now;
  const bool heard_since = seat.heard >= seat.role_since || seat.reason == Reason::stall || at_once;
  const bool is_vrrp = scenario_.services[service].is_vrrp();
  bool caused = true;
  switch (transition.reason) {
    case Reason::no_response: caused = was_silent(node, service, now) || at_once; break;
    case Reason::peer_left:
      caused = has_left(node, service, now) || at_once ||
               (seat.farewell_heard >= seat.role_since && was_silent(node, service, now));
      break;
    case Reason::priority:
      caused =
          heard_since && !seat.yielded &&
          (!is_vrrp || was_silent(node, service, now) || has_left(node, service, now) || at_once);
      break;
    case Reason::slow_peer:
    case Reason::demoted_peer: caused = heard_since && !seat.yielded; break;
    case Reason::preempted:
    case Reason::demoted: caused = heard_since; break;
    case Reason::tie: caused = seat.lost_tie || at_once; break;
    case Reason::owner: {
      const auto* vrrp = std::get_if<vrrp::Election>(&seat.settings.election);
      caused = vrrp != nullptr && vrrp->priority.value() == vrrp::Priority::max && !seat.yielded;
      break;
    }
    case Reason::half_deaf:
      caused = seat.deaf == now || seat.farewell_heard >= seat.role_since || at_once;
      break;
    case Reason::op:
    case Reason::no_successor: caused = seat.farewell_sent >= seat.role_since; break;
    case Reason::stall:
    case Reason::element_down:
      caused = disturbed_[node] + formulas::longest_dead_time(seat.settings, 0ns) >= now;
      break;
    case Reason::foreign_address:
    case Reason::kernel_refused: caused = kernel_disturbed_[node] >= now; break;
    case Reason::starting:
    case Reason::listening:
    case Reason::stopping: break;
    // Not of an element's own accord, and nobody asks for the others here.
    case Reason::group:
    case Reason::start_delay:
    case Reason::drain:
    case Reason::held:
    case Reason::frozen:
    case Reason::mode_none:
    case Reason::not_again:
    case Reason::services:
    case Reason::contested: caused = false; break;
  }
  if (!caused && !group_caused(node, service, transition, now))
    violated(now, "no transition without cause",
             fmt::format("n{} s{}: {}", node, service, name(transition.reason)));
}

// Nobody that it would follow has spoken for a dead time. After a stall the silence may have begun
// before.
bool Oracles::was_silent(std::size_t node, std::size_t service, Instant now) const {
  const Seat& seat = seats_[node][service];
  const bool stalled = seat.reason == Reason::stall || disturbed_[node] >= seat.role_since;
  const Duration silence =
      now - (stalled ? seat.followed : std::max(seat.followed, seat.role_since));
  return silence + silence / 1000 + turn >=
         formulas::least_dead_time(seat.settings, seat.followed_rank);
}

// Who has spoken has left, and nobody else was heard for as long as a farewell costs.
bool Oracles::has_left(std::size_t node, std::size_t service, Instant now) const {
  const Seat& seat = seats_[node][service];
  const bool stalled = seat.reason == Reason::stall || disturbed_[node] >= seat.role_since;
  if (!stalled && seat.farewell_heard < seat.role_since) return false;
  const Duration silence = now - std::max(seat.farewell_heard, seat.followed);
  return silence + silence / 1000 + turn >=
         formulas::least_after_farewell(seat.settings, seat.followed_rank);
}

// Heard in one family now, and in the other not for a dead time.
void Oracles::note_deafness(std::size_t node, std::size_t service, Instant now) {
  Seat& seat = seats_[node][service];
  const Family silent = seat.followed_in.ipv4 < seat.followed_in.ipv6 ? Family::ipv4 : Family::ipv6;
  // After a stall the silence may have begun before, here as well.
  const bool stalled = seat.reason == Reason::stall || disturbed_[node] >= seat.role_since;
  const Instant heard = seat.followed_in[silent];
  const Duration silence = now - (stalled ? heard : std::max(heard, seat.role_since));
  if (silence + silence / 1000 + turn >=
      formulas::least_dead_time(seat.settings, seat.followed_rank_in[silent]))
    seat.deaf = now;
}

bool Oracles::is_ready(std::size_t node, std::size_t peer, std::size_t service, Instant now) const {
  const Seat& leaver = seats_[node][service];
  const Seat& seat = seats_[peer][service];
  if (peer == node || !is_up(seat)) return false;
  const bool says_farewell = leaver.reason == Reason::op || leaver.reason == Reason::stopping;
  const Instant began = says_farewell ? leaver.farewell_sent : leaver.role_since;
  // Who has come up since may not have heard any of the farewells.
  if (says_farewell && seat.role_since >= began && seat.farewell_heard < seat.role_since)
    return false;
  const Duration bound = std::min(leaver.settings.dead_time() + limits::handover_grace,
                                  leaver.settings.handover_timeout);
  const Duration wait = formulas::most_after_farewell(seat.settings, seat.followed_rank);
  for (std::size_t other = 0; other < scenario_.nodes.size(); ++other) {
    if (other == node || other == peer) continue;
    // The successor may have come and gone; with VRRP the next one comes a skew later.
    const bool failed = disturbed_[other] >= began || (scenario_.services[service].is_vrrp() &&
                                                       kernel_disturbed_[other] >= began);
    // A ucarp that it yields to may yield in the same moment to what it reads late.
    const bool is_late = !says_farewell && scenario_.nodes[other].dialect == Dialect::ucarp;
    if (failed || is_late) return false;
  }
  return any_trouble(node, peer) < began && kernel_disturbed_[peer] < began &&
         seat.role_since < now && seat.reason != Reason::foreign_address &&
         2 * lag(peer, service) + 2 * delay_ + wait < bound &&
         delay_ < limits::handover_without_announcement / 2;
}

// "A farewell never leaves nobody when a peer is ready", nor does yielding: no lost frame and no
// trouble since it began  =>  when an address goes, somebody else has it.
void Oracles::check_nobody_left(std::size_t node, std::size_t service, Instant now) {
  // Whether a peer is ready depends on its other elements, and so does when this one lets go.
  if (is_grouped()) return;
  const Seat& leaver = seats_[node][service];
  switch (leaver.reason) {
    case Reason::op:
    case Reason::stopping:
    case Reason::preempted:
    case Reason::tie:
    case Reason::demoted: break;
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
    case Reason::element_down:
    case Reason::foreign_address:
    case Reason::kernel_refused:
    case Reason::stall:
    case Reason::group:
    case Reason::start_delay:
    case Reason::drain:
    case Reason::held:
    case Reason::frozen:
    case Reason::mode_none:
    case Reason::not_again:
    case Reason::services:
    case Reason::contested: return;
  }
  if (leaver.role == router::Role::active || disturbed_[node] >= now) return;
  bool somebody = false;
  bool has_successor = false;
  const auto is_active = [&](std::size_t other) {
    return other != node && seats_[other][service].role == router::Role::active;
  };
  for (std::size_t other = 0; other < scenario_.nodes.size(); ++other) {
    somebody |= seats_[other][service].held != 0;
    has_successor |= is_active(other);
  }
  if (somebody) return;
  for (std::size_t peer = 0; peer < scenario_.nodes.size(); ++peer)
    if ((is_active(peer) || !has_successor) && is_ready(node, peer, service, now))
      violated(now, "a farewell leaves nobody though a peer is ready",
               fmt::format("n{} lets go, n{} is ready, s{}", node, peer, service));
}

// "Liveness after the faults stop: exactly one active, the one that rank, preempt and overrides
// say, within the bound; wanted equals found; every neighbour knows it."
void Oracles::check_settled(Instant now) {
  for (std::size_t service = 0; service < scenario_.services.size(); ++service)
    check_settled(service, now);
  check_same_node(now);
}

void Oracles::check_settled(std::size_t service, Instant now) {
  std::optional<std::size_t> active;
  bool anybody = false;
  for (std::size_t node = 0; node < scenario_.nodes.size(); ++node) {
    const Seat& seat = seats_[node][service];
    check_addresses(node, service, now);
    if (!seat.running) continue;
    anybody = true;
    if (seat.role == router::Role::initialize)
      violated(now, "ready again", fmt::format("n{} s{} still waits", node, service));
    if (seat.reason == Reason::half_deaf)
      violated(now, "hears again in both families", fmt::format("n{} s{}", node, service));
    if (seat.role != router::Role::active) continue;
    if (active)
      violated(now, "exactly one active", fmt::format("n{} and n{} s{}", *active, node, service));
    active = node;
  }
  if (!anybody) return;
  if (!active) return violated(now, "exactly one active", fmt::format("none, s{}", service));
  check_right_one(*active, service, now);
  check_client(*active, service, now);
}

void Oracles::check_right_one(std::size_t active, std::size_t service, Instant now) {
  const auto rank = [&](std::size_t node) {
    return formulas::configured(seats_[node][service].settings);
  };
  for (std::size_t node = 0; node < scenario_.nodes.size(); ++node) {
    const Seat& seat = seats_[node][service];
    const auto stands_back = [](const Seat& element) { return element.yielded || element.demoted; };
    const bool group_stands_back = is_grouped() && std::ranges::any_of(seats_[node], stands_back);
    if (node == active || !seat.running || stands_back(seat) || group_stands_back) continue;
    const bool preempts =
        seat.settings.preempt == Preempt::on && formulas::is_better(rank(node), rank(active));
    // With VRRP it waits as long as the active says.
    const bool times_out = !scenario_.services[service].is_vrrp() && is_ours(node) &&
                           seat.settings.dead_time() < router::interval(rank(active));
    if (preempts || times_out)
      violated(now, "the right one is active",
               fmt::format("n{} is, n{} should be, s{}", active, node, service));
  }
}

void Oracles::check_addresses(std::size_t node, std::size_t service, Instant now) {
  const Seat& seat = seats_[node][service];
  if (!is_ours(node) || (!seat.running && seat.left_behind)) return;
  const bool active = seat.running && seat.role == router::Role::active;
  const unsigned wanted = active ? (1U << scenario_.services[service].addresses) - 1 : 0;
  if (seat.held != wanted)
    violated(now, "found equals wanted",
             fmt::format("n{} s{}: has {:b}, wants {:b}", node, service, seat.held, wanted));
}

void Oracles::check_client(std::size_t active, std::size_t service, Instant now) {
  if (!is_ours(active)) return;
  for (std::size_t number = 0; number < scenario_.services[service].addresses; ++number) {
    const Cached& cached = cache_[service][number];
    if (!cached.missed && cached.node != active)
      violated(now, "neighbours know the active",
               fmt::format("{}: n{} instead of n{}",
                           failover_ip(scenario_, {.service = service, .number = number}).text(),
                           cached.node ? static_cast<int>(*cached.node) : -1, active));
  }
}

}  // namespace failover::sim
