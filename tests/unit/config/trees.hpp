#pragma once
// Trees for tests, from texts.

#include "agent/config/json_document.hpp"
#include "agent/config/toml_document.hpp"
#include "tests/unit/config/texts.hpp"

namespace failover::config::test {

// The tree of a text that must be right.
inline Table toml_tree(std::string_view text) {
  auto tree = parse_toml(text, 0);
  INFO((tree ? std::string() : tree.error().message));
  REQUIRE(tree.has_value());
  return std::move(*tree);
}

inline Node json_node(std::string_view text) {
  auto node = parse_json(text, 0);
  INFO((node ? std::string() : node.error().message));
  REQUIRE(node.has_value());
  return std::move(*node);
}

inline Table json_tree(std::string_view text) { return std::get<Table>(json_node(text).value); }

inline Node node_of(Table table) { return {.place = {}, .value = std::move(table)}; }
inline Node node_of(std::string_view text) { return {.place = {}, .value = Secret(text)}; }
inline Node node_of(std::int64_t number) { return {.place = {}, .value = number}; }

// "LINE:COLUMN: MESSAGE"; empty when the text is right.
inline std::string json_error(std::string_view text) {
  const auto node = parse_json(text, 0);
  if (node) return {};
  const auto& error = node.error();
  return std::to_string(error.place.line) + ":" + std::to_string(error.place.column) + ": " +
         error.message;
}

}  // namespace failover::config::test
