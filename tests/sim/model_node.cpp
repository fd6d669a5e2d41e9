#include "tests/sim/model_node.hpp"

#include <algorithm>

#include "protocol/arp.hpp"
#include "protocol/carp/advert.hpp"
#include "protocol/ipv4.hpp"

namespace failover::sim {
namespace {

constexpr Duration ucarp_batch = 1s;  // its capture's time-out

// An IPv4 address as the raw word of a little-endian machine: what ucarp compares.
std::uint32_t raw_word(const IpAddress& address) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i > 0; --i) value = value << 8U | address.bytes()[i - 1];
  return value;
}

}  // namespace

ModelNode::ModelNode(Surroundings& surroundings, std::size_t node)
    : surroundings_(surroundings), node_(node) {}

carp::Rank ModelNode::rank(std::size_t service) const {
  return {.advbase = settings(service).advbase.value(),
          .advskew = settings(service).advskew.value()};
}

// OpenBSD since 2025 multiplies the skew too.
Duration ModelNode::dead_time(std::size_t service) const {
  if (dialect() == Dialect::openbsd) return 3 * rank(service).compared();
  return settings(service).dead_time();
}

void ModelNode::start() {
  if (running_) return;
  running_ = true;
  surroundings_.timeline.note(surroundings_.now, "n{} ({}) starts", node_, name(dialect()));
  for (std::size_t service = 0; service < surroundings_.scenario.services.size(); ++service) {
    instances_[service] = {.deadline = surroundings_.now + dead_time(service),
                           .counter = node_ * 1'000'000};
    surroundings_.oracles.router_added(node_, service, settings(service), surroundings_.now);
    tell_role(service, carp::Role::initialize, carp::Role::backup, Reason::listening);
  }
}

void ModelNode::die(Death) {
  surroundings_.timeline.note(surroundings_.now, "n{} dies", node_);
  surroundings_.oracles.disturbed(node_, surroundings_.now);
  running_ = false;
  batch_.clear();
  batch_ends_.reset();
  for (std::size_t service = 0; service < surroundings_.scenario.services.size(); ++service) {
    if (instances_[service].master) hold(service, false);
    instances_[service].master = false;
    surroundings_.oracles.router_gone(node_, service, surroundings_.now);
  }
}

void ModelNode::begin(const Fault& fault) {
  const bool deadly = fault.kind == FaultKind::crash || fault.kind == FaultKind::reboot ||
                      fault.kind == FaultKind::stop;
  if (deadly && running_) die(Death::of_machine);
}

void ModelNode::end(const Fault& fault) {
  const bool deadly = fault.kind == FaultKind::crash || fault.kind == FaultKind::reboot ||
                      fault.kind == FaultKind::stop;
  if (deadly) start();
}

void ModelNode::arrives(std::size_t, std::size_t from, const Frame& frame) {
  if (!running_) return surroundings_.oracles.lost(from, node_, frame.signal, surroundings_.now);
  surroundings_.oracles.arrived(from, node_, frame.signal, surroundings_.now);
  if (frame.signal.kind != Signal::Kind::advert) return;
  if (dialect() != Dialect::ucarp) return read(frame.signal);
  batch_.push_back(frame.signal);
  if (!batch_ends_) batch_ends_ = surroundings_.now + ucarp_batch;
}

std::optional<Instant> ModelNode::next() const {
  if (!running_) return std::nullopt;
  std::optional<Instant> soonest = batch_ends_;
  for (std::size_t service = 0; service < surroundings_.scenario.services.size(); ++service)
    soonest =
        std::min(soonest.value_or(instances_[service].deadline), instances_[service].deadline);
  return soonest;
}

void ModelNode::act() {
  if (!running_) return;
  if (batch_ends_ && *batch_ends_ <= surroundings_.now) {
    batch_ends_.reset();
    for (const Signal& signal : std::exchange(batch_, {})) read(signal);
  }
  for (std::size_t service = 0; service < surroundings_.scenario.services.size(); ++service) {
    Instance& instance = instances_[service];
    if (instance.deadline > surroundings_.now) continue;
    if (!instance.master) {
      become_master(service, Reason::no_response);
    } else {
      advertise(service, rank(service));
      instance.deadline = surroundings_.now + rank(service).interval();
      if (instance.adverts_until_announcement > 0 && --instance.adverts_until_announcement == 0)
        announce(service);
    }
  }
}

void ModelNode::read(const Signal& signal) {
  instances_[signal.service].counter = signal.counter;
  if (instances_[signal.service].master) {
    heard_in_master(signal);
  } else {
    heard_in_backup(signal);
  }
}

bool ModelNode::yields_to(const Signal& signal) const {
  const Duration theirs = signal.rank.compared();
  const Duration ours = rank(signal.service).compared();
  if (dialect() == Dialect::openbsd) return signal.rank.demote == 0 && theirs <= ours;
  if (dialect() == Dialect::freebsd || theirs != ours) return theirs <= ours;
  return raw_word(signal.source) <
         raw_word(own_address(node_, surroundings_.scenario.services[signal.service].segment));
}

void ModelNode::heard_in_master(const Signal& signal) {
  const bool is_ucarp = dialect() == Dialect::ucarp;
  if (yields_to(signal)) {
    if (is_ucarp) advertise(signal.service, rank(signal.service));
    become_backup(signal.service, Reason::preempted);
  } else if (is_ucarp) {
    announce(signal.service);
    instances_[signal.service].adverts_until_announcement = 2;
  }
}

bool ModelNode::takes_over_from(const Signal& signal) const {
  const bool worse = signal.rank.compared() > rank(signal.service).compared();
  if (settings(signal.service).preempt == carp::Preempt::on && worse) return true;
  if (dialect() == Dialect::openbsd && signal.rank.demote > 0) return true;
  return dead_time(signal.service) < signal.rank.compared();
}

void ModelNode::heard_in_backup(const Signal& signal) {
  if (takes_over_from(signal)) {
    become_master(signal.service, Reason::priority);
  } else {
    instances_[signal.service].deadline = surroundings_.now + dead_time(signal.service);
  }
}

// ucarp runs its script first and announces before it advertises; the BSDs advertise first.
void ModelNode::become_master(std::size_t service, Reason reason) {
  Instance& instance = instances_[service];
  instance.master = true;
  tell_role(service, carp::Role::backup, carp::Role::active, reason);
  hold(service, true);
  if (dialect() == Dialect::ucarp) announce(service);
  advertise(service, rank(service));
  if (dialect() != Dialect::ucarp) announce(service);
  instance.deadline = surroundings_.now + rank(service).interval();
  instance.adverts_until_announcement = dialect() == Dialect::freebsd ? 0 : 2;
}

void ModelNode::become_backup(std::size_t service, Reason reason) {
  instances_[service].master = false;
  instances_[service].deadline = surroundings_.now + dead_time(service);
  tell_role(service, carp::Role::active, carp::Role::backup, reason);
  hold(service, false);
}

void ModelNode::tell_role(std::size_t service, carp::Role from, carp::Role to, Reason reason) {
  surroundings_.oracles.role_changed(node_, service, {.from = from, .to = to, .reason = reason},
                                     surroundings_.now);
}

void ModelNode::hold(std::size_t service, bool there) {
  for (std::size_t number = 0; number < surroundings_.scenario.services[service].addresses;
       ++number)
    surroundings_.oracles.address_changed(node_, {.service = service, .number = number}, there,
                                          Oracles::By::somebody_else, surroundings_.now);
}

void ModelNode::advertise(std::size_t service, const carp::Rank& rank) {
  const ServicePlan& served = surroundings_.scenario.services[service];
  const std::uint64_t counter = ++instances_[service].counter;
  const auto payload =
      carp::encode({.vhid = served.vhid,
                    .rank = rank,
                    .counter = counter,
                    .digest = surroundings_.authenticators[service].digest(counter)});
  Frame frame;
  frame.size = ethernet_header + ipv4_header + payload.size();
  write_advert_headers(frame.bytes, {.source_mac = mac_address(node_, served.segment, 0),
                                     .source = own_address(node_, served.segment),
                                     .payload_bytes = payload.size()});
  std::ranges::copy(payload, frame.bytes.begin() + ethernet_header + ipv4_header);
  frame.signal = {.kind = Signal::Kind::advert, .service = service};
  frame.signal.rank = rank;
  frame.signal.counter = counter;
  frame.signal.source = own_address(node_, served.segment);
  surroundings_.oracles.tried_to_send(node_, frame.signal, surroundings_.now);
  surroundings_.network.send(node_, served.segment, frame, surroundings_.now);
}

void ModelNode::announce(std::size_t service) {
  const ServicePlan& served = surroundings_.scenario.services[service];
  const MacAddress mac = mac_address(node_, served.segment, 0);
  for (std::size_t number = 0; number < served.addresses; ++number) {
    const auto bytes = gratuitous_arp(mac, mac, failover_ip(service, number));
    Frame frame;
    frame.size = bytes.size();
    std::ranges::copy(bytes, frame.bytes.begin());
    frame.signal = {.kind = Signal::Kind::announcement, .service = service, .number = number};
    frame.signal.holder = mac;
    surroundings_.network.send(node_, served.segment, frame, surroundings_.now);
  }
}

}  // namespace failover::sim
