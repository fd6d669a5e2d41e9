// One tree, two notations: what is written in either reads back as the same tree, and means the
// same.

#include "agent/config/toml_text.hpp"
#include "agent/config/tree_difference.hpp"
#include "agent/config/tree_secrets.hpp"
#include "tests/unit/config/random_tree.hpp"
#include "tests/unit/config/trees.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

constexpr unsigned seeds = 300;

Configuration judged(const Table& tree) {
  auto configuration = judge(document_of(tree, "x"));
  INFO(errors_text(configuration));
  REQUIRE(configuration.has_value());
  return std::move(*configuration);
}

TEST_CASE("A tree reads back from TOML and from JSON as it was, and means the same") {
  for (unsigned seed = 0; seed < seeds; ++seed) {
    const auto tree = RandomTree(seed).make();
    const auto toml = toml_text(tree);
    INFO("seed " << seed << "\n" << toml);
    const auto meaning = judged(tree);

    const auto from_toml = toml_tree(toml);
    REQUIRE(same(node_of(from_toml), node_of(tree)));
    REQUIRE(judged(from_toml) == meaning);

    for (const auto& json : {json_text(node_of(tree)), compact_json_text(node_of(tree))}) {
      const auto from_json = json_tree(json);
      REQUIRE(same(node_of(from_json), node_of(tree)));
      REQUIRE(judged(from_json) == meaning);
    }
  }
}

TEST_CASE("A tree that was shown without its secrets and written back is the same") {
  for (unsigned seed = 0; seed < seeds; ++seed) {
    const auto tree = RandomTree(seed).make();
    INFO("seed " << seed);
    auto back = json_tree(json_text(node_of(concealed(tree))));
    REQUIRE(keep_secrets(back, tree).has_value());
    REQUIRE(difference(tree, back).empty());
  }
}

}  // namespace
}  // namespace failover::tests
