#include "protocol/router/router.hpp"

#include <algorithm>
#include <utility>

namespace failover::router {
namespace {

// ucarp and OpenBSD announce again with the second advert after the first.
constexpr int adverts_between_announcements = 2;
constexpr Duration second_announcement = limits::announcement_spacing;
constexpr Duration third_announcement = 250ms;
constexpr int send_errors_that_demote = 3;
constexpr int send_successes_that_restore = 3;

void earliest(std::optional<Instant>& soonest, std::optional<Instant> candidate) {
  if (candidate && (!soonest || *candidate < *soonest)) soonest = candidate;
}

bool is_due(const std::optional<Instant>& when, Instant now) { return when && *when <= now; }

}  // namespace

void Router::handle(const Event& event, Instant now, Effects& effects) {
  std::visit([&](const auto& happened) { on(happened, now, effects); }, event);
}

std::optional<Instant> Router::deadline() const {
  std::optional<Instant> soonest;
  if (lingering_) earliest(soonest, lingering_->release_at());
  const auto* backup = std::get_if<Backup>(&state_);
  if (backup != nullptr && may_claim()) earliest(soonest, backup->active_is_dead);
  if (const auto* active = std::get_if<Active>(&state_)) {
    earliest(soonest, active->next_advert);
    earliest(soonest, active->announce_soon);
    earliest(soonest, active->announce_later);
    earliest(soonest, best_until_);
  }
  if (const auto* leaving = std::get_if<Leaving>(&state_)) {
    earliest(soonest, leaving->gives_up);
    earliest(soonest, leaving->next_farewell);
  }
  return soonest;
}

Duration Router::slack() const {
  const auto* active = std::get_if<Active>(&state_);
  const bool is_advert = active != nullptr && deadline() == active->next_advert;
  return is_advert ? interval(rank()) / 100 : Duration{0};
}

Role Router::role() const {
  if (std::holds_alternative<Initialize>(state_)) return Role::initialize;
  return std::holds_alternative<Backup>(state_) ? Role::backup : Role::active;
}

WaitingFor Router::waiting_for() const {
  const auto* initialize = std::get_if<Initialize>(&state_);
  return initialize != nullptr ? initialize->what : WaitingFor::nothing;
}

Demotion Router::demotion() const {
  const unsigned count = demotion_.count + (send_demoted_ ? 1U : 0U);
  return {.cost = demotion_.cost + (send_demoted_ ? carp::demotion_on_send_errors : 0),
          .count = static_cast<std::uint8_t>(std::min(count, 255U))};
}

Rank Router::rank() const {
  const bool best = advertised_ == Advertised::best_rank || best_until_;
  return best ? router::best(settings_.election) : router::rank(settings_.election, demotion());
}

Duration Router::dead_time() const {
  return router::dead_time(settings_.election, rank(), followed_);
}

// --- What the router stands on ---

void Router::on(const Ready& event, Instant now, Effects& effects) {
  sources_ = event.sources;
  if (!std::holds_alternative<Initialize>(state_) || stopping_) return;
  if (is_owner(settings_.election) && may_claim() && !yielded_) {
    become_active(Reason::owner, now, effects);
  } else {
    become_backup(reason_to_wait(Reason::listening), now, effects);
  }
}

// Neither peers nor neighbours are to notice: the addresses are still here, and the adverts go on.
// Who comes back late listens for an interval first, as after any other stall.
void Router::on(const Resume& event, Instant now, Effects& effects) {
  if (!std::holds_alternative<Initialize>(state_) || stopping_) return;
  yielded_ = event.yielded;
  if (event.role != Role::active) return;
  forbidden_.reset();  // told while it was not known what it goes on as
  sources_ = event.sources;
  state_ = Active{.since = now, .next_advert = now};
  transition(Role::initialize, event.reason, effects);
  auto& active = std::get<Active>(state_);
  if (event.late) {
    active.listening = true;
    active.next_advert = now + interval(rank());
  } else {
    send_advert(active, now, effects);
  }
  effects.push(ClaimAddresses{});
}

// Every implementation goes to INIT when the interface fails (CARP.md 3.5). What answered, stops.
void Router::on(const NotReady& event, Instant, Effects& effects) {
  if (auto* initialize = std::get_if<Initialize>(&state_)) {
    const bool another = std::exchange(initialize->what, event.what) != event.what;
    if (another && !stopping_) transition(Role::initialize, Reason::element_down, effects);
    if (lingering_) let_go(effects);
    return;
  }
  become_initialize(event.what, stopping_ ? Reason::stopping : Reason::element_down, effects);
}

void Router::on(const Barred&, Instant, Effects& effects) {
  if (barred_) return;
  barred_ = Reason::foreign_address;
  if (auto* backup = std::get_if<Backup>(&state_)) {
    backup->active_is_dead.reset();
    transition(Role::backup, Reason::foreign_address, effects);
  }
}

void Router::on(const Unbarred&, Instant now, Effects& effects) {
  if (!barred_) return;
  barred_.reset();
  if (std::holds_alternative<Backup>(state_))
    become_backup(reason_to_wait(Reason::listening), now, effects);
}

// --- Claims and announcements ---

void Router::on(const Claimed&, Instant now, Effects& effects) {
  auto* active = std::get_if<Active>(&state_);
  if (active == nullptr) return;
  active->held = true;
  if (!active->listening) start_announcing(*active, now, effects);
}

// An active that cannot hold its addresses keeps a better one away: it leaves at once, and tries
// again when it would have to take over the next time.
void Router::on(const ClaimRefused&, Instant now, Effects& effects) {
  if (!std::holds_alternative<Active>(state_)) return;
  effects.push(SendAdvert{farewell(settings_.election)});
  effects.push(ReleaseAddresses{});
  become_backup(reason_to_wait(Reason::kernel_refused), now, effects);
  // Not within a dead time: with preempt it would claim again at the next worse advert, be refused
  // again, say farewell again, and so chase its peers as fast as the network carries it.
  std::get<Backup>(state_).listen_until = now + dead_time();
}

void Router::on(const AnnouncementHeard& event, Instant now, Effects&) {
  if (!lingering_) return;
  lingering_->announced(event.address, now);
  if (event.mac == SourceMac::virtual_mac) port_moved(event.family, now);
}

void Router::on(const AnnounceAgain&, Instant now, Effects& effects) {
  auto* active = std::get_if<Active>(&state_);
  const bool can = active != nullptr && active->held && !active->listening;
  if (can) start_announcing(*active, now, effects);
  effects.push(OperationEnded{can ? Outcome::done : Outcome::not_active});
}

void Router::announce(Active& active, Instant now, Effects& effects) {
  active.announced = now;
  effects.push(Announce{});
}

void Router::start_announcing(Active& active, Instant now, Effects& effects) {
  announce(active, now, effects);
  active.announce_soon = now + second_announcement;
  active.announce_later = now + third_announcement;
  active.adverts_until_announce = adverts_between_announcements;
}

void Router::announce_when_due(Active& active, Instant now, Effects& effects) {
  const bool soon = is_due(active.announce_soon, now);
  const bool later = is_due(active.announce_later, now);
  if (soon) active.announce_soon.reset();
  if (later) active.announce_later.reset();
  if (soon || later) announce(active, now, effects);
}

// --- Send errors and demotion (CARP.md 3.5) ---

void Router::on(const AdvertSent&, Instant now, Effects& effects) {
  if (send_errors_ == 0 && !send_demoted_) return;
  if (++send_successes_ < send_successes_that_restore) return;
  send_errors_ = 0;
  if (!send_demoted_) return;
  send_demoted_ = false;
  advertise_change(now, effects);
}

void Router::on(const AdvertNotSent&, Instant now, Effects& effects) {
  send_successes_ = 0;
  if (send_demoted_ || ++send_errors_ < send_errors_that_demote) return;
  send_demoted_ = true;
  advertise_change(now, effects);
}

void Router::on(const Demote& event, Instant now, Effects& effects) {
  const Rank before = rank();
  const Duration dead_before = dead_time();
  demotion_ = event.by;
  shift_silence(dead_time() - dead_before);
  if (rank() != before) advertise_change(now, effects);
}

// FreeBSD, OpenBSD and ucarp all tell the backups at once that the rank has changed.
void Router::advertise_change(Instant now, Effects& effects) {
  auto* active = std::get_if<Active>(&state_);
  if (active != nullptr && !active->listening) send_advert(*active, now, effects);
}

void Router::on(const Reconfigured& event, Instant now, Effects& effects) {
  const Rank before = rank();
  const Duration dead_before = dead_time();
  settings_ = event.settings;
  shift_silence(dead_time() - dead_before);
  if (rank() != before) advertise_change(now, effects);
}

// The dead time is another one now, also for a silence that has begun already.
void Router::shift_silence(Duration later) {
  auto* backup = std::get_if<Backup>(&state_);
  if (backup == nullptr || !backup->active_is_dead) return;
  for (const Family family : families)
    if (auto& silent_at = backup->silent_at[family]) *silent_at += later;
  backup->listened_out += later;
  *backup->active_is_dead = std::max(backup->listen_until, *backup->active_is_dead + later);
}

// --- Time ---

// The process did not run for a while. An active that was silent for a dead time may have a
// successor: it says nothing for one interval and yields to anybody who is active now. A backup
// whose timer ran out unwatched by a whole interval listens for one more before it claims.
void Router::on(const Woken&, Instant now, Effects&) {
  const Duration interval = router::interval(rank());
  if (auto* active = std::get_if<Active>(&state_)) {
    const Instant last_advert = active->next_advert - interval;
    if (now < last_advert + dead_time()) return;
    active->listening = true;
    active->next_advert = now + interval;
    active->announce_soon.reset();
    active->announce_later.reset();
    active->adverts_until_announce = 0;
  } else if (auto* backup = std::get_if<Backup>(&state_)) {
    if (!backup->active_is_dead || now < *backup->active_is_dead + interval) return;
    backup->active_is_dead = now + interval;
    backup->listen_until = now + interval;
  }
}

void Router::on(const DeadlineReached&, Instant now, Effects& effects) {
  release_when_due(now, effects);
  if (auto* backup = std::get_if<Backup>(&state_)) {
    if (!may_claim() || !is_due(backup->active_is_dead, now)) return;
    become_active(backup->cause, now, effects);
  } else if (auto* active = std::get_if<Active>(&state_)) {
    if (is_due(best_until_, now)) best_until_.reset();
    if (active->next_advert - slack() <= now) {
      const bool resumes = std::exchange(active->listening, false);
      send_advert(*active, now, effects);
      if (resumes && active->held) start_announcing(*active, now, effects);
    }
    announce_when_due(*active, now, effects);
  } else if (auto* leaving = std::get_if<Leaving>(&state_)) {
    if (leaving->gives_up <= now) {
      nobody_claimed(now, effects);
    } else if (leaving->next_farewell <= now) {
      // One lost farewell must not cost a hand-over; while nobody has claimed, another is harmless.
      effects.push(SendAdvert{farewell(settings_.election)});
      leaving->next_farewell = now + interval(rank());
    }
  }
}

// Keeps the rhythm: the next advert follows the nominal time of this one. One that is out of turn,
// or late by a whole interval, starts a new rhythm.
void Router::send_advert(Active& active, Instant now, Effects& effects) {
  const Rank advertised = rank();
  const Duration interval = router::interval(advertised);
  effects.push(SendAdvert{advertised});
  active.advertised = now;
  const bool in_turn =
      active.next_advert - interval / 100 <= now && now < active.next_advert + interval;
  active.next_advert = (in_turn ? active.next_advert : now) + interval;
  if (active.adverts_until_announce > 0 && --active.adverts_until_announce == 0)
    announce(active, now, effects);
}

// --- Changes of role ---

void Router::become_backup(Reason reason, Instant now, Effects& effects) {
  const Role from = role();
  followed_.reset();
  best_until_.reset();
  // Nobody who has a foreign address in the way can take over; a refusal may be over by then.
  state_ = Backup{.active_is_dead = barred_ ? std::nullopt : std::optional(now + dead_time())};
  transition(from, reason, effects);
}

// Everybody advertises at once and announces later; the addresses are added in between, so that no
// neighbour hears of an address that does not answer yet.
void Router::become_active(Reason reason, Instant now, Effects& effects) {
  const Role from = role();
  lingering_.reset();
  yielded_ = false;
  followed_.reset();
  lost_active_ = reason == Reason::no_response ? heard_active_ : std::nullopt;
  if (operation_) end_operation(Outcome::taken_back, effects);
  state_ = Active{.since = now, .next_advert = now};
  transition(from, reason, effects);
  send_advert(std::get<Active>(state_), now, effects);
  effects.push(ClaimAddresses{});
}

void Router::become_initialize(WaitingFor what, Reason reason, Effects& effects) {
  const Role from = role();
  const bool held = from == Role::active || lingering_;
  best_until_.reset();
  state_ = Initialize{.what = what};
  transition(from, reason, effects);
  if (operation_) end_operation(Outcome::interrupted, effects);
  if (held || stopping_) let_go(effects);
}

// A better advert: the role is gone now, the addresses go when the peer has announced them.
void Router::yield_to_peer(Reason reason, const AdvertHeard& advert, Instant now,
                           Effects& effects) {
  // After a stall: what is read first was captured long ago, the interval to listen begins now.
  const Instant listened = std::get<Active>(state_).next_advert;
  // One last advert, as ucarp does it: a node that was active all along learns from it that we were
  // too, and tells the neighbours again. Who was paused, or is late with an advert of its own, has
  // long been missed and says nothing.
  const bool punctual = now <= listened;
  best_until_.reset();
  if (punctual && reason != Reason::stall) {
    Rank last = rank();
    // Backups learn the interval of whom they hear: the one that they are about to follow.
    if (auto* vrrp = std::get_if<vrrp::Rank>(&last))
      vrrp->centiseconds =
          std::max(vrrp->centiseconds, std::get<vrrp::Rank>(advert.rank).centiseconds);
    effects.push(SendAdvert{last});
  }
  lingering_.emplace(settings_.addresses);
  lingering_->peer_spoke(now);
  become_backup(reason, now, effects);
  auto& backup = std::get<Backup>(state_);
  follow(advert, now);
  // A BSD yields to an equal advert as well. Who has yielded listens half an interval longer, so
  // that not both come back in the same moment. VRRP has a winner everywhere.
  const bool both_may_yield = protocol_of(settings_.election) == Protocol::carp;
  if (reason == Reason::tie && both_may_yield && backup.active_is_dead)
    *backup.active_is_dead += interval(rank()) / 2;
  if (reason != Reason::stall) return;
  backup.listen_until = listened;
  if (backup.active_is_dead) backup.active_is_dead = std::max(*backup.active_is_dead, listened);
}

void Router::transition(Role from, Reason reason, Effects& effects) {
  reason_ = reason;
  effects.push(Transition{.from = from, .to = role(), .reason = reason});
}

}  // namespace failover::router
