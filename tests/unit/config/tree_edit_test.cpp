// Changing and comparing trees.

#include "agent/config/tree_edit.hpp"

#include "agent/config/tree_difference.hpp"
#include "tests/unit/config/trees.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

std::string text_of(Table tree) { return compact_json_text(node_of(std::move(tree))); }

TEST_CASE("A value is found by its path, and nothing where there is none") {
  const auto tree = json_tree(R"({"a": {"b": 1}, "c": [1]})");
  CHECK(std::get<std::int64_t>(at(tree, {"a", "b"})->value) == 1);
  CHECK(at(tree, {"a"})->type_name() == "a table");
  CHECK(at(tree, {"a", "x"}) == nullptr);
  CHECK(at(tree, {"a", "b", "x"}) == nullptr);
  CHECK(at(tree, {"c", "0"}) == nullptr);
  CHECK(at(tree, {}) == nullptr);
}

TEST_CASE("Putting a value makes the tables on the way and keeps the order of names") {
  auto tree = json_tree(R"({"b": {"x": 1}})");
  REQUIRE(put(tree, {"c"}, node_of(3)));
  REQUIRE(put(tree, {"a", "z", "y"}, node_of("t")));
  REQUIRE(put(tree, {"b", "a"}, node_of(2)));
  REQUIRE(put(tree, {"b", "x"}, node_of(Table{})));
  CHECK(text_of(tree) == R"({"a":{"z":{"y":"t"}},"b":{"a":2,"x":{}},"c":3})");
}

TEST_CASE("The empty path is the whole tree, which must be a table") {
  auto tree = json_tree(R"({"a": 1})");
  REQUIRE_FALSE(put(tree, {}, node_of(1)));
  CHECK(text_of(tree) == R"({"a":1})");
  REQUIRE(put(tree, {}, json_node(R"({"b": 2})")));
  CHECK(text_of(tree) == R"({"b":2})");
  CHECK_FALSE(erase(tree, {}));
}

TEST_CASE("Nothing is put below what is no table, and nothing is changed then") {
  auto tree = json_tree(R"({"a": {"b": 1}})");
  const auto done = put(tree, {"a", "b", "c", "d"}, node_of(2));
  REQUIRE_FALSE(done);
  CHECK(done.error() == "a.b is an integer, not a table, and has no c; remove it first");
  CHECK(text_of(tree) == R"({"a":{"b":1}})");
}

TEST_CASE("Only what is named is removed, and the tables above stay") {
  auto tree = json_tree(R"({"a": {"b": {"c": 1}}, "d": 2})");
  CHECK(erase(tree, {"a", "b", "c"}));
  CHECK(text_of(tree) == R"({"a":{"b":{}},"d":2})");
  CHECK_FALSE(erase(tree, {"a", "b", "c"}));
  CHECK_FALSE(erase(tree, {"d", "x"}));
  CHECK(erase(tree, {"a"}));
  CHECK(text_of(tree) == R"({"d":2})");
}

struct Patch {
  std::string_view target;
  std::string_view patch;
  std::string_view result;
};

TEST_CASE("A merge patch does what the examples of RFC 7396 appendix A do") {
  constexpr std::array examples{
      Patch{R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      Patch{R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      Patch{R"({"a":"b"})", R"({"a":null})", R"({})"},
      Patch{R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      Patch{R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      Patch{R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      Patch{R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      Patch{R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      Patch{R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      Patch{R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      Patch{R"({"a":"foo"})", R"(null)", R"(null)"},
      Patch{R"({"a":"foo"})", R"("bar")", R"("bar")"},
      Patch{R"({"e":null})", R"({"a":1})", R"({"a":1,"e":null})"},
      Patch{R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      Patch{R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const Patch& example : examples) {
    INFO(example.target << " and " << example.patch);
    auto node = json_node(example.target);
    merge_patch(node, json_node(example.patch));
    CHECK(compact_json_text(node) == example.result);
  }
}

TEST_CASE("A merge patch keeps the order of names and everything that it does not name") {
  auto node = json_node(R"({"b":{"x":1},"d":4,"f":6})");
  merge_patch(node, json_node(R"({"a":1,"b":{"w":0,"y":2},"c":3,"f":null,"g":7})"));
  CHECK(compact_json_text(node) == R"({"a":1,"b":{"w":0,"x":1,"y":2},"c":3,"d":4,"g":7})");
}

TEST_CASE("Values are the same wherever they stand, and only of the same type") {
  CHECK(same(node_of(toml_tree("\n\na = [1, {b = 2}]")), json_node(R"({"a":[1,{"b":2}]})")));
  constexpr std::array<std::string_view, 12> different{
      "true", "false", "1", "2", "1.0", "\"1\"", "null", "[]", "[1]", "[1,1]", "{}", R"({"a":1})"};
  for (const auto left : different)
    for (const auto right : different) {
      INFO(left << " and " << right);
      CHECK(same(json_node(left), json_node(right)) == (left == right));
    }
}

// A line for each change: "PATH BEFORE AFTER".
std::string difference_text(std::string_view before, std::string_view after) {
  const auto left = json_tree(before);
  const auto right = json_tree(after);
  std::string text;
  for (const TreeChange& change : difference(left, right)) {
    text += change.path;
    for (const Node* const node : {change.before, change.after})
      text += " " + (node == nullptr ? "-" : compact_json_text(*node));
    text += '\n';
  }
  return text;
}

TEST_CASE("Trees are compared leaf by leaf, in the order of paths") {
  CHECK(difference_text(R"({"a":{"b":1,"c":[1],"e":2},"z":{}})",
                        R"({"a":{"b":1,"c":[1,2],"d":{"e.f":{}}},"y":{"x":"1"},"z":{}})") ==
        "a.c [1] [1,2]\n"
        "a.d.\"e.f\" - {}\n"
        "a.e 2 -\n"
        "y.x - \"1\"\n");
  CHECK(difference_text(R"({"a":{"b":1}})", R"({"a":{"b":1}})").empty());
  CHECK(difference_text(R"({"a":1})", R"({"a":{"b":1}})") == "a 1 -\na.b - 1\n");
  CHECK(difference_text(R"({"a":{}})", R"({})") == "a {} -\n");
}

}  // namespace
}  // namespace failover::tests
