// Scenarios from seeds.

#include <algorithm>

#include "tests/sim/formulas.hpp"
#include "tests/sim/random.hpp"
#include "tests/sim/scenario.hpp"

namespace failover::sim {
namespace {

enum class Pace : std::uint8_t { seconds, fast };

carp::Election draw_carp(Random& random, Pace pace) {
  const bool fast = pace == Pace::fast;
  carp::Election election;
  election.advbase = carp::AdvBase::from(fast ? 0 : random.chance(90) ? 1 : 2).value();
  const int skew = fast                ? random.number(10, 60)
                   : random.chance(50) ? random.number(0, 3) * 50
                                       : random.number(0, 254);
  election.advskew = carp::AdvSkew::from(skew).value();
  election.dead_ratio = carp::DeadRatio::from(random.chance(80) ? 3 : random.number(2, 5)).value();
  return election;
}

// The interval is the service's. Version 3 lets nodes differ.
int draw_centiseconds(Random& random, vrrp::Version version, Pace pace) {
  if (version == vrrp::Version::v2) return random.number(1, 2) * 100;
  if (pace == Pace::fast) return random.number(4, 25);
  return random.chance(70) ? 100 : random.number(20, 200);
}

vrrp::Election draw_vrrp(Random& random, vrrp::Version version, Pace pace, int centiseconds) {
  vrrp::Election election{.version = version};
  const int priority = random.chance(50) ? random.number(1, 4) * 50 : random.number(1, 254);
  election.priority = vrrp::Priority::from(random.chance(4) ? 255 : priority).value();
  const bool own_way = version == vrrp::Version::v3 && random.chance(15);
  election.interval =
      vrrp::Centiseconds::from(own_way ? draw_centiseconds(random, version, pace) : centiseconds)
          .value();
  election.dead_ratio = vrrp::DeadRatio::from(random.chance(80) ? 3 : random.number(2, 5)).value();
  return election;
}

router::Settings draw_settings(Random& random, Pace pace, const ServicePlan& service,
                               int centiseconds) {
  router::Settings settings;
  if (service.is_vrrp()) {
    settings.election = draw_vrrp(random, service.version, pace, centiseconds);
  } else {
    settings.election = draw_carp(random, pace);
  }
  settings.preempt = random.chance(60) ? Preempt::on : Preempt::off;
  // As the configuration has it: an owner always preempts.
  if (router::is_owner(settings.election)) settings.preempt = Preempt::on;
  if (random.chance(20)) settings.handover_timeout = random.time(1s, 5s);
  settings.addresses = service.addresses;
  settings.speaks = service.speaks;
  return settings;
}

std::size_t draw_node_count(Random& random) {
  const std::size_t dice = random.below(100);
  if (dice < 60) return 2;
  if (dice < 85) return 3;
  return 4 + random.below(most_nodes - 3);
}

// What a seed is about, apart from the rest of what is drawn.
struct Theme {
  explicit Theme(std::uint64_t seed) : random(mixed(seed ^ 0x7e3e)) {
    if (random.chance(33)) protocol = router::Protocol::vrrp;
  }
  Random random;
  router::Protocol protocol = router::Protocol::carp;
};

Dialect draw_dialect(Random& random, router::Protocol protocol) {
  const std::size_t dice = random.below(100);
  if (dice < 30) return Dialect::ours;
  if (protocol == router::Protocol::vrrp) return dice < 65 ? Dialect::keepalived : Dialect::frr;
  return dice < 60 ? Dialect::ucarp : dice < 80 ? Dialect::freebsd : Dialect::openbsd;
}

// Where all nodes are ours, services of CARP stand beside those of VRRP, and a service may have
// both families; the models have one.
enum class Company : std::uint8_t { ours, others };
void draw_protocol(Theme& theme, Company company, ServicePlan& service) {
  Random& random = theme.random;
  const bool ours = company == Company::ours;
  const bool both = ours && random.chance(theme.protocol == router::Protocol::vrrp ? 45 : 10);
  if (theme.protocol == router::Protocol::vrrp && !(ours && random.chance(15))) {
    service.protocol = router::Protocol::vrrp;
    if (random.chance(25) && !both) {
      service.version = vrrp::Version::v2;
    } else {
      const bool ipv6 = both || random.chance(40);
      service.speaks = {.ipv4 = both || !ipv6, .ipv6 = ipv6};
    }
  } else if (both) {
    service.speaks.ipv6 = true;
  }
  if (both) service.addresses = std::max<std::size_t>(service.addresses, 2);
}

// Two BSDs with the same rank yield to each other for ever, and nothing that we do changes it.
void tell_ranks_apart(NodePlan& node, std::size_t service, std::size_t number) {
  auto& settings = node.settings[service];
  auto* election = std::get_if<carp::Election>(&settings.election);
  if (election == nullptr) {
    if (node.dialect != Dialect::ours)
      std::get<vrrp::Election>(settings.election).dead_ratio = vrrp::DeadRatio::of<3>();
    return;
  }
  const int skew = election->advskew.value() / 20 * 20 + static_cast<int>(number);
  election->advskew = carp::AdvSkew::from(skew).value();
  if (node.dialect != Dialect::ours) election->dead_ratio = carp::DeadRatio::of<3>();
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
    case FaultKind::remove_router:
    case FaultKind::track_down: return {0, 0};
    case FaultKind::family_cut: return {0, 3};
  }
  return {0, 0};
}

// Those before it concern every scenario.
constexpr auto kinds_for_all = static_cast<std::size_t>(FaultKind::family_cut);

Fault draw_fault(Random& random, const Scenario& scenario) {
  Fault fault;
  const bool two_families = std::ranges::any_of(scenario.services, &ServicePlan::has_both_families);
  fault.kind = two_families && random.chance(15)
                   ? FaultKind::family_cut
                   : static_cast<FaultKind>(random.below(kinds_for_all));
  fault.at = random.time(0s, scenario.calm - 1s);
  const Duration room = scenario.calm - fault.at;
  fault.lasts = std::min(room, random.chance(50) ? random.time(1ms, 2s) : random.time(1s, 12s));
  fault.node = random.below(scenario.nodes.size());
  const bool of_address =
      fault.kind == FaultKind::address_removed || fault.kind == FaultKind::foreign_address;
  const bool of_service =
      of_address || (fault.kind >= FaultKind::switchover && fault.kind <= FaultKind::remove_router);
  const std::size_t others = fault.kind == FaultKind::one_way ? scenario.nodes.size()
                             : of_service                     ? scenario.services.size()
                                                              : scenario.segments;
  fault.other = random.below(others);
  const Range range = amounts_of(fault.kind);
  fault.amount = random.number(range.least, range.most);
  if (fault.kind == FaultKind::partition)
    fault.amount = random.number(1, (1 << scenario.nodes.size()) - 1);
  if (of_address && two_families)
    fault.amount = random.number(0, static_cast<int>(scenario.services[fault.other].addresses) - 1);
  if (fault.kind == FaultKind::stop && random.chance(20)) fault.lasts = 3600s;
  return fault;
}

// After the faults: whoever is active may have to die of old age twice, and an operation to end.
Duration time_to_settle(const Scenario& scenario) {
  Duration longest{};
  for (std::size_t service = 0; service < scenario.services.size(); ++service) {
    Duration interval{};
    for (const NodePlan& node : scenario.nodes)
      interval = std::max(interval, router::interval(formulas::configured(node.settings[service])));
    for (const NodePlan& node : scenario.nodes)
      longest = std::max(longest, formulas::longest_dead_time(node.settings[service], interval));
  }
  // The way that was taken back is tried again after three dead times, and perhaps another one.
  const int tries = scenario.group ? 2 * (limits::dead_times_between_tries + 1) : 0;
  return (3 + tries) * longest + std::min<Duration>(longest + 1s, 10s) + 4s;
}

void draw_services(Random& random, Scenario& scenario) {
  const std::size_t services = random.chance(70) ? 1 : 1 + random.below(most_services);
  for (std::size_t i = 0; i < services; ++i)
    scenario.services.push_back({.segment = random.below(scenario.segments),
                                 .number = static_cast<std::uint8_t>(10 + i),
                                 .addresses = 1});
}

// A node's rank in a group, the same on all elements and another than any other node's: ranks that
// cross over send the group back for ever, and the configuration is warned of.
int rank_in_group(int drawn, std::size_t node) {
  return drawn % 220 / 20 * 20 + 20 + 2 * static_cast<int>(node) + drawn % 2;
}

void align_elements(Random& random, Scenario& scenario, std::size_t node) {
  auto& settings = scenario.nodes[node].settings;
  const int skew = rank_in_group(random.number(0, 219), node);
  for (std::size_t service = 0; service < scenario.services.size(); ++service) {
    settings[service].preempt = settings[0].preempt;
    if (auto* vrrp = std::get_if<vrrp::Election>(&settings[service].election))
      vrrp->priority = vrrp::Priority::from(formulas::priority_of(skew)).value();
    auto* carp = std::get_if<carp::Election>(&settings[service].election);
    if (carp == nullptr) continue;
    carp->advskew = carp::AdvSkew::from(skew).value();
    const auto& first = scenario.nodes[0].settings[service].election;
    carp->advbase = std::get<carp::Election>(first).advbase;
  }
}

// Others know no groups: of theirs each router goes its own way.
void draw_group(std::uint64_t seed, Scenario& scenario) {
  Random random(mixed(seed ^ 0x6709));
  if (scenario.services.size() < 2 || !random.chance(60)) return;
  scenario.group = GroupPlan{};
  if (random.chance(40)) scenario.group->demote = static_cast<unsigned>(random.number(1, 254));
  for (std::size_t node = 0; node < scenario.nodes.size(); ++node)
    align_elements(random, scenario, node);
  for (Fault& fault : scenario.faults) {
    if (scenario.nodes[fault.node].dialect != Dialect::ours) continue;
    // Elements that only some nodes have are another configuration.
    const bool is_track = fault.kind == FaultKind::remove_router || random.chance(15);
    if (is_track)
      fault = {.kind = FaultKind::track_down,
               .at = fault.at,
               .lasts = std::min(fault.lasts, scenario.calm - fault.at),
               .node = fault.node};
    if (fault.kind == FaultKind::reload) fault.amount = rank_in_group(fault.amount, fault.node);
  }
}

void draw_nodes(Random& random, Theme& theme, Scenario& scenario) {
  const bool mixed_dialects = random.chance(35);
  const Pace pace = !mixed_dialects && random.chance(15) ? Pace::fast : Pace::seconds;
  const std::size_t nodes = draw_node_count(random);
  for (ServicePlan& service : scenario.services)
    if (!mixed_dialects && random.chance(40)) service.addresses = 1 + random.below(most_addresses);
  std::vector<int> centiseconds;
  for (ServicePlan& service : scenario.services) {
    draw_protocol(theme, mixed_dialects ? Company::others : Company::ours, service);
    centiseconds.push_back(draw_centiseconds(theme.random, service.version, pace));
  }
  for (std::size_t i = 0; i < nodes; ++i) {
    NodePlan node;
    if (mixed_dialects && i > 0) node.dialect = draw_dialect(random, theme.protocol);
    node.starts = random.chance(50) ? random.time(0s, 5ms) : random.time(0s, 8s);
    node.drift = random.number(-300, 300);
    for (std::size_t service = 0; service < scenario.services.size(); ++service) {
      node.settings[service] =
          draw_settings(random, pace, scenario.services[service], centiseconds[service]);
      if (mixed_dialects) tell_ranks_apart(node, service, i);
    }
    scenario.nodes.push_back(node);
  }
}

}  // namespace

Scenario draw(std::uint64_t seed, Groups groups) {
  Random random(seed);
  Theme theme(seed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.segments = random.chance(80) ? 1 : 2;
  draw_services(random, scenario);
  draw_nodes(random, theme, scenario);
  scenario.calm = random.time(10s, 30s);
  const std::size_t faults = random.below(11);
  for (std::size_t i = 0; i < faults; ++i) scenario.faults.push_back(draw_fault(random, scenario));
  std::ranges::stable_sort(scenario.faults, {}, &Fault::at);
  if (groups == Groups::drawn) draw_group(seed, scenario);
  scenario.settled = scenario.calm + time_to_settle(scenario);
  scenario.end = scenario.settled + 5s;
  return scenario;
}

}  // namespace failover::sim
