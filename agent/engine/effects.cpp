// What the state machines ask for, carried out in their order: adverts are sent at the end of the
// wake-up, everything for the kernel thread behind them.

#include "agent/engine/engine.hpp"

namespace failover {

void Engine::handle(VirtualRouter& router, const router::Event& event, Instant at) {
  router::Effects effects;
  router.machine().handle(event, at, effects);
  if (recording_ == Recording::on)
    tell_control(RecordedEvent{.id = router.id(),
                               .handled = std::make_unique<const RecordedEvent::Handled>(
                                   RecordedEvent::Handled{at, event, effects})});
  if (!effects.empty()) router.changed = true;
  for (const router::Effect& effect : effects)
    std::visit([&](const auto& content) { carry_out(router, content); }, effect);
  show(router, at);
  settle(at);
}

void Engine::carry_out(VirtualRouter& router, const router::SendAdvert& effect) {
  router.write_adverts(effect.rank, interfaces_[router.slot()].status, outgoing_);
}

void Engine::carry_out(VirtualRouter& router, const router::ClaimAddresses&) {
  FailoverGroup* group = find_group(router.group());
  if (group == nullptr || !group->waits_for_services()) {
    to_kernel_.emplace_back(ClaimRouter{router.id()});
  } else if (group->keep_waiting(router.id())) {
    tell_control(ServicesWanted{group->id()});
  }
}

void Engine::carry_out(VirtualRouter& router, const router::ReleaseAddresses& effect) {
  router.set_held(false);
  ReleaseRouter release{.id = router.id(), .successors = {}};
  // Where the MAC moves along, neighbours know the new holder already.
  for (const Family family : families)
    if (effect.successor == router::Successor::announced && !router.has_virtual_mac(family))
      release.successors[family] = router.announcers()[family];
  to_kernel_.emplace_back(release);
}

void Engine::carry_out(VirtualRouter& router, const router::Announce&) {
  to_kernel_.emplace_back(AnnounceRouter{router.id()});
}

void Engine::carry_out(VirtualRouter& router, const router::Transition& effect) {
  router.role_changed(effect);
  tell_control(RoleChanged{.id = router.id(),
                           .transition = effect,
                           .waiting_for = router.machine().waiting_for(),
                           .at = clock_.real()});
}

void Engine::carry_out(VirtualRouter& router, const router::TwoActive& effect) {
  router.saw_two_active(effect.peer);
  tell_control(
      SawTwoActive{.id = router.id(), .peer = router.two_active_peer(), .at = clock_.real()});
}

void Engine::carry_out(VirtualRouter& router, const router::OperationEnded& effect) {
  FailoverGroup* group = find_group(router.group());
  if (group == nullptr) return;
  group->machine().handle(group::ElementEnded{router.id(), effect.outcome}, now_, group_effects_);
  queue_effects(*group);
  unsettle(*group);
}

// The router goes at the end of the wake-up: somebody up the stack may still hold it.
void Engine::carry_out(VirtualRouter& router, const router::Stopped&) {
  Interface& interface = interfaces_[router.slot()];
  if (!routers_[router.id()]) return;
  VirtualRouter*& entry = interface.by_number(router.protocol())[router.number()];
  if (entry == &router) entry = nullptr;
  std::erase_if(interface.by_address,
                [&](const auto& owned) { return owned.second.router == &router; });
  router.publish();
  to_kernel_.emplace_back(ForgetRouter{router.id()});
  const FailoverGroup* group = find_group(router.group());
  if (group != nullptr && group->has_routes() && group->machine().is_empty())
    to_kernel_.emplace_back(ReleaseRoutes{group->id()});
  gone_.push_back(std::move(routers_[router.id()]));
}

}  // namespace failover
