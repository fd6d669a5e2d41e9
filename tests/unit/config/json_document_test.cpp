// JSON as a notation of the configuration: what is read, what is refused and where, what is
// written.

#include "protocol/limits.hpp"
#include "tests/unit/config/trees.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

TEST_CASE("Every value of JSON becomes a value of the tree") {
  const auto tree = json_tree(
      R"({"t": true, "i": -9223372036854775808, "f": 1.5, "s": "\u00e4\"", "n": null,
          "a": [1, [], {}], "o": {"z": 1, "b": 2}})");
  const auto type = [&](std::string_view name) { return find(tree, name)->node.type_name(); };
  CHECK(type("t") == "a boolean");
  CHECK(type("i") == "an integer");
  CHECK(type("f") == "a float");
  CHECK(type("s") == "a string");
  CHECK(type("n") == "null");
  CHECK(type("a") == "an array");
  CHECK(type("o") == "a table");
  CHECK(characters(std::get<Secret>(find(tree, "s")->node.value)) == "\u00e4\"");
  CHECK(std::get<Table>(find(tree, "o")->node.value).front().name == "b");
}

TEST_CASE("A scalar is a document, too") {
  CHECK(std::get<std::int64_t>(json_node(" 7 ").value) == 7);
}

TEST_CASE("The file of a place is the one that was given, and its line is 0") {
  const auto node = parse_json("{\n\"a\": 1}", 3);
  REQUIRE(node.has_value());
  CHECK(node->place == Place{.file = 3});
  CHECK(std::get<Table>(node->value).front().place == Place{.file = 3});
}

TEST_CASE("A syntax error has its line and column") {
  CHECK(json_error("{\n  \"a\": ]\n}") ==
        "2:8: syntax error while parsing value - unexpected ']'; expected '[', '{', or a literal");
  CHECK(json_error("{\"a\" 1}") ==
        "1:6: syntax error while parsing object separator - unexpected number literal; "
        "expected ':'");
  CHECK(json_error("").starts_with("1:1: syntax error"));
  CHECK(json_error("1 2").starts_with("1:3: syntax error"));
  CHECK(json_error("{} // comment").starts_with("1:4: syntax error"));
}

TEST_CASE("No syntax error quotes what may be half a password") {
  for (const std::string_view text :
       {R"({"password": "hunter2)", R"({"password": "hunter2\q"})", R"({"password": hunter2})",
        "{\"password\": \"hunter2\n\"}", "{\"password\": \"hunter2\xff\"}",
        R"({"password": "hunter2" "x"})"}) {
    INFO(text);
    CHECK_FALSE(json_error(text).empty());
    CHECK(json_error(text).find("hunter") == std::string::npos);
  }
}

TEST_CASE("Only UTF-8 is read") {
  CHECK(json_error("\"\xc3\xa4\"").empty());
  for (const std::string_view text : {"\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\\ud800\""})
    CHECK(json_error(text).starts_with("1:"));
}

TEST_CASE("A name that stands twice in its object is refused with its path") {
  CHECK(json_error(R"({"group": {"w.b": [1, {"mode": 1, "mode": 2}]}})") ==
        "1:40: group.\"w.b\"[1].mode stands twice; a name is accepted once in its object");
}

TEST_CASE("An integer that does not fit 64 bits is refused, not rounded") {
  CHECK(json_error("9223372036854775807").empty());
  CHECK(json_error("-9223372036854775808").empty());
  for (const std::string_view number :
       {"9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e999"})
    CHECK(json_error("{\"a\": " + std::string(number) + "}").find("does not fit 64 bits") !=
          std::string::npos);
  CHECK(json_error("{\"a\": 9223372036854775808}").find("a: the number") != std::string::npos);
}

TEST_CASE("64 levels are read, and not one more") {
  CHECK(json_error(nested(limits::configuration_depth)).empty());
  CHECK(json_error(nested(limits::configuration_depth + 1)) ==
        "1:65: nested too deeply; accepted: at most 64 levels");
}

TEST_CASE("A MiB of brackets takes no stack") {
  constexpr std::size_t bytes = std::size_t{1024} * 1024;
  CHECK(json_error(std::string(bytes, '[')).find("nested too deeply") != std::string::npos);
  std::string objects;
  while (objects.size() < bytes) objects += "{\"a\":";
  CHECK(json_error(objects).find("nested too deeply") != std::string::npos);
}

TEST_CASE("JSON is written with two spaces a level, names in order, arrays of scalars in a line") {
  const auto node = json_node(
      R"({"b": {"y": [1, "x", true], "x": {}}, "a": [[1], {"k": 2.0}],
          "c": [], "d": "\n\"\u007f"})");
  CHECK(json_text(node) ==
        "{\n"
        "  \"a\": [\n"
        "    [1],\n"
        "    {\n"
        "      \"k\": 2.0\n"
        "    }\n"
        "  ],\n"
        "  \"b\": {\n"
        "    \"x\": {},\n"
        "    \"y\": [1, \"x\", true]\n"
        "  },\n"
        "  \"c\": [],\n"
        "  \"d\": \"\\u000a\\\"\\u007f\"\n"
        "}\n");
}

TEST_CASE("Compact JSON is one line without spaces") {
  CHECK(compact_json_text(json_node(R"({"b": [1, {"c": null}], "a": -0.5})")) ==
        R"({"a":-0.5,"b":[1,{"c":null}]})");
}

TEST_CASE("What JSON has no word for is written as null") {
  CHECK(compact_json_text(node_of(toml_tree("a = inf\nb = nan\nc = 1979-05-27"))) ==
        R"({"a":null,"b":null,"c":null})");
}

}  // namespace
}  // namespace failover::tests
