#include "agent/lint/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "agent/lint/check.hpp"
#include "protocol/assert.hpp"

namespace failover::lint {
namespace {

// Whoever adds a file of rules names its table here, in the order of the numbers.
constexpr std::array tables{router_checks,      group_checks,      track_checks,     hook_checks,
                            router_pair_checks, group_pair_checks, movability_checks};

std::vector<Rule> all_rules() {
  std::vector<Rule> rules;
  for (const auto table : tables)
    for (const Check& check : table()) rules.push_back(check.rule);
  promise(std::ranges::adjacent_find(rules, std::ranges::greater_equal{}, &Rule::number) ==
          rules.end());
  return rules;
}

}  // namespace

std::string_view name(Severity severity) {
  switch (severity) {
    case Severity::warning: return "warning";
    case Severity::note: return "note";
  }
  broken_promise();
}

void Report::add(std::string place, std::string message) {
  if (++found_ > findings_per_rule) return;
  findings_.push_back({.rule = rule_.number,
                       .severity = rule_.severity,
                       .place = std::move(place),
                       .message = std::move(message),
                       .hint = std::string(rule_.instead)});
}

void Report::finish() {
  if (found_ > findings_per_rule)
    findings_.back().message += fmt::format("; and {} more like this", found_ - findings_per_rule);
}

std::span<const Rule> rules() {
  static const std::vector<Rule> all = all_rules();
  return all;
}

const Rule& rule_of(unsigned number) {
  const auto found = std::ranges::find(rules(), number, &Rule::number);
  promise(found != rules().end());
  return *found;
}

std::vector<Finding> lint(const Subject& subject) {
  const Scene scene(subject);
  std::vector<Finding> findings;
  for (const auto table : tables)
    for (const Check& check : table()) {
      Report report(check.rule, findings);
      check.look(scene, report);
      report.finish();
    }
  std::ranges::stable_sort(findings, {}, [](const Finding& finding) {
    return std::tie(finding.severity, finding.place);
  });
  return findings;
}

bool has_warning(std::span<const Finding> findings) {
  return std::ranges::find(findings, Severity::warning, &Finding::severity) != findings.end();
}

}  // namespace failover::lint
