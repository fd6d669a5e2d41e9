#include "tests/sim/vrrp_model.hpp"

#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "protocol/vrrp/advert.hpp"

namespace failover::sim {
namespace {

constexpr Duration garp_delay = 5s;  // keepalived's garp_master_delay and garp_lower_prio_delay

}  // namespace

const vrrp::Election& VrrpModel::election(std::size_t service) const {
  return std::get<vrrp::Election>(settings(service).election);
}

vrrp::Rank VrrpModel::rank(std::size_t service) const {
  return {.priority = election(service).priority.value(),
          .centiseconds = election(service).interval.value()};
}

Duration VrrpModel::skew(std::size_t service) const {
  const bool is_v2 = election(service).version == vrrp::Version::v2;
  const Duration whole = is_v2 ? Duration(1s) : instances_[service].active_interval;
  return (256 - rank(service).priority) * whole / 256;
}

Duration VrrpModel::dead_time(std::size_t service) const {
  return 3 * instances_[service].active_interval + skew(service);
}

// An owner goes backup with a deadline that is over.
void VrrpModel::begin_service(std::size_t service) {
  Instance& instance = instances_[service];
  instance.active_interval = rank(service).interval();
  const bool owns = rank(service).priority == 255;
  instance.deadline = surroundings_.now + (owns ? 1us : dead_time(service));
}

void VrrpModel::stop_service(std::size_t service) {
  if (instances_[service].master)
    advertise(service, {.priority = 0, .centiseconds = rank(service).centiseconds});
}

void VrrpModel::deadline_reached(std::size_t service) {
  if (!instances_[service].master) return take_over(service);
  advertise(service, rank(service));
  instances_[service].deadline = surroundings_.now + rank(service).interval();
}

void VrrpModel::take(const Signal& signal) {
  const auto& theirs = std::get<vrrp::Rank>(signal.rank);
  if (instances_[signal.service].master) {
    heard_in_master(signal, theirs);
  } else {
    heard_in_backup(signal, theirs);
  }
}

void VrrpModel::heard_in_master(const Signal& signal, const vrrp::Rank& theirs) {
  const std::size_t service = signal.service;
  const vrrp::Rank ours = rank(service);
  const bool farewell = theirs.priority == 0;
  const bool wins = theirs.priority > ours.priority ||
                    (theirs.priority == ours.priority && signal.source > own_source(service));
  if (wins) {
    instances_[service].active_interval = theirs.interval();
    become_backup(service, Reason::preempted, dead_time(service));
    return;
  }
  if (!farewell && dialect() == Dialect::frr) return;
  advertise(service, ours);
  instances_[service].deadline = surroundings_.now + ours.interval();
  if (!farewell) announce_twice(service);
}

void VrrpModel::heard_in_backup(const Signal& signal, const vrrp::Rank& theirs) {
  const std::size_t service = signal.service;
  Instance& instance = instances_[service];
  if (theirs.priority == 0) {
    instance.deadline = surroundings_.now + skew(service);
  } else if (settings(service).preempt == Preempt::off ||
             theirs.priority >= rank(service).priority) {
    instance.active_interval = theirs.interval();
    instance.deadline = surroundings_.now + dead_time(service);
  }
}

// The advert goes before the addresses with both.
void VrrpModel::take_over(std::size_t service) {
  become_master(service, Reason::no_response);
  const bool first_is_missing = dialect() == Dialect::frr && family(service) == Family::ipv6;
  if (!first_is_missing) advertise(service, rank(service));
  announce_twice(service);
  instances_[service].deadline = surroundings_.now + rank(service).interval();
}

void VrrpModel::announce_twice(std::size_t service) {
  announce(service);
  if (dialect() == Dialect::keepalived)
    instances_[service].announces_again_at = surroundings_.now + garp_delay;
}

void VrrpModel::advertise(std::size_t service, const vrrp::Rank& rank) {
  const ServicePlan& plan = served(service);
  Signal signal{.kind = Signal::Kind::advert, .service = service};
  signal.family = family(service);
  signal.rank = rank;
  signal.source = own_source(service);
  std::array<std::uint8_t, Frame::longest> payload{};
  const auto addresses = failover_ips(surroundings_.scenario, service);
  const std::size_t size =
      vrrp::encode({.version = plan.version,
                    .vrid = vrrp::Vrid::from(plan.number).value(),
                    .rank = rank,
                    .addresses = addresses,
                    .source = signal.source,
                    .destination = signal.family == Family::ipv4 ? advert_group4 : advert_group6},
                   payload);
  send(signal, std::span(payload).first(size));
}

}  // namespace failover::sim
