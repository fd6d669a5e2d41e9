// What is heard from peers: asked of the protocol's election, and done.

#include <algorithm>
#include <utility>

#include "protocol/router/router.hpp"

namespace failover::router {

void Router::on(const AdvertHeard& advert, Instant now, Effects& effects) {
  if (!is_farewell(advert.rank)) {
    heard_active_ = advert.source;
  } else if (heard_active_ == advert.source) {
    heard_active_.reset();
  }
  if (lingering_ && !is_farewell(advert.rank)) lingering_->peer_spoke(now);
  if (auto* backup = std::get_if<Backup>(&state_)) {
    heard_in_backup(*backup, advert, now, effects);
  } else if (auto* active = std::get_if<Active>(&state_)) {
    heard_in_active(*active, advert, now, effects);
  } else if (std::holds_alternative<Leaving>(state_)) {
    heard_while_leaving(advert, now, effects);
  }
  if (lingering_ && advert.mac == SourceMac::virtual_mac && !is_farewell(advert.rank))
    port_moved(advert.source.family(), now);
}

void Router::port_moved(Family family, Instant now) {
  // One virtual MAC for both families in CARP, one for each in VRRP.
  const bool is_carp = protocol_of(settings_.election) == Protocol::carp;
  const PerFamily<bool> moved{.ipv4 = is_carp || family == Family::ipv4,
                              .ipv6 = is_carp || family == Family::ipv6};
  lingering_->port_moved(moved, settings_.speaks, now);
}

Wish Router::wish() const {
  if (yielded_) return Wish::yielded;
  if (advertised_ == Advertised::best_rank) return Wish::preempt;
  const bool preempts = settings_.preempt == Preempt::on && may_preempt_ == Preempt::on;
  return preempts ? Wish::preempt : Wish::stay;
}

void Router::heard_in_backup(Backup& backup, const AdvertHeard& advert, Instant now,
                             Effects& effects) {
  const auto verdict = in_backup(settings_.election, rank(), advert.rank, followed_, wish());
  const Family family = advert.source.family();
  // Whoever was to announce the addresses has left: they answer until the next one can have spoken.
  if (lingering_ && is_farewell(advert.rank))
    lingering_->peer_left(std::max(now + verdict.wait, backup.listen_until));
  switch (verdict.what) {
    case BackupVerdict::Do::ignore: backup.cause = Reason::priority; return;
    case BackupVerdict::Do::count:
      backup.cause = Reason::peer_left;
      // A farewell that is repeated does not begin the wait anew.
      wait_for_silence(
          backup, family,
          std::min(now + verdict.wait, backup.silent_at[family].value_or(Instant::max())));
      return;
    case BackupVerdict::Do::take_over:
      if (may_claim() && now >= backup.listen_until) {
        become_active(verdict.reason, now, effects);
        return;
      }
      // Who has left while we must listen is not waited for any longer than that.
      if (is_farewell(advert.rank)) {
        backup.cause = Reason::peer_left;
        wait_for_silence(backup, family, now);
        return;
      }
      break;
    case BackupVerdict::Do::follow: break;
  }
  follow(advert, now);
  notice_deafness(backup, family, now, effects);
}

void Router::follow(const AdvertHeard& advert, Instant now) {
  auto& backup = std::get<Backup>(state_);
  followed_ = advert.rank;
  backup.cause = Reason::no_response;
  wait_for_silence(backup, advert.source.family(), now + dead_time());
}

// The active is dead when it has been silent in every family in which it was heard.
void Router::wait_for_silence(Backup& backup, Family family, Instant silent_at) {
  const bool first = !backup.silent_at.ipv4 && !backup.silent_at.ipv6;
  if (first) backup.listened_out = backup.active_is_dead.value_or(silent_at);
  backup.silent_at[family] = silent_at;
  if (!backup.active_is_dead) return;
  const Instant in_other = backup.silent_at[other(family)].value_or(silent_at);
  *backup.active_is_dead = std::max({backup.listen_until, silent_at, in_other});
}

// Heard in one family for longer than a silence may last in the other.
void Router::notice_deafness(Backup& backup, Family family, Instant now, Effects& effects) {
  if (!settings_.speaks[other(family)] || !may_claim()) return;
  const Instant in_other = backup.silent_at[other(family)].value_or(backup.listened_out);
  const bool deaf = in_other <= now;
  if (std::exchange(backup.half_deaf, deaf) == deaf) return;
  transition(Role::backup, deaf ? Reason::half_deaf : Reason::listening, effects);
}

void Router::heard_in_active(Active& active, const AdvertHeard& advert, Instant now,
                             Effects& effects) {
  if (active.listening && !is_farewell(advert.rank)) {
    yield_to_peer(Reason::stall, advert, now, effects);
    return;
  }
  const Family family = advert.source.family();
  if (family == Family::ipv4) active.heard_in_ipv4 = now;
  const auto ours = sources_[family].value_or(IpAddress{});
  auto verdict = in_active(settings_.election, rank(), advert.rank, advert.source, ours);
  if (!verdict.yields && insists(active, advert, ours, now)) verdict.yields = Reason::tie;
  report_two_active(active, advert, verdict.yields.value_or(Reason::priority), now, effects);
  if (verdict.yields == Reason::tie && !decides_ties(active, family, now)) return;
  if (verdict.yields) {
    yield_to_peer(*verdict.yields, advert, now, effects);
  } else {
    answer(active, verdict.answer, now, effects);
  }
}

// With both families each node may win the tie of one, and would yield in the other, both for ever.
// IPv4 decides, unless nobody is heard there.
bool Router::decides_ties(const Active& active, Family family, Instant now) const {
  if (family == Family::ipv4 || !settings_.speaks.ipv4) return true;
  return std::max(active.since, active.heard_in_ipv4) + dead_time() <= now;
}

// An equal one that loses the tie over IPv6, the only family in which it is heard, and has not
// yielded within two dead times: it hears us over IPv4, and wins there.
bool Router::insists(Active& active, const AdvertHeard& advert, const IpAddress& ours,
                     Instant now) const {
  if (advert.source.family() == Family::ipv4 || !settings_.speaks.ipv4) return false;
  const auto other_way = in_active(settings_.election, rank(), advert.rank, ours, advert.source);
  if (other_way.yields != Reason::tie) return false;
  const bool anew = active.rival_heard + dead_time() <= now;
  if (anew) active.rival_since = now;
  active.rival_heard = now;
  return active.rival_since + 2 * dead_time() <= now && decides_ties(active, Family::ipv6, now);
}

// Answers are a little apart, or two nodes of one rank and one source address, or replayed adverts,
// would make us flood the segment. What left a moment ago has answered already.
void Router::answer(Active& active, ActiveVerdict::Answer answer, Instant now, Effects& effects) {
  using enum ActiveVerdict::Answer;
  if (active.listening) return;
  const bool advertises = answer == advertise || answer == advertise_and_announce;
  if (advertises && active.advertised + limits::answer_spacing <= now)
    send_advert(active, now, effects);
  const bool announces = answer == announce || answer == advertise_and_announce;
  if (announces && active.held) announce_again(active, now, effects);
}

void Router::announce_again(Active& active, Instant now, Effects& effects) {
  const Instant earliest = active.announced + limits::announcement_spacing;
  if (earliest <= now) {
    start_announcing(active, now, effects);
  } else if (!active.announce_soon) {
    active.announce_soon = earliest;
  }
}

// Two were active at once. The one that stays knows it when it has been active for longer than a
// peer needs to hear it and yield; the one that yields knows it when the other should have been its
// backup (equal ranks never preempt), or is the one whose silence made it active.
void Router::report_two_active(const Active& active, const AdvertHeard& advert, Reason verdict,
                               Instant now, Effects& effects) const {
  if (is_farewell(advert.rank)) return;
  const Duration time_to_yield = 2 * std::max(interval(rank()), interval(advert.rank));
  const bool settled = now - active.since >= time_to_yield;
  const bool expected = verdict == Reason::preempted || verdict == Reason::demoted;
  if (settled && (!expected || lost_active_ == advert.source))
    effects.push(TwoActive{advert.source});
}

}  // namespace failover::router
