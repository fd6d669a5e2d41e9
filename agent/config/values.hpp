#pragma once
// Making and reading trees that are no configuration: what the agent keeps of one, and what it says
// of changes.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "agent/config/tree.hpp"

namespace failover::config {

// A new member, in its place.
void add(Table& table, std::string name, Node value);
[[nodiscard]] Node text_value(std::string_view text);
[[nodiscard]] Node number_value(std::int64_t number);
[[nodiscard]] Node truth_value(bool truth);
[[nodiscard]] Node null_value();
[[nodiscard]] Node table_value(Table table);

// Nothing when there is none of that name and type.
template <class Value>
[[nodiscard]] const Value* find_value(const Table& table, std::string_view name) {
  const Member* const member = find(table, name);
  return member == nullptr ? nullptr : std::get_if<Value>(&member->node.value);
}
// Empty, 0, false when there is none.
[[nodiscard]] std::string_view text_at(const Table& table, std::string_view name);
[[nodiscard]] std::int64_t number_at(const Table& table, std::string_view name);
[[nodiscard]] bool truth_at(const Table& table, std::string_view name);

}  // namespace failover::config
