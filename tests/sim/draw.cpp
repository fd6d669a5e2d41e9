// Scenarios from seeds.

#include <algorithm>

#include "tests/sim/random.hpp"
#include "tests/sim/scenario.hpp"

namespace failover::sim {
namespace {

enum class Pace : std::uint8_t { seconds, fast };

carp::Settings draw_settings(Random& random, Pace pace, std::size_t addresses) {
  carp::Settings settings;
  const bool fast = pace == Pace::fast;
  settings.advbase = carp::AdvBase::from(fast ? 0 : random.chance(90) ? 1 : 2).value();
  const int skew = fast                ? random.number(10, 60)
                   : random.chance(50) ? random.number(0, 3) * 50
                                       : random.number(0, 254);
  settings.advskew = carp::AdvSkew::from(skew).value();
  settings.dead_ratio = carp::DeadRatio::from(random.chance(80) ? 3 : random.number(2, 5)).value();
  settings.preempt = random.chance(60) ? carp::Preempt::on : carp::Preempt::off;
  if (random.chance(20)) settings.handover_timeout = random.time(1s, 5s);
  settings.addresses = addresses;
  return settings;
}

std::size_t draw_node_count(Random& random) {
  const std::size_t dice = random.below(100);
  if (dice < 60) return 2;
  if (dice < 85) return 3;
  return 4 + random.below(most_nodes - 3);
}

Dialect draw_dialect(Random& random) {
  const std::size_t dice = random.below(100);
  if (dice < 30) return Dialect::ours;
  return dice < 60 ? Dialect::ucarp : dice < 80 ? Dialect::freebsd : Dialect::openbsd;
}

// Two BSDs with the same rank yield to each other for ever, and nothing that we do changes it.
void tell_ranks_apart(Scenario& scenario) {
  for (std::size_t service = 0; service < scenario.services.size(); ++service)
    for (std::size_t node = 0; node < scenario.nodes.size(); ++node) {
      auto& settings = scenario.nodes[node].settings[service];
      const int skew = settings.advskew.value() / 20 * 20 + static_cast<int>(node);
      settings.advskew = carp::AdvSkew::from(skew).value();
      if (scenario.nodes[node].dialect != Dialect::ours)
        settings.dead_ratio = carp::DeadRatio::of<3>();
    }
}

struct Range {
  int least;
  int most;
};

Range amounts_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::loss:
    case FaultKind::duplication: return {20, 600};
    case FaultKind::delay: return {1, 400};
    case FaultKind::clock_step: return {-5000, 5000};
    case FaultKind::slow_kernel: return {1, 600};
    case FaultKind::reload: return {0, 254};
    case FaultKind::refused_requests: return {12, 12};  // ENOMEM
    case FaultKind::send_errors: return {105, 105};     // ENOBUFS
    case FaultKind::partition:
    case FaultKind::one_way:
    case FaultKind::crash:
    case FaultKind::reboot:
    case FaultKind::pause:
    case FaultKind::lost_notifications:
    case FaultKind::address_removed:
    case FaultKind::foreign_address:
    case FaultKind::link_down:
    case FaultKind::carrier_lost:
    case FaultKind::renamed:
    case FaultKind::new_mac:
    case FaultKind::switchover:
    case FaultKind::release:
    case FaultKind::announce:
    case FaultKind::stop:
    case FaultKind::remove_router: return {0, 0};
  }
  return {0, 0};
}

Fault draw_fault(Random& random, const Scenario& scenario) {
  Fault fault;
  fault.kind = static_cast<FaultKind>(random.below(fault_kinds));
  fault.at = random.time(0s, scenario.calm - 1s);
  const Duration room = scenario.calm - fault.at;
  fault.lasts = std::min(room, random.chance(50) ? random.time(1ms, 2s) : random.time(1s, 12s));
  fault.node = random.below(scenario.nodes.size());
  const bool of_service = fault.kind >= FaultKind::switchover ||
                          fault.kind == FaultKind::address_removed ||
                          fault.kind == FaultKind::foreign_address;
  const std::size_t others = fault.kind == FaultKind::one_way ? scenario.nodes.size()
                             : of_service                     ? scenario.services.size()
                                                              : scenario.segments;
  fault.other = random.below(others);
  const Range range = amounts_of(fault.kind);
  fault.amount = random.number(range.least, range.most);
  if (fault.kind == FaultKind::partition)
    fault.amount = random.number(1, (1 << scenario.nodes.size()) - 1);
  if (fault.kind == FaultKind::stop && random.chance(20)) fault.lasts = 3600s;
  return fault;
}

// After the faults: whoever is active may have to die of old age twice, and an operation to end.
Duration time_to_settle(const Scenario& scenario) {
  Duration longest{};
  for (const NodePlan& node : scenario.nodes)
    for (std::size_t service = 0; service < scenario.services.size(); ++service)
      longest = std::max(longest, node.settings[service].dead_time());
  return 3 * longest + std::min<Duration>(longest + 1s, 10s) + 4s;
}

}  // namespace

Scenario draw(std::uint64_t seed) {
  Random random(seed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.segments = random.chance(80) ? 1 : 2;
  const std::size_t services = random.chance(70) ? 1 : 1 + random.below(most_services);
  for (std::size_t i = 0; i < services; ++i)
    scenario.services.push_back({.segment = random.below(scenario.segments),
                                 .vhid = static_cast<std::uint8_t>(10 + i),
                                 .addresses = 1});
  const bool mixed_dialects = random.chance(35);
  const Pace pace = !mixed_dialects && random.chance(15) ? Pace::fast : Pace::seconds;
  const std::size_t nodes = draw_node_count(random);
  for (std::size_t i = 0; i < services; ++i)
    if (!mixed_dialects && random.chance(40))
      scenario.services[i].addresses = 1 + random.below(most_addresses);
  for (std::size_t i = 0; i < nodes; ++i) {
    NodePlan node;
    if (mixed_dialects && i > 0) node.dialect = draw_dialect(random);
    node.starts = random.chance(50) ? random.time(0s, 5ms) : random.time(0s, 8s);
    node.drift = random.number(-300, 300);
    for (std::size_t service = 0; service < services; ++service)
      node.settings[service] = draw_settings(random, pace, scenario.services[service].addresses);
    scenario.nodes.push_back(node);
  }
  if (mixed_dialects) tell_ranks_apart(scenario);
  scenario.calm = random.time(10s, 30s);
  const std::size_t faults = random.below(11);
  for (std::size_t i = 0; i < faults; ++i) scenario.faults.push_back(draw_fault(random, scenario));
  std::ranges::stable_sort(scenario.faults, {}, &Fault::at);
  scenario.settled = scenario.calm + time_to_settle(scenario);
  scenario.end = scenario.settled + 5s;
  return scenario;
}

}  // namespace failover::sim
