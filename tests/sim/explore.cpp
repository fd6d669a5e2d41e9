#include "tests/sim/explore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

namespace failover::sim {
namespace {

constexpr Duration time_alone = 16s;

struct Configuration {
  const char* name;
  Beginning beginning;
};

enum class Speaks : std::uint8_t { ipv4, both };

router::Settings carp(int advskew, Preempt preempt, Speaks speaks = Speaks::ipv4) {
  carp::Election election;
  election.advskew = carp::AdvSkew::from(advskew).value();
  return {.election = election,
          .preempt = preempt,
          .speaks = {.ipv4 = true, .ipv6 = speaks == Speaks::both}};
}

router::Settings vrrp(int priority, Preempt preempt, Speaks speaks = Speaks::ipv4) {
  vrrp::Election election;
  election.priority = vrrp::Priority::from(priority).value();
  return {.election = election,
          .preempt = preempt,
          .speaks = {.ipv4 = true, .ipv6 = speaks == Speaks::both}};
}

router::Settings with_interval(router::Settings settings, int centiseconds) {
  std::get<vrrp::Election>(settings.election).interval =
      vrrp::Centiseconds::from(centiseconds).value();
  return settings;
}

std::vector<Configuration> configurations() {
  using enum Preempt;
  using enum Speaks;
  return {
      {"two equal", {{carp(0, on), carp(0, on)}}},
      {"two, the better one preempts", {{carp(0, on), carp(100, on)}}},
      {"two without preempt", {{carp(0, off), carp(100, off)}}},
      {"three, two of them equal", {{carp(0, on), carp(0, on), carp(100, off)}}},
      {"three in a row", {{carp(0, on), carp(50, on), carp(100, on)}}},
      {"two with both families, one deaf in IPv4",
       {.settings = {carp(0, on, both), carp(100, on, both)}, .without_ipv4 = 0b10}},
      {"VRRP: two equal", {{vrrp(100, on), vrrp(100, on)}}},
      {"VRRP: two, the better one preempts", {{vrrp(200, on), vrrp(100, on)}}},
      {"VRRP: two without preempt", {{vrrp(200, off), vrrp(100, off)}}},
      {"VRRP: two, the better one slower", {{with_interval(vrrp(200, on), 150), vrrp(100, on)}}},
      {"VRRP: an owner and another", {{vrrp(255, on), vrrp(100, off)}}},
      {"VRRP: three, two of them equal", {{vrrp(200, on), vrrp(200, on), vrrp(100, off)}}},
      {"VRRP: three in a row", {{vrrp(200, on), vrrp(150, on), vrrp(100, on)}}},
      {"VRRP: two equal with both families", {{vrrp(100, on, both), vrrp(100, on, both)}}},
      {"VRRP: two with both families, one deaf in IPv4",
       {.settings = {vrrp(200, on, both), vrrp(100, on, both)}, .without_ipv4 = 0b10}},
      {"VRRP: two equal with both families, both deaf in IPv4",
       {.settings = {vrrp(100, on, both), vrrp(100, on, both)}, .without_ipv4 = 0b11}},
      {"VRRP: two equal whose IPv6 addresses are in the other order",
       {.settings = {vrrp(100, on, both), vrrp(100, on, both)}, .ipv6_addresses = Order::crossed}},
      {"VRRP: the same, one deaf in IPv4",
       {.settings = {vrrp(100, on, both), vrrp(100, on, both)},
        .ipv6_addresses = Order::crossed,
        .without_ipv4 = 0b01}},
  };
}

// Each state that was found, by how it was reached; the states themselves are made again.
class Exploration {
 public:
  Exploration(const Configuration& configuration, Bug bug, std::size_t most_states)
      : configuration_(configuration), bug_(bug), most_states_(most_states) {}

  [[nodiscard]] bool run();

 private:
  struct Step {
    std::size_t before = 0;
    Choice choice;
  };
  struct Open {
    std::size_t number;
    ExploredState state;
  };
  // False when something is wrong with it.
  [[nodiscard]] bool visit(const Open& from, const Choice& choice, std::vector<Open>& next);
  void tell_way(std::size_t number, const std::string& violation) const;

  const Configuration& configuration_;
  Bug bug_;
  std::size_t most_states_;
  std::vector<Step> steps_;
  std::unordered_set<std::uint64_t> seen_;
};

bool Exploration::run() {
  std::vector<Open> open{{0, ExploredState(configuration_.beginning, bug_)}};
  steps_.push_back({});
  seen_.insert(open.front().state.fingerprint());
  std::size_t depth = 0;
  for (; !open.empty() && steps_.size() < most_states_; ++depth) {
    std::vector<Open> next;
    for (const Open& from : open)
      for (const Choice& choice : from.state.choices())
        if (!visit(from, choice, next)) return false;
    open = std::move(next);
  }
  fmt::print("{}: {} states, depth {}{}\n", configuration_.name, steps_.size(), depth,
             open.empty() ? ", complete" : "");
  return true;
}

bool Exploration::visit(const Open& from, const Choice& choice, std::vector<Open>& next) {
  Open reached{steps_.size(), from.state};
  reached.state.take(choice);
  const bool known = !seen_.insert(reached.state.fingerprint()).second;
  if (known && reached.state.violation().empty()) return true;
  steps_.push_back({from.number, choice});
  std::string violation = reached.state.violation();
  if (violation.empty()) {
    ExploredState end = reached.state;
    end.run_fairly(time_alone);
    if (end.violation().empty()) end.check_settled();
    violation = end.violation();
    if (!violation.empty()) violation += ", when nothing else happens";
  }
  if (!violation.empty()) {
    tell_way(reached.number, violation);
    return false;
  }
  next.push_back(std::move(reached));
  return true;
}

void Exploration::tell_way(std::size_t number, const std::string& violation) const {
  std::vector<Choice> way;
  for (; number != 0; number = steps_[number].before) way.push_back(steps_[number].choice);
  std::ranges::reverse(way);
  fmt::print("{}: {}, after {} states, in {} steps:\n", configuration_.name, violation,
             steps_.size(), way.size());
  ExploredState state(configuration_.beginning, bug_);
  fmt::print("{}\n", state.text());
  for (const Choice& choice : way) {
    state.take(choice);
    fmt::print("{}   {}\n", state.text(), choice.text());
  }
}

}  // namespace

bool explore(Bug bug, std::size_t states_each) {
  return std::ranges::all_of(configurations(), [&](const Configuration& configuration) {
    return Exploration(configuration, bug, states_each).run();
  });
}

}  // namespace failover::sim
