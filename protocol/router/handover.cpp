// Giving the role away in an orderly manner: farewell, keep answering, let go when the peer has
// told the neighbours, or take the role back when nobody claims.

#include <algorithm>

#include "protocol/router/router.hpp"

namespace failover::router {

void Router::on(const SwitchOver& event, Instant now, Effects& effects) {
  if (!std::holds_alternative<Active>(state_) || stopping_) {
    effects.push(OperationEnded{Outcome::not_active});
    return;
  }
  operation_ = true;
  start_leaving(event.unclaimed, Reason::op, now, effects);
}

void Router::on(const Unyield&, Instant, Effects&) { yielded_ = false; }

void Router::on(const Stop&, Instant now, Effects& effects) {
  if (stopping_) return;
  stopping_ = true;
  if (std::holds_alternative<Active>(state_)) {
    start_leaving(Unclaimed::let_go, Reason::stopping, now, effects);
    return;
  }
  if (auto* leaving = std::get_if<Leaving>(&state_)) {
    leaving->unclaimed = Unclaimed::let_go;
    return;
  }
  if (role() != Role::initialize) {
    const Role from = role();
    state_ = Initialize{};
    transition(from, Reason::stopping, effects);
  }
  if (!lingering_) let_go(effects);
}

void Router::on(const StopNow&, Instant, Effects& effects) {
  stopping_ = true;
  if (std::holds_alternative<Active>(state_))
    effects.push(SendAdvert{farewell(settings_.election)});
  if (role() != Role::initialize)
    become_initialize(WaitingFor::nothing, Reason::stopping, effects);
  else
    let_go(effects);
}

void Router::start_leaving(Unclaimed unclaimed, Reason reason, Instant now, Effects& effects) {
  effects.push(SendAdvert{farewell(settings_.election)});
  lingering_.emplace(settings_.addresses);
  best_until_.reset();
  state_ = Leaving{.gives_up = now + settings_.handover_bound(dead_time()),
                   .next_farewell = now + interval(rank()),
                   .unclaimed = unclaimed,
                   .reason = reason};
}

void Router::heard_while_leaving(const AdvertHeard& advert, Instant now, Effects& effects) {
  if (is_farewell(advert.rank)) return;
  if (!stopping_) {
    yielded_ |= operation_;
    become_backup(reason_to_wait(std::get<Leaving>(state_).reason), now, effects);
    follow(advert, now);
    return;
  }
  const Role from = role();
  state_ = Initialize{};
  transition(from, Reason::stopping, effects);
}

void Router::nobody_claimed(Instant now, Effects& effects) {
  if (stopping_) {
    become_initialize(WaitingFor::nothing, Reason::stopping, effects);
    return;
  }
  const Leaving leaving = std::get<Leaving>(state_);
  if (leaving.unclaimed == Unclaimed::take_back) return stay(Reason::no_successor, now, effects);
  yielded_ |= operation_;
  become_backup(reason_to_wait(leaving.reason), now, effects);
  let_go(effects);
}

// Active again as if nothing had happened.
void Router::stay(Reason reason, Instant now, Effects& effects) {
  lingering_.reset();
  state_ = Active{.since = now, .next_advert = now};
  transition(Role::active, reason, effects);
  send_advert(std::get<Active>(state_), now, effects);
  // The addresses never left, unless they never came: the answer to the claim tells, and announces.
  effects.push(ClaimAddresses{});
  if (operation_) end_operation(Outcome::taken_back, effects);
}

void Router::release_when_due(Instant now, Effects& effects) {
  if (!lingering_ || std::holds_alternative<Leaving>(state_)) return;
  const auto when = lingering_->release_at();
  if (!when || now < *when) return;
  let_go(effects);
}

void Router::let_go(Effects& effects) {
  effects.push(ReleaseAddresses{lingering_ ? lingering_->successor() : Successor::unknown});
  lingering_.reset();
  if (operation_) end_operation(Outcome::done, effects);
  if (stopping_) effects.push(Stopped{});
}

void Router::end_operation(Outcome outcome, Effects& effects) {
  operation_ = false;
  effects.push(OperationEnded{outcome});
}

}  // namespace failover::router
