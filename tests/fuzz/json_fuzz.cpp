// JSON as a notation of the configuration. What is refused is refused with a place and in a text
// that is safe to print; what is accepted is within bounds, and is the same when it is written, in
// either layout or as TOML, and read again.

#include <algorithm>

#include "agent/config/json_document.hpp"
#include "agent/config/toml_document.hpp"
#include "agent/config/toml_text.hpp"
#include "agent/config/tree_difference.hpp"
#include "agent/config/tree_edit.hpp"
#include "protocol/limits.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

using config::Array;
using config::Node;
using config::Null;
using config::Table;

std::size_t depth_of(const Node& node) {
  std::size_t deepest = 0;
  if (const auto* const array = std::get_if<Array>(&node.value)) {
    for (const Node& element : *array) deepest = std::max(deepest, depth_of(element));
    return deepest + 1;
  }
  const auto* const table = std::get_if<Table>(&node.value);
  if (table == nullptr) return 0;
  for (const auto& member : *table) deepest = std::max(deepest, depth_of(member.node));
  return deepest + 1;
}

bool is_in_order(const Node& node) {
  if (const auto* const array = std::get_if<Array>(&node.value))
    return std::ranges::all_of(*array, is_in_order);
  const auto* const table = std::get_if<Table>(&node.value);
  if (table == nullptr) return true;
  return std::ranges::adjacent_find(*table, std::greater_equal<>(), &config::Member::name) ==
             table->end() &&
         std::ranges::all_of(*table, is_in_order, &config::Member::node);
}

bool has_null(const Node& node) {
  if (const auto* const array = std::get_if<Array>(&node.value))
    return std::ranges::any_of(*array, has_null);
  const auto* const table = std::get_if<Table>(&node.value);
  if (table == nullptr) return std::holds_alternative<Null>(node.value);
  return std::ranges::any_of(*table, has_null, &config::Member::node);
}

void check_refusal(const config::SyntaxError& error, std::string_view json) {
  must(!error.message.empty() && !has_control(error.message), "a refusal says why, safely",
       error.message);
  const auto lines = 1 + std::ranges::count(json, '\n');
  must(error.place.line >= 1 && error.place.line <= lines && error.place.column >= 1 &&
           error.place.column <= json.size() + 1,
       "a refusal has a place in the text", json);
}

void check_toml(const Node& node) {
  const auto* const table = std::get_if<Table>(&node.value);
  if (table == nullptr || has_null(node)) return;
  const auto text = config::toml_text(*table);
  const auto again = config::parse_toml(text, 0);
  must(again && config::same({.place = {}, .value = *again}, node),
       "a tree is read from TOML as it is written", text);
}

// A patch with the whole is the whole, without what is null in it.
void check_patch(const Node& node) {
  Node patched{.place = {}, .value = Table{}};
  config::merge_patch(patched, node);
  must(is_in_order(patched), "a patched tree has its names in order, each once");
  if (!has_null(node)) must(config::same(patched, node), "a patch of nothing is the patch");
}

void check(std::string_view json) {
  const auto node = config::parse_json(json, 0);
  if (!node) return check_refusal(node.error(), json);
  must(depth_of(*node) <= limits::configuration_depth, "what is accepted is not too deep", json);
  must(is_in_order(*node), "names are in order, each once", json);
  for (const auto& text : {config::json_text(*node), config::compact_json_text(*node)}) {
    const auto again = config::parse_json(text, 0);
    must(again && config::same(*again, *node), "a tree is read as it is written", text);
  }
  check_toml(*node);
  check_patch(*node);
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  failover::fuzz::check(failover::fuzz::text_of({data, size}));
  return 0;
}
