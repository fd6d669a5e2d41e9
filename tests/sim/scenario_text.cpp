// Scenarios as text: one thing per line, so that a minimised one can be read, kept and replayed.

#include <fmt/format.h>

#include <sstream>

#include "tests/sim/scenario.hpp"

namespace failover::sim {
namespace {

std::string settings_text(const carp::Settings& settings) {
  return fmt::format("advbase {} advskew {} dead_ratio {} preempt {} handover_us {}",
                     settings.advbase.value(), settings.advskew.value(),
                     settings.dead_ratio.value(), settings.preempt == carp::Preempt::on ? 1 : 0,
                     settings.handover_timeout / 1us);
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

bool read_settings(Words& words, Scenario& scenario) {
  const std::size_t node = words.size("node", scenario.nodes.size());
  const std::size_t service = words.size("service", scenario.services.size());
  carp::Settings settings;
  settings.advbase = words.bounded<carp::AdvBase>("advbase");
  settings.advskew = words.bounded<carp::AdvSkew>("advskew");
  settings.dead_ratio = words.bounded<carp::DeadRatio>("dead_ratio");
  settings.preempt = words.number("preempt") != 0 ? carp::Preempt::on : carp::Preempt::off;
  settings.handover_timeout = words.time("handover_us");
  if (!words.ok()) return false;
  settings.addresses = scenario.services[service].addresses;
  scenario.nodes[node].settings[service] = settings;
  return true;
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
  const auto dialect = named<Dialect>(words.next(), 4);
  NodePlan node{.dialect = dialect.value_or(Dialect::ours)};
  node.starts = words.time("starts_us");
  node.drift = static_cast<int>(words.number("drift_ppm"));
  scenario.nodes.push_back(node);
  return words.ok() && dialect && scenario.nodes.size() <= most_nodes;
}

bool read_service(Words& words, Scenario& scenario) {
  ServicePlan service;
  service.segment = words.size("segment", most_segments);
  service.vhid = static_cast<std::uint8_t>(words.size("vhid", 256));
  service.addresses = words.size("addresses", most_addresses + 1);
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

bool read_line(const std::string& line, Scenario& scenario) {
  Words words(line);
  const std::string what = words.next();
  if (what == "run") return read_run(words, scenario);
  if (what == "service") return read_service(words, scenario);
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
  for (const ServicePlan& service : services)
    text += fmt::format("service segment {} vhid {} addresses {}\n", service.segment, service.vhid,
                        service.addresses);
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
