// Findings as a whole: their order and bounds, what must not be in them, and what needs none.

#include "agent/lint/lint.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/unit/config/texts.hpp"
#include "tests/unit/lint/cases.hpp"

namespace failover::tests {
namespace {

std::vector<lint::Finding> findings_in(const std::string& text) {
  const auto configuration = config::test::read(text);
  return lint::lint({.ours = configuration});
}

std::vector<lint::Finding> findings_between(const std::string& text, const std::string& peer_text) {
  const auto ours = config::test::read(text);
  const auto peer = config::test::read(peer_text);
  return lint::lint({.ours = ours, .peer = &peer});
}

bool is_found(const std::vector<lint::Finding>& findings, unsigned rule) {
  return std::ranges::find(findings, rule, &lint::Finding::rule) != findings.end();
}

}  // namespace

TEST_CASE("rules have numbers and names of their own, and say what to write instead") {
  std::set<unsigned> numbers;
  std::set<std::string_view> names;
  for (const lint::Rule& rule : lint::rules()) {
    CAPTURE(rule.number);
    CHECK(numbers.insert(rule.number).second);
    CHECK(names.insert(rule.name).second);
    CHECK(rule.says.ends_with('.'));
    CHECK_FALSE(rule.instead.ends_with('.'));
    CHECK_FALSE(rule.instead.empty());
  }
}

TEST_CASE("warnings come before notes, each by place") {
  const auto found =
      findings_in(in_carp("dead_ratio = 1\nadvskew = 250\nstart_delay = \"99s\"\n"
                          "damping.moves = 0\n"));
  REQUIRE(found.size() > 3);
  const auto before = [](const lint::Finding& left, const lint::Finding& right) {
    return std::tie(left.severity, left.place) < std::tie(right.severity, right.place);
  };
  CHECK(std::ranges::is_sorted(found, before));
  CHECK(found.front().severity == lint::Severity::warning);
  CHECK(found.back().severity == lint::Severity::note);
  CHECK(lint::has_warning(found));
}

TEST_CASE("a mistake that is made very often is told twenty times, and how often it is") {
  std::string text;
  for (int id = 1; id <= 30; ++id)
    text += "[interface.eth0.vrrp." + std::to_string(id) +
            "]\ndead_ratio = 1\naddresses = [\"10.0." + std::to_string(id) + ".1/24\"]\n";
  auto found = findings_in(text);
  std::erase_if(found, [](const lint::Finding& finding) { return finding.rule != 103; });
  REQUIRE(found.size() == lint::findings_per_rule);
  CHECK(std::ranges::count_if(found, [](const lint::Finding& finding) {
          return finding.message.ends_with("; and 10 more like this");
        }) == 1);
}

TEST_CASE("PRODUCT 4: no password is in a finding") {
  const std::string ours =
      "[interface.eth0.carp.10]\npassword = \"hush1\"\naddresses = "
      "[\"10.0.0.1/24\"]\n";
  const std::string theirs =
      "[interface.eth0.carp.10]\npassword = \"hush2\"\naddresses = "
      "[\"10.0.0.1/24\"]\n";
  const auto found = findings_between(ours, theirs);
  CHECK(is_found(found, 105));
  CHECK(is_found(found, 505));
  for (const lint::Finding& finding : found)
    CHECK((finding.message + finding.hint).find("hush") == std::string::npos);
}

TEST_CASE("a router is the other node's where its interface has another name, if there is one") {
  const std::string there =
      "[interface.enp3s0.carp.10]\npassword = \"long enough\"\naddresses = "
      "[\"10.0.0.1/24\"]\n";
  CHECK(is_found(findings_between(in_carp(""), there), 501));
  CHECK_FALSE(is_found(findings_between(in_carp(""), there), 509));
  const std::string another =
      "[interface.eth7.carp.10]\npassword = \"long enough\"\naddresses = "
      "[\"10.0.7.1/24\"]\n";
  CHECK(is_found(findings_between(in_carp(""), there + another), 509));
}

TEST_CASE("a name with dots is quoted in a place, as a configuration has it") {
  const auto found =
      findings_in("[interface.\"eth0.5\".vrrp.7]\ndead_ratio = 1\naddresses = [\"10.0.0.1/24\"]\n");
  REQUIRE(is_found(found, 103));
  CHECK(found.front().place == "interface.\"eth0.5\".vrrp.7.dead_ratio");
}

namespace {

std::string example(const std::string& name) {
  std::ifstream file(FAILOVER_SOURCE_DIR "/packaging/examples/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// With these words in place of those: what the example says of the other node.
std::string changed(std::string text,
                    const std::vector<std::pair<std::string, std::string>>& words) {
  for (const auto& [from, to] : words) {
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
  }
  return text;
}

std::string warnings_between(const std::string& ours, const std::string& theirs) {
  std::string warnings;
  for (const lint::Finding& finding : findings_between(ours, theirs))
    if (finding.severity == lint::Severity::warning) warnings += finding.message + "\n";
  return warnings;
}

}  // namespace

TEST_CASE("the examples that are installed, for both nodes that they describe, have no warning") {
  const auto simple = example("failover.toml");
  const auto group = example("group.toml");
  const auto gateway = example("vrrp-dual-stack.toml");
  const auto other_simple =
      changed(simple, {{"\nadvskew = 0", "\nadvskew = 100"}, {"\"lb1\"", "\"lb2\""}});
  const auto other_group = changed(
      group, {{"\nadvskew = 0", "\nadvskew = 100"}, {"\npriority = 200", "\npriority = 100"}});
  const auto other_gateway = changed(gateway, {{"\npriority = 150", "\npriority = 100"}});
  for (const auto& text : {simple, group, gateway, other_simple, other_group, other_gateway})
    CHECK_FALSE(lint::has_warning(findings_in(text)));
  CHECK(warnings_between(simple, other_simple).empty());
  CHECK(warnings_between(other_simple, simple).empty());
  CHECK(warnings_between(group, other_group).empty());
  CHECK(warnings_between(other_group, group).empty());
  CHECK(warnings_between(gateway, other_gateway).empty());
  CHECK(warnings_between(other_gateway, gateway).empty());
}

TEST_CASE("an empty configuration, here or there, has no finding") {
  const config::Configuration empty;
  CHECK(lint::lint({.ours = empty}).empty());
  CHECK(lint::lint({.ours = empty, .peer = &empty}).empty());
}

}  // namespace failover::tests
