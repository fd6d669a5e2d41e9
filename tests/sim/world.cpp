#include "tests/sim/world.hpp"

#include <algorithm>

#include "protocol/assert.hpp"
#include "tests/sim/carp_model.hpp"
#include "tests/sim/our_node.hpp"
#include "tests/sim/vrrp_model.hpp"

namespace failover::sim {
namespace {

// Far more than any run has; a node that does not let time go on is found by it.
constexpr std::uint64_t most_events_at_once = 100'000;

std::vector<carp::Authenticator> authenticators_of(const Scenario& scenario) {
  std::vector<carp::Authenticator> list;
  for (std::size_t service = 0; service < scenario.services.size(); ++service)
    list.emplace_back(password, carp::Vhid::from(scenario.services[service].number).value(),
                      failover_ips(scenario, service));
  return list;
}

class World {
 public:
  World(const Scenario& scenario, MailboxPool& mailboxes, Timeline::Keep keep);
  [[nodiscard]] Verdict run();

 private:
  enum class Phase : std::uint8_t { begins, ends };
  struct Due {
    Instant at;
    Phase phase = Phase::begins;
    const Fault* fault = nullptr;
  };
  [[nodiscard]] std::unique_ptr<Node> made(std::size_t node, Mailboxes& mailboxes);
  [[nodiscard]] Instant next() const;
  void schedule();
  void step();
  void carry_out(const Due& due);
  void change_network(const Fault& fault, int change);
  void partition(const Fault& fault, int change);
  void cut_family(const Fault& fault, int change);

  const Scenario& scenario_;
  Timeline timeline_;
  Oracles oracles_;
  Network network_;
  std::vector<carp::Authenticator> authenticators_;
  Surroundings surroundings_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<Instant> starts_;
  std::vector<Due> schedule_;
  std::size_t done_ = 0;
  Verdict verdict_;
};

World::World(const Scenario& scenario, MailboxPool& mailboxes, Timeline::Keep keep)
    : scenario_(scenario),
      timeline_(keep),
      oracles_(scenario, timeline_),
      network_(scenario,
               [this](std::size_t from, std::size_t to, const Frame& frame) {
                 oracles_.lost(from, to, frame.signal, surroundings_.now);
               }),
      authenticators_(authenticators_of(scenario)),
      surroundings_{.scenario = scenario,
                    .timeline = timeline_,
                    .oracles = oracles_,
                    .network = network_,
                    .authenticators = authenticators_} {
  while (mailboxes.size() < scenario.nodes.size()) mailboxes.emplace_back();
  for (std::size_t node = 0; node < scenario.nodes.size(); ++node) {
    nodes_.push_back(made(node, mailboxes[node]));
    starts_.push_back(world_begin + scenario.nodes[node].starts);
  }
  oracles_.delays_are(2 * network_.longest_delay());
  schedule();
}

std::unique_ptr<Node> World::made(std::size_t node, Mailboxes& mailboxes) {
  switch (scenario_.nodes[node].dialect) {
    case Dialect::ours: return std::make_unique<OurNode>(surroundings_, node, mailboxes);
    case Dialect::ucarp:
    case Dialect::freebsd:
    case Dialect::openbsd: return std::make_unique<CarpModel>(surroundings_, node);
    case Dialect::keepalived:
    case Dialect::frr: return std::make_unique<VrrpModel>(surroundings_, node);
  }
  broken_promise();
}

void World::schedule() {
  for (const Fault& fault : scenario_.faults) {
    schedule_.push_back({world_begin + fault.at, Phase::begins, &fault});
    schedule_.push_back({world_begin + fault.at + fault.lasts, Phase::ends, &fault});
  }
  std::ranges::stable_sort(schedule_, {}, &Due::at);
}

Instant World::next() const {
  Instant soonest = world_begin + scenario_.end;
  if (done_ < schedule_.size()) soonest = std::min(soonest, schedule_[done_].at);
  if (const auto arrival = network_.next()) soonest = std::min(soonest, *arrival);
  for (const Instant starts : starts_) soonest = std::min(soonest, starts);
  for (const auto& node : nodes_)
    if (const auto due = node->next()) soonest = std::min(soonest, *due);
  return soonest;
}

Verdict World::run() {
  const Instant settled = world_begin + scenario_.settled;
  const Instant end = world_begin + scenario_.end;
  bool was_settled = false;
  std::uint64_t at_once = 0;
  while (surroundings_.now < end && !oracles_.violation()) {
    const Instant at = std::max(next(), surroundings_.now);
    at_once = at == surroundings_.now ? at_once + 1 : 0;
    promise(at_once < most_events_at_once);
    if (at >= settled && !was_settled) {
      was_settled = true;
      oracles_.check_settled(surroundings_.now);
      oracles_.nothing_changes_from(settled);
    }
    surroundings_.now = at;
    step();
    oracles_.check(at);
  }
  if (!oracles_.violation()) oracles_.check_settled(surroundings_.now);
  verdict_.violation = oracles_.violation();
  verdict_.timeline = timeline_.lines();
  verdict_.virtual_time = surroundings_.now - world_begin;
  verdict_.transitions = oracles_.transitions();
  return std::move(verdict_);
}

// As the nodes do: what has arrived comes before what is due.
void World::step() {
  for (; done_ < schedule_.size() && schedule_[done_].at <= surroundings_.now; ++done_)
    carry_out(schedule_[done_]);
  for (std::size_t node = 0; node < nodes_.size(); ++node)
    if (starts_[node] <= surroundings_.now) {
      starts_[node] = Instant::max();
      nodes_[node]->start();
    }
  for (auto at = network_.next(); at && *at <= surroundings_.now; at = network_.next()) {
    const Network::Arrival arrival = network_.take();
    ++verdict_.events;
    if (arrival.overtaken)
      oracles_.lost(arrival.from, arrival.to, arrival.frame.signal, surroundings_.now);
    if (arrival.to == client_port) {
      oracles_.arrived(arrival.from, arrival.to, arrival.frame.signal, surroundings_.now);
    } else {
      nodes_[arrival.to]->arrives(arrival.segment, arrival.from, arrival.frame);
    }
  }
  for (const auto& node : nodes_) {
    const auto due = node->next();
    if (!due || *due > surroundings_.now) continue;
    ++verdict_.events;
    node->act();
  }
}

void World::carry_out(const Due& due) {
  const Fault& fault = *due.fault;
  const bool begins = due.phase == Phase::begins;
  timeline_.note(surroundings_.now, "--- {} {} node {} other {} amount {}", name(fault.kind),
                 begins ? "begins" : "ends", fault.node, fault.other, fault.amount);
  if (begins) ++verdict_.faults[static_cast<std::size_t>(fault.kind)];
  change_network(fault, begins ? 1 : -1);
  if (begins) {
    nodes_[fault.node]->begin(fault);
  } else {
    nodes_[fault.node]->end(fault);
  }
}

void World::change_network(const Fault& fault, int change) {
  if (fault.kind == FaultKind::loss) network_.change_loss(change * fault.amount);
  if (fault.kind == FaultKind::duplication) network_.change_duplication(change * fault.amount);
  if (fault.kind == FaultKind::delay) network_.change_delay(change * fault.amount * Duration(1ms));
  if (fault.kind == FaultKind::partition) partition(fault, change);
  if (fault.kind == FaultKind::one_way)
    for (std::size_t segment = 0; segment < scenario_.segments; ++segment)
      network_.cut(segment, fault.node, fault.other, change);
  if (fault.kind == FaultKind::family_cut) cut_family(fault, change);
  oracles_.delays_are(2 * network_.longest_delay());
}

// The client still hears everything.
void World::cut_family(const Fault& fault, int change) {
  const Family family = fault.amount % 2 == 0 ? Family::ipv4 : Family::ipv6;
  for (std::size_t segment = 0; segment < scenario_.segments; ++segment)
    for (std::size_t other = 0; other < scenario_.nodes.size(); ++other) {
      network_.cut(family, segment, other, fault.node, change);
      if (fault.amount >= 2) network_.cut(family, segment, fault.node, other, change);
    }
}

void World::partition(const Fault& fault, int change) {
  const auto side = [&](std::size_t port) {
    return port != client_port && (fault.amount >> port & 1) != 0;
  };
  for (std::size_t from = 0; from < ports; ++from)
    for (std::size_t to = 0; to < ports; ++to)
      if (side(from) != side(to)) network_.cut(fault.other, from, to, change);
}

}  // namespace

Verdict run(const Scenario& scenario, MailboxPool& mailboxes, Timeline::Keep keep) {
  return World(scenario, mailboxes, keep).run();
}

}  // namespace failover::sim
