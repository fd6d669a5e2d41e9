// Scenarios as text: one thing per line, so that a minimised one can be read, kept and replayed.

#include <fmt/format.h>

#include <sstream>

#include "tests/sim/scenario.hpp"

namespace failover::sim {
namespace {

std::string settings_text(const router::Settings& settings) {
  std::string text;
  if (const auto* carp = std::get_if<carp::Election>(&settings.election))
    text = fmt::format("advbase {} advskew {} dead_ratio {}", carp->advbase.value(),
                       carp->advskew.value(), carp->dead_ratio.value());
  if (const auto* vrrp = std::get_if<vrrp::Election>(&settings.election))
    text = fmt::format("priority {} centiseconds {} dead_ratio {}", vrrp->priority.value(),
                       vrrp->interval.value(), vrrp->dead_ratio.value());
  return text + fmt::format(" preempt {} handover_us {}", settings.preempt == Preempt::on ? 1 : 0,
                            settings.handover_timeout / 1us);
}

// What is usual, CARP with IPv4, goes without saying.
std::string service_text(const ServicePlan& service) {
  std::string text =
      fmt::format("service segment {} {} {} addresses {}", service.segment,
                  service.is_vrrp() ? "vrid" : "vhid", service.number, service.addresses);
  if (service.is_vrrp()) text += fmt::format(" version {}", static_cast<int>(service.version));
  if (service.has_both_families()) return text + " families 46";
  return text + (service.speaks.ipv6 ? " families 6" : "");
}

// Reads "WORD value WORD value ..." and remembers whether all was as it should be.
class Words {
 public:
  explicit Words(const std::string& line) : in_(line) {}
  std::string next() {
    std::string word;
    in_ >> word;
    ok_ = ok_ && !word.empty();
    return word;
  }
  long long number(std::string_view label) {
    long long value = 0;
    ok_ = ok_ && next() == label && static_cast<bool>(in_ >> value);
    return value;
  }
  long long plain_number() {
    long long value = 0;
    ok_ = ok_ && static_cast<bool>(in_ >> value);
    return value;
  }
  std::size_t size(std::string_view label, std::size_t bound) {
    const long long value = number(label);
    ok_ = ok_ && value >= 0 && static_cast<std::size_t>(value) < bound;
    return ok_ ? static_cast<std::size_t>(value) : 0;
  }
  Duration time(std::string_view label) { return number(label) * Duration(1us); }
  template <class T>
  T bounded(std::string_view label) {
    const auto value = T::from(number(label));
    ok_ = ok_ && value.has_value();
    return value.value_or(T::template of<T::max>());
  }
  // Whether the next word is this one; it is taken then.
  bool skip(std::string_view label) {
    const auto before = in_.tellg();
    std::string word;
    if (in_ >> word && word == label) return true;
    in_.clear();
    in_.seekg(before);
    return false;
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::istringstream in_;
  bool ok_ = true;
};

template <class Enum>
std::optional<Enum> named(const std::string& word, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (name(static_cast<Enum>(i)) == word) return static_cast<Enum>(i);
  return std::nullopt;
}

router::Election read_election(Words& words, const ServicePlan& service) {
  if (service.is_vrrp()) {
    vrrp::Election election{.version = service.version};
    election.priority = words.bounded<vrrp::Priority>("priority");
    election.interval = words.bounded<vrrp::Centiseconds>("centiseconds");
    election.dead_ratio = words.bounded<vrrp::DeadRatio>("dead_ratio");
    return election;
  }
  carp::Election election;
  election.advbase = words.bounded<carp::AdvBase>("advbase");
  election.advskew = words.bounded<carp::AdvSkew>("advskew");
  election.dead_ratio = words.bounded<carp::DeadRatio>("dead_ratio");
  return election;
}

bool read_settings(Words& words, Scenario& scenario) {
  const std::size_t node = words.size("node", scenario.nodes.size());
  const std::size_t number = words.size("service", scenario.services.size());
  if (!words.ok()) return false;
  const ServicePlan& service = scenario.services[number];
  router::Settings settings{.election = read_election(words, service)};
  settings.preempt = words.number("preempt") != 0 ? Preempt::on : Preempt::off;
  settings.handover_timeout = words.time("handover_us");
  settings.addresses = service.addresses;
  settings.speaks = service.speaks;
  scenario.nodes[node].settings[number] = settings;
  return words.ok();
}

bool read_fault(Words& words, Scenario& scenario) {
  Fault fault;
  const auto kind = named<FaultKind>(words.next(), fault_kinds);
  fault.at = words.time("at_us");
  fault.lasts = words.time("lasts_us");
  fault.node = words.size("node", scenario.nodes.size());
  fault.other = words.size("other", most_nodes);
  fault.amount = static_cast<int>(words.number("amount"));
  if (!words.ok() || !kind) return false;
  fault.kind = *kind;
  scenario.faults.push_back(fault);
  return true;
}

bool read_node(Words& words, Scenario& scenario) {
  const auto dialect = named<Dialect>(words.next(), dialects);
  NodePlan node{.dialect = dialect.value_or(Dialect::ours)};
  node.starts = words.time("starts_us");
  node.drift = static_cast<int>(words.number("drift_ppm"));
  scenario.nodes.push_back(node);
  return words.ok() && dialect && scenario.nodes.size() <= most_nodes;
}

bool read_service(Words& words, Scenario& scenario) {
  ServicePlan service;
  service.segment = words.size("segment", most_segments);
  const bool is_carp = words.skip("vhid");
  if (!is_carp) service.protocol = router::Protocol::vrrp;
  if (!is_carp && !words.skip("vrid")) return false;
  service.number = static_cast<std::uint8_t>(words.plain_number());
  service.addresses = words.size("addresses", most_addresses + 1);
  if (service.is_vrrp())
    service.version = words.size("version", 4) == 2 ? vrrp::Version::v2 : vrrp::Version::v3;
  if (words.skip("families")) {
    const std::string which = words.next();
    service.speaks = {.ipv4 = !which.empty() && which.front() == '4',
                      .ipv6 = !which.empty() && which.back() == '6'};
  }
  scenario.services.push_back(service);
  return words.ok() && scenario.services.size() <= most_services;
}

bool read_run(Words& words, Scenario& scenario) {
  std::istringstream(words.next()) >> scenario.seed;
  scenario.segments = words.size("segments", most_segments + 1);
  scenario.calm = words.time("calm_us");
  scenario.settled = words.time("settled_us");
  scenario.end = words.time("end_us");
  return words.ok();
}

bool read_group(Words& words, Scenario& scenario) {
  scenario.group = GroupPlan{};
  if (words.skip("yields")) return true;
  const long long cost = words.number("demotes");
  scenario.group->demote = static_cast<unsigned>(cost);
  return words.ok() && cost >= 0 && cost <= carp::AdvSkew::max;
}

bool read_line(const std::string& line, Scenario& scenario) {
  Words words(line);
  const std::string what = words.next();
  if (what == "run") return read_run(words, scenario);
  if (what == "service") return read_service(words, scenario);
  if (what == "group") return read_group(words, scenario);
  if (what == "node") return read_node(words, scenario);
  if (what == "settings") return read_settings(words, scenario);
  if (what == "fault") return read_fault(words, scenario);
  return false;
}

}  // namespace

std::string Fault::text() const {
  return fmt::format("fault {} at_us {} lasts_us {} node {} other {} amount {}", name(kind),
                     at / 1us, lasts / 1us, node, other, amount);
}

std::string Scenario::text() const {
  std::string text = fmt::format("run {} segments {} calm_us {} settled_us {} end_us {}\n", seed,
                                 segments, calm / 1us, settled / 1us, end / 1us);
  for (const ServicePlan& service : services) text += service_text(service) + "\n";
  if (group)
    text += group->demote ? fmt::format("group demotes {}\n", *group->demote) : "group yields\n";
  for (const NodePlan& node : nodes)
    text += fmt::format("node {} starts_us {} drift_ppm {}\n", name(node.dialect),
                        node.starts / 1us, node.drift);
  for (std::size_t node = 0; node < nodes.size(); ++node)
    for (std::size_t service = 0; service < services.size(); ++service)
      text += fmt::format("settings node {} service {} {}\n", node, service,
                          settings_text(nodes[node].settings[service]));
  for (const Fault& fault : faults) text += fault.text() + "\n";
  return text;
}

std::optional<Scenario> parse_scenario(std::string_view text) {
  Scenario scenario;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line.front() != '#' && !read_line(line, scenario)) return std::nullopt;
  if (scenario.nodes.empty() || scenario.services.empty()) return std::nullopt;
  return scenario;
}

}  // namespace failover::sim
