// What a person asks of a group: hand-overs that are tried, and overrides that last.

#include <algorithm>
#include <utility>

#include "protocol/group/group.hpp"

namespace failover::group {

void Group::on(const SwitchOver& event, Instant, Effects& effects) {
  hand_over(event.unclaimed, std::nullopt, effects);
}

// Draining and holding back hand over first. Who is not active has nothing to hand over.
void Group::on(const Override& event, Instant, Effects& effects) {
  const Overrides& wanted = event.wanted;
  const bool drains = wanted.drained && !overrides_.drained;
  const bool holds_back = wanted.hold == Hold::backup && overrides_.hold != Hold::backup;
  if ((drains || holds_back) && (operation_ || count(&can_hand_over) > 0))
    return hand_over(event.unclaimed, wanted, effects);
  put_in_force(wanted, effects);
  if (event.reply == Reply::wanted) effects.push_back(OperationEnded{router::Outcome::done});
}

void Group::on(const Release&, Instant, Effects& effects) {
  Overrides wanted = overrides_;
  wanted.hold = Hold::none;
  put_in_force(wanted, effects);
  unyield(effects);
  effects.push_back(OperationEnded{router::Outcome::done});
}

void Group::on(const AnnounceAgain&, Instant, Effects& effects) {
  ask(router::AnnounceAgain{}, Operation{.outcome = router::Outcome::not_active, .any = true},
      effects);
}

void Group::hand_over(Unclaimed unclaimed, std::optional<Overrides> then, Effects& effects) {
  ask(router::SwitchOver{unclaimed}, Operation{.then = then}, effects);
}

// One operation at a time.
void Group::ask(const router::Event& event, Operation operation, Effects& effects) {
  if (operation_ || count(&can_hand_over) == 0) {
    effects.push_back(OperationEnded{router::Outcome::not_active});
    return;
  }
  operation_ = operation;
  for (Element& element : elements_) {
    element.owes_answer = can_hand_over(element);
    if (element.owes_answer) effects.push_back(Tell{element.member, event});
  }
}

void Group::on(const ElementEnded& event, Instant, Effects& effects) {
  Element* element = find(event.member);
  if (!operation_ || element == nullptr || !std::exchange(element->owes_answer, false)) return;
  const auto severity = [](router::Outcome outcome) {
    switch (outcome) {
      case router::Outcome::done: return 0;
      case router::Outcome::not_active: return 1;
      case router::Outcome::interrupted: return 2;
      case router::Outcome::taken_back: return 3;
    }
    return 3;
  };
  const bool worse = severity(event.outcome) > severity(operation_->outcome);
  if (worse != operation_->any) operation_->outcome = event.outcome;
  finish_operation(effects);
}

void Group::finish_operation(Effects& effects) {
  if (!operation_ || count(&owes_answer) > 0) return;
  const Operation ended = *std::exchange(operation_, std::nullopt);
  if (ended.then && ended.outcome != router::Outcome::taken_back)
    put_in_force(*ended.then, effects);
  effects.push_back(OperationEnded{ended.outcome});
}

// What a hand-over leaves behind ends with what it was for.
void Group::put_in_force(const Overrides& wanted, Effects& effects) {
  const Overrides before = std::exchange(overrides_, wanted);
  const bool drain_ends = before.drained && !wanted.drained;
  const bool hold_ends = before.hold == Hold::backup && wanted.hold != Hold::backup;
  if (drain_ends || hold_ends || wanted.hold == Hold::active) unyield(effects);
}

void Group::unyield(Effects& effects) const {
  for (const Element& element : elements_)
    if (element.view.yielded) effects.push_back(Tell{element.member, router::Unyield{}});
}

}  // namespace failover::group
