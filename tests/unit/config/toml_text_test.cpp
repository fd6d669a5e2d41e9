// A tree as a TOML document.

#include "agent/config/toml_text.hpp"

#include "agent/config/tree_difference.hpp"
#include "tests/unit/config/trees.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

void check_read_back(const Table& tree) {
  const auto text = toml_text(tree);
  INFO(text);
  CHECK(same(node_of(toml_tree(text)), node_of(tree)));
}

TEST_CASE("Tables with values of their own, and empty ones, get a header, and names are quoted") {
  const auto tree = json_tree(
      R"({"agent": {"node": "lb1"}, "group": {"web": {"hooks": {}, "mode": "hot"}},
          "interface": {"eth0.100": {"carp": {"10": {"advskew": 3,
            "addresses": ["10.0.0.1", {"address": "10.0.0.2", "advertise": false}]}}}}})");
  CHECK(toml_text(tree) ==
        "[agent]\n"
        "node = \"lb1\"\n"
        "\n"
        "[group.web]\n"
        "mode = \"hot\"\n"
        "\n"
        "[group.web.hooks]\n"
        "\n"
        "[interface.\"eth0.100\".carp.10]\n"
        "addresses = [\"10.0.0.1\", { address = \"10.0.0.2\", advertise = false }]\n"
        "advskew = 3\n");
  check_read_back(tree);
}

TEST_CASE("An empty tree is an empty text") { CHECK(toml_text({}).empty()); }

TEST_CASE("Texts and names with every character are read back") {
  std::string every;
  for (char letter = 0; letter != 0x7f; ++letter) every += letter;
  every += "\x7f\u0080\u00e4\u2028\U0001f600";
  Table tree;
  tree.push_back({.name = every, .place = {}, .node = node_of(every)});
  check_read_back(tree);
  tree.front().name = "";
  check_read_back(tree);
}

TEST_CASE("Texts and names with many dots are read back") {
  const std::string dots(5'000, '.');
  Table tree;
  tree.push_back({.name = dots, .place = {}, .node = node_of(dots)});
  check_read_back(tree);
}

TEST_CASE("The ends of all ranges of numbers are read back") {
  check_read_back(json_tree(R"({"a": -9223372036854775808, "b": 9223372036854775807, "c": 1e300,
                                "d": 0.1, "e": -2.2250738585072014e-308, "f": 5e-324, "g": 1.0})"));
  check_read_back(toml_tree("a = inf\nb = -inf\nc = nan\nd = 1979-05-27T07:32:00Z"));
}

TEST_CASE("Tables inside arrays inside tables are read back") {
  check_read_back(json_tree(R"({"a": [[], {}, [{"b": [{"c.d": {"e": {}}}]}]], "f": {"g": {}}})"));
}

TEST_CASE("As many levels as JSON may have are read back") {
  std::string text;
  for (int level = 0; level < 64; ++level) text += "{\"a.b.c\":";
  text.resize(text.size() - std::string_view("{\"a.b.c\":").size());
  text += "1" + std::string(63, '}');
  check_read_back(json_tree(text));
}

TEST_CASE("What is null is left out") {
  CHECK(toml_text(json_tree(R"({"a": null, "b": [1, null], "c": [{"d": null, "e": 1}]})")) ==
        "b = [1]\nc = [{ e = 1 }]\n");
}

}  // namespace
}  // namespace failover::tests
