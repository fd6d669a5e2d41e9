#include "tests/sim/explore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

namespace failover::sim {
namespace {

constexpr Duration time_to_settle = 16s;

struct Configuration {
  const char* name;
  std::vector<carp::Settings> settings;
};

carp::Settings settings(int advskew, carp::Preempt preempt) {
  carp::Settings made;
  made.advskew = carp::AdvSkew::from(advskew).value();
  made.preempt = preempt;
  return made;
}

std::vector<Configuration> configurations() {
  using carp::Preempt;
  return {
      {"two equal", {settings(0, Preempt::on), settings(0, Preempt::on)}},
      {"two, the better one preempts", {settings(0, Preempt::on), settings(100, Preempt::on)}},
      {"two without preempt", {settings(0, Preempt::off), settings(100, Preempt::off)}},
      {"three, two of them equal",
       {settings(0, Preempt::on), settings(0, Preempt::on), settings(100, Preempt::off)}},
      {"three in a row",
       {settings(0, Preempt::on), settings(50, Preempt::on), settings(100, Preempt::on)}},
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
  std::vector<Open> open{{0, ExploredState(configuration_.settings, bug_)}};
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
    end.run_fairly(time_to_settle);
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
  ExploredState state(configuration_.settings, bug_);
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
