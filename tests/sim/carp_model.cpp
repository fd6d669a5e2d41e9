#include "tests/sim/carp_model.hpp"

#include <algorithm>
#include <utility>

#include "protocol/carp/advert.hpp"
#include "tests/carp_settings.hpp"
#include "tests/sim/formulas.hpp"

namespace failover::sim {
namespace {

constexpr Duration ucarp_batch = 1s;  // its capture's time-out

}  // namespace

carp::Rank CarpModel::rank(std::size_t service) const {
  return tests::carp_rank(settings(service));
}

// OpenBSD since 2025 multiplies the skew too.
Duration CarpModel::dead_time(std::size_t service) const {
  if (dialect() == Dialect::openbsd) return 3 * rank(service).compared();
  return settings(service).dead_time();
}

void CarpModel::begin_service(std::size_t service) {
  instances_[service].deadline = surroundings_.now + dead_time(service);
  instances_[service].counter = node_ * 1'000'000;
}

void CarpModel::die(Death death) {
  batch_.clear();
  batch_ends_.reset();
  ModelNode::die(death);
}

void CarpModel::take(const Signal& signal) {
  if (dialect() != Dialect::ucarp) return read(signal);
  batch_.push_back(signal);
  if (!batch_ends_) batch_ends_ = surroundings_.now + ucarp_batch;
}

std::optional<Instant> CarpModel::next() const {
  const auto soonest = ModelNode::next();
  return soonest && batch_ends_ ? std::min(*soonest, *batch_ends_) : soonest;
}

void CarpModel::act() {
  if (is_running() && batch_ends_ && *batch_ends_ <= surroundings_.now) {
    batch_ends_.reset();
    for (const Signal& signal : std::exchange(batch_, {})) read(signal);
  }
  ModelNode::act();
}

void CarpModel::deadline_reached(std::size_t service) {
  Instance& instance = instances_[service];
  if (!instance.master) return take_over(service, Reason::no_response);
  advertise(service);
  instance.deadline = surroundings_.now + rank(service).interval();
  if (instance.adverts_until_announcement > 0 && --instance.adverts_until_announcement == 0)
    announce(service);
}

// ucarp and FreeBSD count on from the last counter that they heard.
void CarpModel::read(const Signal& signal) {
  if (!instances_[signal.service].running) return;
  instances_[signal.service].counter = signal.counter;
  if (instances_[signal.service].master) {
    heard_in_master(signal);
  } else {
    heard_in_backup(signal);
  }
}

bool CarpModel::yields_to(const Signal& signal) const {
  const auto& theirs = std::get<carp::Rank>(signal.rank);
  const Duration ours = rank(signal.service).compared();
  if (dialect() == Dialect::openbsd) return theirs.demote == 0 && theirs.compared() <= ours;
  if (dialect() == Dialect::freebsd || theirs.compared() != ours) return theirs.compared() <= ours;
  return formulas::wins_tie(router::Protocol::carp, signal.source, own_source(signal.service));
}

void CarpModel::heard_in_master(const Signal& signal) {
  const bool is_ucarp = dialect() == Dialect::ucarp;
  if (yields_to(signal)) {
    if (is_ucarp) advertise(signal.service);
    become_backup(signal.service, Reason::preempted, dead_time(signal.service));
  } else if (is_ucarp) {
    announce(signal.service);
    instances_[signal.service].adverts_until_announcement = 2;
  }
}

bool CarpModel::takes_over_from(const Signal& signal) const {
  const auto& theirs = std::get<carp::Rank>(signal.rank);
  const bool worse = theirs.compared() > rank(signal.service).compared();
  if (settings(signal.service).preempt == Preempt::on && worse) return true;
  if (dialect() == Dialect::openbsd && theirs.demote > 0) return true;
  return dead_time(signal.service) < theirs.compared();
}

void CarpModel::heard_in_backup(const Signal& signal) {
  if (takes_over_from(signal)) {
    take_over(signal.service, Reason::priority);
  } else {
    instances_[signal.service].deadline = surroundings_.now + dead_time(signal.service);
  }
}

// ucarp runs its script first and announces before it advertises; the BSDs advertise first.
void CarpModel::take_over(std::size_t service, Reason reason) {
  become_master(service, reason);
  if (dialect() == Dialect::ucarp) announce(service);
  advertise(service);
  if (dialect() != Dialect::ucarp) announce(service);
  instances_[service].deadline = surroundings_.now + rank(service).interval();
  instances_[service].adverts_until_announcement = dialect() == Dialect::freebsd ? 0 : 2;
}

void CarpModel::advertise(std::size_t service) {
  const std::uint64_t counter = ++instances_[service].counter;
  Signal signal{.kind = Signal::Kind::advert, .service = service};
  signal.family = family(service);
  signal.rank = rank(service);
  signal.counter = counter;
  signal.source = own_source(service);
  send(signal, carp::encode({.vhid = served(service).number,
                             .rank = rank(service),
                             .counter = counter,
                             .digest = surroundings_.authenticators[service].digest(counter)}));
}

}  // namespace failover::sim
