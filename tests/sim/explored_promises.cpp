// The promises, as the exploration watches over them: the same as in promises.cpp, with nothing but
// state machines to look at.

#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/explored_state.hpp"
#include "tests/sim/formulas.hpp"

namespace failover::sim {

void ExploredState::heard_advert(const Message& message) {
  Member& member = members_[message.to];
  const router::Settings& settings = member.router.settings();
  const auto protocol = router::protocol_of(settings.election);
  const bool deaf = (without_ipv4_ >> message.to & 1U) != 0;
  const bool wins = formulas::wins_tie(protocol, source_of(message.from, message.family),
                                       source_of(message.to, message.family));
  member.lost_tie |= formulas::are_equal(*message.advert, member.router.rank()) && (wins || deaf);
  const auto yielded = member.router.yielded() ? formulas::Yielded::yes : formulas::Yielded::no;
  if (!formulas::is_followed(settings, yielded, *message.advert)) return;
  member.heard = now_;
  member.heard_rank = *message.advert;
  member.farewell_costs_until.reset();
  member.must_claim.reset();
}

void ExploredState::heard_farewell(const Message& message) {
  Member& member = members_[message.to];
  if (member.router.role() != router::Role::backup) return;
  const auto& settings = member.router.settings();
  if (!member.farewell_costs_until)
    member.farewell_costs_until =
        now_ + formulas::least_after_farewell(settings, member.heard_rank);
  // The farewell over the other family may come a little later.
  if (!member.must_claim && !members_[message.from].lost_since_leaving)
    member.must_claim =
        now_ + formulas::most_after_farewell(settings, member.heard_rank) + longest_delay;
}

// PRODUCT 8.1, RFC 9568, 6.4.2: a farewell costs no more than a skew.
void ExploredState::check_farewells() {
  for (const Member& member : members_)
    if (member.must_claim && now_ > *member.must_claim &&
        member.router.role() == router::Role::backup)
      violation_ = "a farewell costs more than a skew";
}

// A transition is never without cause: no-response means that nobody has been heard for a dead
// time, or that who was heard has left; tie, that the other address wins.
void ExploredState::check_reason(const Member& member, const router::Transition& transition) {
  const Duration dead = formulas::least_dead_time(member.router.settings(), member.heard_rank);
  const bool left = member.farewell_costs_until && now_ >= *member.farewell_costs_until;
  // CARP claims for the other reasons without waiting.
  const bool is_vrrp =
      router::protocol_of(member.router.settings().election) == router::Protocol::vrrp;
  const bool waits = transition.reason == Reason::no_response ||
                     (is_vrrp && (transition.reason == Reason::priority ||
                                  transition.reason == Reason::peer_left));
  if (waits && now_ - member.heard < dead && !left)
    violation_ = fmt::format("n{} claims for {}, though somebody was heard",
                             &member - members_.data(), name(transition.reason));
  if (transition.reason == Reason::tie && !member.lost_tie) violation_ = "who wins the tie yields";
}

// PRODUCT 8.6 and CARP.md 3.2: two advertise for no longer than the better one's interval and two
// ways through the network. The better one's interval is the shorter one; a node that yields to the
// best may preempt the next, so it is counted twice where there are three.
void ExploredState::check_two_active() {
  std::size_t advertising = 0;
  Duration interval{};
  Duration tie{};
  for (const Member& member : members_) {
    const router::Rank rank = member.router.rank();
    interval = std::max(interval, router::interval(rank));
    advertising += member.router.role() == router::Role::active && !member.leaving ? 1U : 0U;
    for (const Member& other : members_)
      if (&other != &member && without_ipv4_ != 0)
        tie = std::max(tie, formulas::tie_over_ipv6(other.router.settings(), rank));
  }
  if (advertising < 2) return two_active_since_.reset();
  if (!two_active_since_) two_active_since_ = now_;
  const Duration window =
      static_cast<int>(members_.size() - 1) * (interval + 2 * longest_delay) + tie;
  if (now_ - *two_active_since_ > window) violation_ = "two advertise";
}

void ExploredState::check_settled() {
  const Member* active = nullptr;
  for (const Member& member : members_) {
    const bool is_active = member.router.role() == router::Role::active;
    if (is_active && active != nullptr) violation_ = "it does not settle on one active";
    if (member.holds != is_active) violation_ = "who is active does not hold the addresses alone";
    if (is_active) active = &member;
  }
  if (active == nullptr) {
    violation_ = "nobody is active";
    return;
  }
  for (const Member& member : members_) {
    const bool better = formulas::is_better(member.router.rank(), active->router.rank());
    const bool preempts = member.router.settings().preempt == Preempt::on;
    if (better && preempts && !member.router.yielded()) violation_ = "the wrong one is active";
  }
}

}  // namespace failover::sim
