// What the other threads tell the engine.

#include "agent/engine/engine.hpp"
#include "protocol/assert.hpp"

namespace failover {

void Engine::take_messages() {
  mailboxes_.kernel_to_engine.acknowledge();
  while (auto message = mailboxes_.kernel_to_engine.take())
    std::visit([this](auto& content) { take(content); }, *message);
  mailboxes_.control_to_engine.acknowledge();
  while (auto message = mailboxes_.control_to_engine.take())
    std::visit([this](auto& content) { take(content); }, *message);
}

VirtualRouter* Engine::find(RouterId id) {
  return id < routers_.size() ? routers_[id].get() : nullptr;
}

void Engine::take(InterfaceAdded& message) {
  if (interfaces_.size() <= message.slot) interfaces_.resize(message.slot + 1);
  interfaces_[message.slot].published = message.status;
  interfaces_[message.slot].changed = true;
}

void Engine::take(InterfaceChanged& message) {
  Interface& interface = interfaces_[message.slot];
  const bool gone = interface.status.index != message.index ||
                    message.waiting_for == WaitingFor::interface ||
                    message.waiting_for == WaitingFor::link;
  if (gone && interface.status.index != 0) return_capture(message.slot, CaptureFate::dropped);
  interface.known = true;
  interface.status.waiting_for = message.waiting_for;
  interface.status.index = message.index;
  const bool new_mac = interface.status.mac != message.mac;
  interface.status.mac = message.mac;
  interface.status.sources = message.sources;
  interface.status.global6 = message.global6;
  interface.changed = true;
  for_each_router(interface, [&](VirtualRouter& router) {
    const bool was_active = router.machine().role() == router::Role::active;
    tell_readiness(router);
    // Neighbours have the old MAC address in their caches.
    if (new_mac && was_active && router.machine().role() == router::Role::active)
      to_kernel_.push_back(AnnounceRouter{router.id()});
  });
}

void Engine::for_each_router(Interface& interface,
                             const std::function<void(VirtualRouter&)>& action) {
  for (const auto* routers : {&interface.carp, &interface.vrrp})
    for (VirtualRouter* router : *routers)
      if (router != nullptr) action(*router);
}

// A capture that is only being replaced is no reason to give a role up.
void Engine::tell_readiness(VirtualRouter& router) {
  const Interface& interface = interfaces_[router.slot()];
  const auto sources = router.sources_on(interface.status);
  WaitingFor what = interface.status.waiting_for;
  if (what == WaitingFor::nothing && !sources) what = WaitingFor::address;
  if (router.survivor() && waits_to_resume(router, what, sources)) return;
  if (what == WaitingFor::nothing && interface.capture) {
    handle(router, router::Ready{*sources}, now_);
  } else if (what != WaitingFor::nothing) {
    handle(router, router::NotReady{what}, now_);
  } else if (router.machine().role() == router::Role::initialize) {
    handle(router, router::NotReady{WaitingFor::capture}, now_);
  }
}

// Adverts go on before there is a capture; who is late has to listen first. True while neither is
// possible yet. When the interface is not what it was, the addresses go.
bool Engine::waits_to_resume(VirtualRouter& router, WaitingFor what,
                             const std::optional<PerFamily<std::optional<IpAddress>>>& sources) {
  const Interface& interface = interfaces_[router.slot()];
  if (!interface.known) return true;
  const Survivor survivor = *router.survivor();
  const bool was_active = survivor.role == router::Role::active;
  if (what != WaitingFor::nothing) {
    router.cannot_resume();
    if (was_active) to_kernel_.emplace_back(ReleaseRouter{.id = router.id(), .successors = {}});
    return false;
  }
  const bool late = router.is_late(now_);
  if (was_active && late && !interface.capture) return true;
  FailoverGroup* group = find_group(router.group());
  if (was_active && group != nullptr) group->services_run();
  handle(router,
         router::Resume{.sources = *sources,
                        .role = survivor.role,
                        .reason = survivor.reason,
                        .yielded = survivor.yielded,
                        .late = late},
         now_);
  router.resumed();
  return false;
}

void Engine::take(CaptureOpened& message) {
  return_capture(message.slot, CaptureFate::dropped);
  Interface& interface = interfaces_[message.slot];
  interface.capture = std::move(message.capture);
  poll_set_is_stale_ = true;
  for_each_router(interface, [this](VirtualRouter& router) { tell_readiness(router); });
}

// What the capture still holds is read before it goes.
void Engine::return_capture(InterfaceSlot slot, CaptureFate fate) {
  Interface& interface = interfaces_[slot];
  if (!interface.capture) return;
  if (fate == CaptureFate::dropped)
    (void)interface.capture->read([&](const Capture::Frame& frame) { receive(interface, frame); });
  to_kernel_.emplace_back(CloseCapture{.slot = slot,
                                       .capture = std::move(interface.capture),
                                       .failed = fate == CaptureFate::failed});
  poll_set_is_stale_ = true;
}

void Engine::take(RouterAdded& message) {
  const RouterId id = message.router->id;
  promise(id < limits::routers);
  if (routers_.size() <= id) routers_.resize(id + 1);
  promise(!routers_[id]);
  routers_[id] = std::make_unique<VirtualRouter>(std::move(message.router), clock_);
  VirtualRouter& router = *routers_[id];
  if (recording_ == Recording::on)
    tell_control(RecordedRouter{.id = id, .settings = router.machine().settings()});
  Interface& interface = interfaces_[router.slot()];
  interface.by_number(router.protocol())[router.number()] = &router;
  index_addresses(interface, router);
  router.changed = true;
  join(router);
  tell_readiness(router);
  if (stopped_early_.erase(id) > 0) stop_router(id, router::Stop{});
}

void Engine::take(RouterChanged& message) {
  VirtualRouter* router = find(message.router->id);
  if (router == nullptr) return;
  Interface& interface = interfaces_[router->slot()];
  std::erase_if(interface.by_address,
                [&](const auto& entry) { return entry.second.router == router; });
  const router::Settings settings = message.router->settings;
  const bool moves = message.router->group != router->group();
  if (moves) part(*router);
  router->replace_setup(std::move(message.router));
  index_addresses(interface, *router);
  if (moves) join(*router);
  handle(*router, router::Reconfigured{settings}, now_);
  tell_readiness(*router);
}

void Engine::index_addresses(Interface& interface, VirtualRouter& router) {
  std::size_t number = 0;
  for (const IpAddress& address : router.addresses())
    interface.by_address[address] = {.router = &router, .number = number++};
}

void Engine::take(RouterClaimed& message) {
  if (VirtualRouter* router = find(message.id)) {
    router->set_held(true);
    router->changed = true;
    handle(*router, router::Claimed{}, now_);
  }
}

void Engine::take(RouterRefused& message) {
  if (VirtualRouter* router = find(message.id)) handle(*router, router::ClaimRefused{}, now_);
}

void Engine::take(RouterRestored& message) {
  if (VirtualRouter* router = find(message.id)) router->restored(message);
}

void Engine::take(RouterContested& message) {
  VirtualRouter* router = find(message.id);
  if (router == nullptr) return;
  router->contested(message.contest);
  FailoverGroup* group = find_group(router->group());
  if (group != nullptr && message.contest == Contest::lost)
    handle(*group, group::Contested{}, now_);
}

void Engine::take(SettingRestored& message) {
  Interface& interface = interfaces_[message.slot];
  ++interface.status.settings_restored;
  interface.changed = true;
}

void Engine::take(RouterBarred& message) {
  if (VirtualRouter* router = find(message.id)) handle(*router, router::Barred{}, now_);
}

void Engine::take(RouterUnbarred& message) {
  if (VirtualRouter* router = find(message.id)) handle(*router, router::Unbarred{}, now_);
}

// It may come before the router, which has another way.
void Engine::take(RemoveRouter& message) { stop_router(message.id, router::Stop{}); }

void Engine::take(RemoveRouterNow& message) { stop_router(message.id, router::StopNow{}); }

void Engine::stop_router(RouterId id, const router::Event& event) {
  VirtualRouter* router = find(id);
  if (router == nullptr) {
    stopped_early_.insert(id);
    return;
  }
  part(*router);
  handle(*router, event, now_);
}

void Engine::take(Quit&) { quit_ = true; }

}  // namespace failover
