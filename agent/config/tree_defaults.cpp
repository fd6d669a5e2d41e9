#include "agent/config/tree_defaults.hpp"

#include <algorithm>
#include <array>

#include "agent/config/duration_text.hpp"
#include "agent/config/json_document.hpp"
#include "agent/config/schema_description.hpp"
#include "agent/config/values.hpp"
#include "protocol/assert.hpp"
#include "protocol/limits.hpp"

namespace failover::config {
namespace {

// A router that names a group has none of the group's keys.
bool is_of_group(const std::string& key) {
  constexpr std::array<std::string_view, 2> any_group{"group", "any"};
  const Description& group = *describe(configuration_schema(), any_group);
  return std::ranges::count(group.members, key, &Description::name) > 0;
}

// Whether the key may stand in the table, as far as that depends on others.
bool may_stand_in(const Description& key, const Table& table) {
  if (!text_at(table, "group").empty() && is_of_group(key.name)) return false;
  if (key.name == "max_hops") return find(table, "peers") != nullptr;
  if (key.name == "checksum") return number_at(table, "version") != 2;
  return key.types.empty() || std::ranges::count(key.types, text_at(table, "type")) > 0;
}

bool needs_something(const Description& table) {
  return std::ranges::any_of(table.members, [](const Description& member) {
    return member.presence != Presence::optional;
  });
}

void fill(Table& table, const Description& place);

void fill(Node& node, const Description& place) {
  if (auto* const table = std::get_if<Table>(&node.value)) fill(*table, place);
  if (auto* const array = std::get_if<Array>(&node.value); array && place.element)
    for (Node& element : *array) fill(element, *place.element);
}

// Two keys of tracks depend on others: `rise` on whether the kernel tells, when there is no `fall`,
// and `timeout` on the interval, which no check is longer than.
Node usual_of(const Description& key, const Description& place, const Table& table) {
  const auto fall = std::ranges::find(place.members, "fall", &Description::name);
  if (key.name == "rise" && fall != place.members.end() && !may_stand_in(*fall, table))
    return number_value(limits::track_rise_told_default);
  const auto interval = parse_duration(text_at(table, "interval"));
  auto usual = parse_json(key.default_json, 0);
  promise(usual.has_value());
  if (key.name != "timeout" || !interval) return std::move(*usual);
  const auto* const written = std::get_if<Secret>(&usual->value);
  const auto timeout = written != nullptr ? parse_duration(characters(*written)) : std::nullopt;
  return timeout && *timeout > *interval ? find(table, "interval")->node : std::move(*usual);
}

void add_default(Table& table, const Description& place, const Description& key) {
  if (!key.default_json.empty()) return add(table, key.name, usual_of(key, place, table));
  if (!key.is(Kind::table) || needs_something(key)) return;
  Table inner;
  fill(inner, key);
  if (!inner.empty()) add(table, key.name, table_value(std::move(inner)));
}

void fill(Table& table, const Description& place) {
  for (Member& member : table) {
    const std::array<std::string_view, 1> name{member.name};
    if (const Description* const known = describe(place, name)) fill(member.node, *known);
  }
  for (const Description& key : place.members)
    if (find(table, key.name) == nullptr && may_stand_in(key, table))
      add_default(table, place, key);
}

}  // namespace

Table with_defaults(Table tree) {
  fill(tree, configuration_schema());
  return tree;
}

}  // namespace failover::config
