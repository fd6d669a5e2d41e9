#pragma once
// A check: a rule and the function that looks for it. Each file of rules has a table of them, and
// lint.cpp a list of the tables.

#include <span>
#include <string>
#include <vector>

#include "agent/lint/lint.hpp"
#include "agent/lint/scene.hpp"

namespace failover::lint {

// Takes what one rule has found.
class Report {
 public:
  Report(const Rule& rule, std::vector<Finding>& findings) : rule_(rule), findings_(findings) {}
  void add(std::string place, std::string message);
  // To be called at the end: says how many there were beyond findings_per_rule.
  void finish();

 private:
  const Rule& rule_;
  std::vector<Finding>& findings_;
  std::size_t found_ = 0;
};

struct Check {
  Rule rule;
  void (*look)(const Scene& scene, Report& report);
};

[[nodiscard]] std::span<const Check> router_checks();       // 101..
[[nodiscard]] std::span<const Check> group_checks();        // 201..
[[nodiscard]] std::span<const Check> track_checks();        // 301..
[[nodiscard]] std::span<const Check> hook_checks();         // 401..
[[nodiscard]] std::span<const Check> router_pair_checks();  // 501..
[[nodiscard]] std::span<const Check> group_pair_checks();   // 521..
[[nodiscard]] std::span<const Check> movability_checks();   // 601..

}  // namespace failover::lint
