// Each rule finds what it is for, and nothing in the nearest configuration that is right.

#include <algorithm>
#include <set>

#include "agent/lint/lint.hpp"
#include "tests/unit/config/texts.hpp"
#include "tests/unit/lint/cases.hpp"

namespace failover::tests {
namespace {

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const auto& of_a_kind : {router_cases(), group_cases(), track_cases(), hook_cases(),
                                pair_cases(), movability_cases()})
    cases.insert(cases.end(), of_a_kind.begin(), of_a_kind.end());
  return cases;
}

// What the rule finds.
std::vector<lint::Finding> findings_of(unsigned rule, const std::string& text,
                                       const std::string& peer_text) {
  const auto ours = config::test::read(text);
  const auto peer = peer_text.empty() ? config::Configuration() : config::test::read(peer_text);
  auto found = lint::lint({.ours = ours, .peer = peer_text.empty() ? nullptr : &peer});
  std::erase_if(found, [rule](const lint::Finding& finding) { return finding.rule != rule; });
  return found;
}

}  // namespace

TEST_CASE(
    "PRODUCT 4: each rule finds what it is for, at its place, and not the nearest right one") {
  for (const Case& each : all_cases()) {
    DYNAMIC_SECTION(each.rule << " " << lint::rule_of(each.rule).name << " " << each.wrong) {
      const auto found = findings_of(each.rule, each.wrong, each.peer);
      const auto there = std::ranges::find(found, each.place, &lint::Finding::place);
      REQUIRE(there != found.end());
      CHECK(there->severity == lint::rule_of(each.rule).severity);
      CHECK_FALSE(there->message.empty());
      CHECK(there->hint == lint::rule_of(each.rule).instead);
      INFO("the right one");
      CHECK(findings_of(each.rule, each.right, each.peer).empty());
    }
  }
}

TEST_CASE("every rule has a case") {
  std::set<unsigned> tried;
  for (const Case& each : all_cases()) tried.insert(each.rule);
  std::set<unsigned> known;
  for (const lint::Rule& rule : lint::rules()) known.insert(rule.number);
  CHECK(tried == known);
}

}  // namespace failover::tests
