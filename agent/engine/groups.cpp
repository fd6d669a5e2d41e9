// Failover groups: what their routers do is shown to them, what they ask for is told the routers.

#include <utility>

#include "agent/engine/engine.hpp"
#include "protocol/assert.hpp"

namespace failover {

void Engine::take(GroupAdded& message) {
  const GroupId id = message.group->id;
  promise(id < limits::groups);
  if (groups_.size() <= id) groups_.resize(id + 1);
  promise(!groups_[id]);
  groups_[id] = std::make_unique<FailoverGroup>(std::move(message.group), clock_);
}

void Engine::take(GroupChanged& message) {
  FailoverGroup* group = find_group(message.group->id);
  if (group == nullptr) return;
  group->replace_setup(std::move(message.group));
  handle(*group, group::Reconfigured{group->settings()}, now_);
}

void Engine::take(GroupRemoved& message) {
  if (find_group(message.id) != nullptr) groups_[message.id].reset();
  mailboxes_.engine_to_control.post(GroupGone{message.id});
}

void Engine::start_operation(GroupId id, OperationId operation, const group::Event& event) {
  FailoverGroup* group = find_group(id);
  if (group == nullptr) {
    mailboxes_.engine_to_control.post(OperationFinished{
        .id = id, .operation = operation, .outcome = router::Outcome::not_active});
    return;
  }
  group->operation = operation;
  handle(*group, event, now_);
}

void Engine::take(SwitchOverGroup& message) {
  start_operation(message.id, message.operation, group::SwitchOver{message.unclaimed});
}

void Engine::take(OverrideGroup& message) {
  const group::Override wanted{.wanted = message.wanted, .unclaimed = message.unclaimed};
  if (message.operation != 0) return start_operation(message.id, message.operation, wanted);
  FailoverGroup* group = find_group(message.id);
  if (group != nullptr)
    handle(*group, group::Override{.wanted = message.wanted, .reply = group::Reply::not_wanted},
           now_);
}

void Engine::take(ReleaseGroup& message) {
  start_operation(message.id, message.operation, group::Release{});
}

void Engine::take(AnnounceGroup& message) {
  start_operation(message.id, message.operation, group::AnnounceAgain{});
}

void Engine::take(TrackReported& message) {
  if (FailoverGroup* group = find_group(message.id)) handle(*group, message.report, now_);
}

void Engine::take(ServicesReady& message) {
  FailoverGroup* group = find_group(message.id);
  if (group == nullptr || group->machine().role() != router::Role::active) return;
  group->services_run();
  for (const RouterId router : group->stop_waiting()) to_kernel_.emplace_back(ClaimRouter{router});
}

void Engine::take(ServicesFailed& message) {
  if (FailoverGroup* group = find_group(message.id)) handle(*group, group::ServicesFailed{}, now_);
}

FailoverGroup* Engine::find_group(GroupId id) {
  return id < groups_.size() ? groups_[id].get() : nullptr;
}

void Engine::join(VirtualRouter& router) {
  if (FailoverGroup* group = find_group(router.group())) {
    router.shown = view_of(router);
    group->machine().add(router.id(), router.shown, now_);
    unsettle(*group);
    settle(now_);
  }
}

// Who stops, or changes to another group, takes nobody along.
void Engine::part(VirtualRouter& router) {
  if (FailoverGroup* group = find_group(router.group())) {
    group->machine().remove(router.id());
    unsettle(*group);
  }
}

group::View Engine::view_of(const VirtualRouter& router) const {
  const router::Router& machine = router.machine();
  return {.role = machine.role(),
          .reason = machine.reason(),
          .waiting_for = machine.waiting_for(),
          .leaving = machine.leaving(),
          .barred = machine.barred(),
          .resuming = router.survivor().has_value(),
          .yielded = machine.yielded(),
          .dead_time = machine.settings().dead_time()};
}

// Only when there is something to see: most events are adverts that change nothing.
void Engine::show(VirtualRouter& router, Instant at) {
  FailoverGroup* group = find_group(router.group());
  if (group == nullptr || !group->machine().has(router.id())) return;
  const group::View view = view_of(router);
  if (view == router.shown) return;
  router.shown = view;
  router.changed = true;
  group->machine().saw(router.id(), view, at);
  unsettle(*group);
}

void Engine::handle(FailoverGroup& group, const group::Event& event, Instant at) {
  group.machine().handle(event, at, group_effects_);
  queue_effects(group);
  unsettle(group);
  settle(at);
}

void Engine::unsettle(FailoverGroup& group) {
  group.changed = true;
  if (!std::exchange(group.unsettled, true)) unsettled_.push_back(group.id());
}

void Engine::queue_effects(const FailoverGroup& group) {
  for (group::Effect& effect : group_effects_)
    asked_for_.push_back({group.id(), std::move(effect)});
  group_effects_.clear();
}

// Until no group asks for anything more. What a router does about it is shown to its group, and
// waits here for its turn.
void Engine::settle(Instant at) {
  if (std::exchange(settling_, true)) return;
  for (std::size_t next = 0; next < asked_for_.size() || !unsettled_.empty();) {
    if (next < asked_for_.size()) {
      const AskedFor asked = std::move(asked_for_[next++]);
      std::visit([&](const auto& effect) { carry_out(asked.group, effect, at); }, asked.effect);
      continue;
    }
    FailoverGroup* group = find_group(unsettled_.back());
    unsettled_.pop_back();
    if (group == nullptr) continue;
    group->unsettled = false;
    group->machine().settle(at, group_effects_);
    queue_effects(*group);
  }
  asked_for_.clear();
  settling_ = false;
}

void Engine::carry_out(GroupId, const group::Tell& effect, Instant at) {
  if (VirtualRouter* router = find(effect.member)) handle(*router, effect.event, at);
}

void Engine::carry_out(GroupId id, const group::Moved& effect, Instant) {
  FailoverGroup* group = find_group(id);
  if (group == nullptr) return;
  group->moved(effect);
  const bool is_active = effect.to == router::Role::active;
  const bool was_active = effect.from == router::Role::active;
  // Who stops hands over first: its routes go with its addresses.
  if (group->has_routes() && is_active && !was_active) to_kernel_.emplace_back(ClaimRoutes{id});
  if (group->has_routes() && was_active && !is_active && !group->machine().is_empty())
    to_kernel_.emplace_back(ReleaseRoutes{id});
  tell_control(GroupMoved{.id = id,
                          .from = effect.from,
                          .to = effect.to,
                          .state = group->state(),
                          .reason = effect.reason,
                          .planned = effect.planned,
                          .at = clock_.real()});
}

void Engine::carry_out(GroupId id, const group::TrackMoved& effect, Instant) {
  if (FailoverGroup* group = find_group(id)) group->track_moved(effect);
  tell_control(
      TrackMoved{.id = id, .track = effect.track, .state = effect.state, .at = clock_.real()});
}

void Engine::carry_out(GroupId id, const group::OperationEnded& effect, Instant) {
  FailoverGroup* group = find_group(id);
  if (group == nullptr) return;
  mailboxes_.engine_to_control.post(OperationFinished{
      .id = id, .operation = std::exchange(group->operation, 0), .outcome = effect.outcome});
}

}  // namespace failover
