// The tree with its defaults: all that is in force, and nothing else.

#include "agent/config/tree_defaults.hpp"
#include "agent/config/toml_text.hpp"
#include "agent/config/tree_difference.hpp"
#include "tests/unit/config/random_tree.hpp"
#include "tests/unit/config/trees.hpp"

namespace failover::config::test {
namespace {

std::string with_defaults_text(std::string_view toml) {
  return toml_text(with_defaults(toml_tree(toml)));
}

bool has(const std::string& text, std::string_view line) {
  return ("\n" + text).find("\n" + std::string(line) + "\n") != std::string::npos;
}

TEST_CASE("Written out, the defaults of any tree mean the same, and are complete") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const Table tree = RandomTree(seed).make();
    const Table filled = with_defaults(tree);
    INFO("seed " << seed << "\n" << toml_text(filled));
    const auto before = judge(document_of(tree, "x"));
    const auto after = judge(document_of(filled, "x"));
    INFO(errors_text(after));
    REQUIRE(after.has_value());
    REQUIRE(*after == *before);
    REQUIRE(difference(filled, with_defaults(filled)).empty());
    for (const TreeChange& change : difference(tree, filled)) {
      INFO(change.path);
      REQUIRE(change.before == nullptr);
    }
  }
}

TEST_CASE("A router alone has the keys of its protocol and of its group") {
  const auto text = with_defaults_text(in_router(""));
  for (const auto* const line : {"advbase = 1", "advskew = 0", "dead_ratio = 3", "preempt = true",
                                 "mode = \"warm\"", "log_level = \"info\""}) {
    INFO(line << "\n" << text);
    CHECK(has(text, line));
  }
  CHECK_FALSE(has(text, "max_hops = 1"));
  CHECK(text.find("version") == std::string::npos);
}

TEST_CASE("A router of a group leaves the group's keys to it, and what is set stays") {
  const auto text = with_defaults_text(
      "[group.web]\npreempt = false\n[interface.eth0.vrrp.20]\naddresses = [\"10.0.0.1/24\"]\n"
      "group = \"web\"\nversion = 2\n");
  INFO(text);
  const auto group = text.find("[group.web]");
  const auto router = text.find("[interface.eth0.vrrp.20]");
  REQUIRE(group < router);
  CHECK(text.find("mode = \"warm\"") < router);
  CHECK(text.find("mode", router) == std::string::npos);
  CHECK(has(text, "preempt = false"));
  CHECK(has(text, "priority = 100"));
  CHECK(text.find("checksum") == std::string::npos);
}

}  // namespace
}  // namespace failover::config::test
