// What the failover group asks of the router (PRODUCT: 8.10): to take the role with the others, to
// give it away with them, or to leave it alone.

#include "protocol/router/router.hpp"

namespace failover::router {

// For one dead time nobody can be better: a peer that knows no groups gives way on this segment as
// well.
void Router::on(const ComeAlong&, Instant now, Effects& effects) {
  forbidden_.reset();
  const bool backup = std::holds_alternative<Backup>(state_) && !barred_;
  if (stopping_ || (!backup && !leaving())) return;
  best_until_ = now + dead_time();
  if (backup) {
    become_active(Reason::group, now, effects);
  } else {
    stay(Reason::group, now, effects);
  }
}

void Router::on(const GiveUp& event, Instant now, Effects& effects) {
  auto* leaving = std::get_if<Leaving>(&state_);
  if (leaving != nullptr && event.unclaimed == Unclaimed::let_go) {
    leaving->unclaimed = Unclaimed::let_go;
    leaving->reason = event.reason;
  } else if (std::holds_alternative<Active>(state_)) {
    start_leaving(event.unclaimed, event.reason, now, effects);
  }
}

void Router::on(const Forbid& event, Instant, Effects& effects) {
  if (forbidden_ == event.reason) return;
  forbidden_ = event.reason;
  if (!std::holds_alternative<Backup>(state_) || barred_) return;
  if (reason_ != event.reason) transition(Role::backup, event.reason, effects);
}

// It has listened all the while: an active that has been silent for long enough is dead now. A
// worse one that still speaks is given a dead time, as by a router that has just come up.
void Router::on(const Allow&, Instant now, Effects& effects) {
  if (!forbidden_) return;
  forbidden_.reset();
  auto* backup = std::get_if<Backup>(&state_);
  if (backup == nullptr || barred_) return;
  if (is_owner(settings_.election) && !yielded_) return become_active(Reason::owner, now, effects);
  if (backup->active_is_dead && *backup->active_is_dead <= now) {
    if (backup->cause != Reason::priority) return become_active(backup->cause, now, effects);
    backup->active_is_dead = now + dead_time();
  }
  transition(Role::backup, Reason::listening, effects);
}

void Router::on(const MayPreempt& event, Instant, Effects&) { may_preempt_ = event.preempt; }

void Router::on(const Advertise& event, Instant now, Effects& effects) {
  const Rank before = rank();
  const Duration dead_before = dead_time();
  advertised_ = event.what;
  shift_silence(dead_time() - dead_before);
  if (rank() != before) advertise_change(now, effects);
}

}  // namespace failover::router
