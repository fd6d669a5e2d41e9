#include "tests/sim/model_node.hpp"

#include <algorithm>

#include "tests/sim/frames.hpp"

namespace failover::sim {
namespace {

bool is_deadly(FaultKind kind) {
  return kind == FaultKind::crash || kind == FaultKind::reboot || kind == FaultKind::stop;
}

}  // namespace

void ModelNode::start() {
  if (running_) return;
  running_ = true;
  surroundings_.timeline.note(surroundings_.now, "n{} ({}) starts", node_, name(dialect()));
  for (std::size_t service = 0; service < surroundings_.scenario.services.size(); ++service)
    start_daemon(service);
}

void ModelNode::start_daemon(std::size_t service) {
  if (!running_ || instances_[service].running) return;
  instances_[service] = {.running = true};
  surroundings_.oracles.router_added(node_, service, settings(service), surroundings_.now);
  tell_role(service, router::Role::initialize, router::Role::backup, Reason::listening);
  begin_service(service);
}

void ModelNode::end_daemon(std::size_t service) {
  if (!instances_[service].running) return;
  if (instances_[service].master) hold(service, false);
  instances_[service] = {};
  surroundings_.oracles.router_gone(node_, service, surroundings_.now);
}

void ModelNode::die(Death) {
  surroundings_.timeline.note(surroundings_.now, "n{} dies", node_);
  surroundings_.oracles.disturbed(node_, surroundings_.now);
  running_ = false;
  for (std::size_t service = 0; service < surroundings_.scenario.services.size(); ++service)
    end_daemon(service);
}

void ModelNode::begin(const Fault& fault) {
  if (fault.kind == FaultKind::remove_router) {
    surroundings_.timeline.note(surroundings_.now, "n{} s{} dies alone", node_, fault.other);
    surroundings_.oracles.disturbed(node_, surroundings_.now);
    end_daemon(fault.other);
  }
  if (!is_deadly(fault.kind) || !running_) return;
  if (fault.kind == FaultKind::stop)
    for (std::size_t service = 0; service < surroundings_.scenario.services.size(); ++service)
      if (instances_[service].running) stop_service(service);
  die(Death::of_machine);
}

void ModelNode::end(const Fault& fault) {
  if (is_deadly(fault.kind)) start();
  if (fault.kind == FaultKind::remove_router) start_daemon(fault.other);
}

void ModelNode::arrives(std::size_t, std::size_t from, const Frame& frame) {
  if (!instances_[frame.signal.service].running)
    return surroundings_.oracles.lost(from, node_, frame.signal, surroundings_.now);
  surroundings_.oracles.arrived(from, node_, frame.signal, surroundings_.now);
  if (frame.signal.kind == Signal::Kind::advert) take(frame.signal);
}

std::optional<Instant> ModelNode::next() const {
  if (!running_) return std::nullopt;
  Instant soonest = Instant::max();
  for (std::size_t service = 0; service < surroundings_.scenario.services.size(); ++service) {
    const Instance& instance = instances_[service];
    if (!instance.running) continue;
    soonest = std::min(
        {soonest, instance.deadline, instance.announces_again_at.value_or(instance.deadline)});
  }
  return soonest;
}

void ModelNode::act() {
  if (!running_) return;
  for (std::size_t service = 0; service < surroundings_.scenario.services.size(); ++service) {
    Instance& instance = instances_[service];
    if (!instance.running) continue;
    if (instance.announces_again_at && *instance.announces_again_at <= surroundings_.now) {
      instance.announces_again_at.reset();
      announce(service);
    }
    if (instance.deadline <= surroundings_.now) deadline_reached(service);
  }
}

void ModelNode::become_master(std::size_t service, Reason reason) {
  instances_[service].master = true;
  tell_role(service, router::Role::backup, router::Role::active, reason);
  hold(service, true);
}

void ModelNode::become_backup(std::size_t service, Reason reason, Duration dead_time) {
  instances_[service].master = false;
  instances_[service].deadline = surroundings_.now + dead_time;
  instances_[service].announces_again_at.reset();
  tell_role(service, router::Role::active, router::Role::backup, reason);
  hold(service, false);
}

void ModelNode::tell_role(std::size_t service, router::Role from, router::Role to, Reason reason) {
  surroundings_.oracles.role_changed(node_, service, {.from = from, .to = to, .reason = reason},
                                     surroundings_.now);
}

void ModelNode::hold(std::size_t service, bool there) {
  for (std::size_t number = 0; number < served(service).addresses; ++number)
    surroundings_.oracles.address_changed(node_, {.service = service, .number = number}, there,
                                          Oracles::By::somebody_else, surroundings_.now);
}

void ModelNode::send(const Signal& signal, std::span<const std::uint8_t> payload) {
  surroundings_.oracles.tried_to_send(node_, signal, surroundings_.now);
  surroundings_.network.send(node_, served(signal.service).segment,
                             advert_frame(signal, mac(signal.service), payload), surroundings_.now);
}

void ModelNode::announce(std::size_t service) {
  for (std::size_t number = 0; number < served(service).addresses; ++number) {
    const Place place{.service = service, .number = number};
    const MacAddress own = mac(service);
    surroundings_.network.send(
        node_, served(service).segment,
        announcement(own, own, place, failover_ip(surroundings_.scenario, place)),
        surroundings_.now);
  }
}

}  // namespace failover::sim
