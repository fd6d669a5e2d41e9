#include "protocol/group/group.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/assert.hpp"

namespace failover::group {
namespace {

constexpr auto by_member = [](const auto& element) { return element.member; };

void earliest_after(std::optional<Instant>& soonest, Instant candidate, Instant now) {
  if (candidate > now && (!soonest || candidate < *soonest)) soonest = candidate;
}

// What another element hears takes the role away from all; what an operator or the configuration
// wants does not.
bool is_loss(Reason reason) {
  constexpr std::array losses{Reason::preempted, Reason::tie, Reason::demoted, Reason::stall,
                              Reason::kernel_refused};
  return std::ranges::find(losses, reason) != losses.end();
}

// What everybody hears in the same moment, so that several may claim. Of silence they do not: the
// better a rank the shorter it waits.
bool may_have_rivals(Reason reason) {
  constexpr std::array common{Reason::priority, Reason::peer_left, Reason::demoted_peer,
                              Reason::slow_peer};
  return std::ranges::find(common, reason) != common.end();
}

}  // namespace

// What all elements together come to.
struct Group::Standing {
  std::size_t active = 0;
  std::size_t backup = 0;
  std::size_t leaving = 0;
  std::size_t down = 0;
  std::size_t pending = 0;
  // Why nobody may claim, apart from the elements that are not up.
  std::optional<Reason> barrier = {};

  [[nodiscard]] bool is_ready() const { return !barrier && down == 0 && pending == 0; }
};

Group::Group(const Settings& settings, const Overrides& overrides, Start start, Instant now)
    : settings_(settings),
      overrides_(overrides),
      tracks_(settings.tracks),
      starts_at_(start == Start::fresh && settings.start_delay > Duration{0}
                     ? now + settings.start_delay
                     : Instant{}) {}

void Group::add(Member member, const View& view, Instant now) {
  const auto at = std::ranges::lower_bound(elements_, member, {}, by_member);
  const bool joins = role() == router::Role::active && !view.resuming;
  elements_.insert(at, Element{.member = member, .view = {}, .counts = !joins});
  saw(member, view, now);
}

void Group::remove(Member member) {
  std::erase_if(elements_, [&](const Element& element) { return element.member == member; });
  if (leader_ == member) leader_.reset();
}

Group::Element* Group::find(Member member) {
  const auto at = std::ranges::lower_bound(elements_, member, {}, by_member);
  return at != elements_.end() && at->member == member ? &*at : nullptr;
}

bool Group::has(Member member) const {
  return std::ranges::binary_search(elements_, member, {}, by_member);
}

bool Group::is_down_element(const Element& element) {
  const View& view = element.view;
  if (!element.counts || view.resuming) return false;
  const bool waits =
      view.waiting_for != WaitingFor::nothing && view.waiting_for != WaitingFor::capture;
  // Who holds the addresses is not moved by a foreign one.
  const bool barred = view.barred && view.role != router::Role::active;
  return barred || (view.role == router::Role::initialize && waits);
}

bool Group::is_pending(const Element& element) {
  return element.view.role == router::Role::initialize && !is_down_element(element);
}

std::size_t Group::count(bool (*is_so)(const Element&)) const {
  return static_cast<std::size_t>(std::ranges::count_if(elements_, is_so));
}

// --- What elements show ---

void Group::saw(Member member, const View& view, Instant now) {
  Element* element = find(member);
  promise(element != nullptr);
  const View before = std::exchange(element->view, view);
  if (view.role != router::Role::initialize) element->counts = true;
  const bool was_active = before.role == router::Role::active;
  const bool is_active = view.role == router::Role::active;
  const bool was_told = element->gives_up;
  if (!is_active || (before.leaving && !view.leaving)) element->gives_up = false;
  if (is_active && !was_active) {
    element->forbidden.reset();
    if (view.reason == Reason::group) return;
    direction_ = Direction::up;
    leader_ = member;
    cause_ = view.reason;
    const bool rivals = may_have_rivals(cause_);
    comes_along_from_ =
        now + (rivals ? std::min(limits::group_rivals_heard, view.dead_time) : Duration{0});
  } else if (is_active && before.leaving && !view.leaving && view.reason != Reason::group) {
    direction_ = Direction::up;
    cause_ = view.reason;
  } else if (was_active && view.role == router::Role::backup) {
    if (direction_ == Direction::back) return;
    // Who gave up as it was told may do so when the group has taken another way already.
    if (!was_told || role() != router::Role::active) cause_ = view.reason;
    if (was_told || !is_loss(view.reason)) return;
    sent_back(view.reason, now);
    leader_ = member;
  } else if (!is_active && view.reason != before.reason) {
    // Who has not come along yet says nothing of why the others are active.
    if (was_active || role() != router::Role::active) cause_ = view.reason;
  }
}

// The others follow. A group of one has no other way, and a stall says nothing against the way.
void Group::sent_back(Reason reason, Instant now) {
  direction_ = Direction::back;
  Element* led = leader_ ? find(*leader_) : nullptr;
  if (led != nullptr && elements_.size() > 1 && reason != Reason::stall)
    led->not_again_before = now + pause_between_tries(*led);
}

Duration Group::pause_between_tries(const Element& element) const {
  return std::max(settings_.preempt_delay,
                  limits::dead_times_between_tries * element.view.dead_time);
}

// --- What is to be done ---

Group::Standing Group::standing(Instant now) const {
  Standing all{.active = count(&is_active),
               .backup = count(&is_backup),
               .leaving = count(&is_leaving),
               .down = count(&is_down_element),
               .pending = count(&is_pending)};
  if (tracks_.yields()) {
    all.barrier = Reason::element_down;
  } else if (overrides_.hold == Hold::backup) {
    all.barrier = Reason::held;
  } else if (now < services_again_at_) {
    all.barrier = Reason::services;
  } else if (all.active == 0) {
    // These keep a backup from claiming, and take nothing from who is active.
    if (overrides_.frozen)
      all.barrier = Reason::frozen;
    else if (now < starts_at_ && overrides_.hold != Hold::active)
      all.barrier = Reason::start_delay;
    else if (tracks_.is_waited_for())
      all.barrier = Reason::starting;
    else if (settings_.takes_over == TakesOver::when_told && overrides_.hold != Hold::active)
      all.barrier = Reason::mode_none;
  }
  return all;
}

void Group::settle(Instant now, Effects& effects) {
  finish_operation(effects);  // who was waited for may have gone
  const Standing now_standing = standing(now);
  note_readiness(now_standing, now);
  const std::optional<Moved> moved = note_role(now_standing, now);
  tell_restrictions(now_standing, now, effects);
  even_out(now_standing, now, effects);
  if (moved) effects.push_back(*moved);
  note_next_look(now);
}

// preempt_delay begins when the node could take over.
void Group::note_readiness(const Standing& standing, Instant now) {
  const bool ready = standing.is_ready();
  if (ready && !was_ready_) preempts_from_ = now + settings_.preempt_delay;
  was_ready_ = ready;
}

void Group::tell_restrictions(const Standing& standing, Instant now, Effects& effects) {
  const bool preempts = !overrides_.frozen && now >= preempts_from_ && now >= damped_until_ &&
                        now >= contested_until_;
  const Preempt may_preempt = preempts ? Preempt::on : Preempt::off;
  const auto advertises = overrides_.hold == Hold::active ? router::Advertised::best_rank
                                                          : router::Advertised::own_rank;
  const unsigned demoted_by = demotion();
  // Who is active already needs nobody who comes up.
  const std::size_t not_up = standing.down + (standing.active > 0 ? 0 : standing.pending);
  for (Element& element : elements_) {
    const Member member = element.member;
    if (std::exchange(element.may_preempt, may_preempt) != may_preempt)
      effects.push_back(Tell{member, router::MayPreempt{may_preempt}});
    if (std::exchange(element.advertises, advertises) != advertises)
      effects.push_back(Tell{member, router::Advertise{advertises}});
    if (std::exchange(element.demoted_by, demoted_by) != demoted_by)
      effects.push_back(Tell{member, router::Demote{{.cost = demoted_by, .count = 0}}});
    if (is_active(element)) continue;
    const bool itself = is_down_element(element) || (standing.active == 0 && is_pending(element));
    std::optional<Reason> why = standing.barrier;
    if (!why && not_up > (itself ? 1U : 0U))
      why = standing.down > (is_down_element(element) ? 1U : 0U) ? Reason::element_down
                                                                 : Reason::starting;
    if (!why && now < element.not_again_before) why = Reason::not_again;
    if (std::exchange(element.forbidden, why) == why) continue;
    effects.push_back(why ? Tell{member, router::Forbid{*why}} : Tell{member, router::Allow{}});
  }
}

// Why who is active must not stay so. Frozen, only what elements have lost already is given up.
std::optional<Reason> Group::gives_up(const Standing& standing) const {
  if (standing.barrier && !overrides_.frozen) return standing.barrier;
  if (standing.down > 0) return Reason::element_down;
  if (direction_ == Direction::back) return cause_;
  return std::nullopt;
}

// All of them up, or all of them back.
void Group::even_out(const Standing& standing, Instant now, Effects& effects) {
  if (standing.active == 0) {
    direction_ = Direction::up;
    return;
  }
  const auto why = gives_up(standing);
  for (Element& element : elements_) {
    if (why && is_active(element) && !std::exchange(element.gives_up, true))
      effects.push_back(Tell{element.member, router::GiveUp{*why}});
    if (!why && standing.leaving == 0 && is_backup(element) && now >= comes_along_from_)
      effects.push_back(Tell{element.member, router::ComeAlong{}});
  }
}

// Before restrictions are told: a move may be one too many.
std::optional<Moved> Group::note_role(const Standing& standing, Instant now) {
  const router::Role now_role = role();
  Reason reason = cause_;
  const bool is_down = now_role != router::Role::active && standing.down > 0;
  if (is_down) reason = count(&is_barred) > 0 ? Reason::foreign_address : Reason::element_down;
  if (now_role != router::Role::active && standing.barrier) reason = *standing.barrier;
  if (elements_.empty()) reason = Reason::stopping;
  if (now_role == told_.role && reason == told_.reason) return std::nullopt;
  const Moved moved{
      .from = told_.role, .to = now_role, .reason = reason, .planned = is_planned(reason)};
  told_ = {.role = now_role, .reason = reason};
  const bool moves = (moved.from == router::Role::active) != (moved.to == router::Role::active);
  if (moves && !moved.planned) note_move(now);
  return moved;
}

bool Group::is_planned(Reason reason) const {
  return operation_ || reason == Reason::op || reason == Reason::stopping ||
         reason == Reason::held || reason == Reason::drain;
}

void Group::note_move(Instant now) {
  if (settings_.damping_moves == 0) return;
  std::erase_if(moves_, [&](Instant at) { return at + settings_.damping_window <= now; });
  moves_.push_back(now);
  const bool too_many = moves_.size() > settings_.damping_moves;
  if (too_many) moves_.erase(moves_.begin());  // never more than are counted
  if (too_many || now < damped_until_) damped_until_ = now + settings_.damping_window;
}

// --- What it looks like from outside ---

router::Role Group::role() const {
  if (count(&is_active) > 0) return router::Role::active;
  const bool all_up = std::ranges::none_of(elements_, [](const Element& element) {
    return element.view.role == router::Role::initialize;
  });
  return all_up && !elements_.empty() ? router::Role::backup : router::Role::initialize;
}

bool Group::is_down() const { return tracks_.yields() || count(&is_down_element) > 0; }

bool Group::yielded() const {
  return std::ranges::any_of(elements_,
                             [](const Element& element) { return element.view.yielded; });
}

// A drained node is the last that anybody wants, and still better than none.
unsigned Group::demotion() const {
  constexpr unsigned last = 255;
  return std::max(tracks_.demotion(), overrides_.drained ? last : 0);
}

Instant Group::not_again_before() const {
  Instant latest{};
  for (const Element& element : elements_) latest = std::max(latest, element.not_again_before);
  return latest;
}

void Group::note_next_look(Instant now) {
  next_look_ = tracks_.deadline();
  for (const Instant moment : {starts_at_, preempts_from_, services_again_at_, damped_until_,
                               contested_until_, comes_along_from_})
    earliest_after(next_look_, moment, now);
  for (const Element& element : elements_)
    earliest_after(next_look_, element.not_again_before, now);
}

std::optional<Instant> Group::deadline() const { return next_look_; }

// --- What happens otherwise ---

void Group::handle(const Event& event, Instant now, Effects& effects) {
  std::visit([&](const auto& happened) { on(happened, now, effects); }, event);
}

void Group::on(const TrackReport& event, Instant now, Effects& effects) {
  if (const auto state = tracks_.report(event, now))
    effects.push_back(TrackMoved{event.track, *state});
}

void Group::on(const ServicesFailed&, Instant now, Effects&) {
  Duration pause{};
  for (const Element& element : elements_) pause = std::max(pause, pause_between_tries(element));
  services_again_at_ = now + pause;
}

// An address with interruptions is better than none: who takes over keeps it, and when nobody does
// it stays here. Frozen, held active, or while an operator moves the group, nothing is offered.
void Group::on(const Contested&, Instant now, Effects& effects) {
  if (operation_ || overrides_.frozen || overrides_.hold == Hold::active) return;
  if (count(&can_hand_over) == 0) return;
  const bool again =
      contested_for_ > Duration{0} && now < contested_until_ + limits::contested_longest;
  contested_for_ =
      again ? std::min(2 * contested_for_, limits::contested_longest) : limits::contested_shortest;
  contested_until_ = now + contested_for_;
  for (Element& element : elements_) {
    if (!can_hand_over(element) || std::exchange(element.gives_up, true)) continue;
    effects.push_back(
        Tell{element.member, router::GiveUp{Reason::contested, Unclaimed::take_back}});
  }
}

void Group::on(const Reconfigured& event, Instant, Effects&) {
  settings_ = event.settings;
  tracks_.change(settings_.tracks);
}

// What has become due otherwise is seen by settle().
void Group::on(const DeadlineReached&, Instant now, Effects& effects) {
  while (const auto track = tracks_.settle(now))
    effects.push_back(TrackMoved{*track, TrackState::up});
}

}  // namespace failover::group
