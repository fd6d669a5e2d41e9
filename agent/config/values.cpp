#include "agent/config/values.hpp"

#include "agent/config/tree_edit.hpp"
#include "protocol/assert.hpp"

namespace failover::config {

void add(Table& table, std::string name, Node value) {
  promise(put(table, {std::move(name)}, std::move(value)).has_value());
}

Node text_value(std::string_view text) { return {.place = {}, .value = Secret(text)}; }
Node number_value(std::int64_t number) { return {.place = {}, .value = number}; }
Node truth_value(bool truth) { return {.place = {}, .value = truth}; }
Node null_value() { return {.place = {}, .value = Null{}}; }
Node table_value(Table table) { return {.place = {}, .value = std::move(table)}; }

std::string_view text_at(const Table& table, std::string_view name) {
  const auto* const text = find_value<Secret>(table, name);
  return text == nullptr ? std::string_view() : characters(*text);
}

std::int64_t number_at(const Table& table, std::string_view name) {
  const auto* const number = find_value<std::int64_t>(table, name);
  return number == nullptr ? 0 : *number;
}

bool truth_at(const Table& table, std::string_view name) {
  const auto* const truth = find_value<bool>(table, name);
  return truth != nullptr && *truth;
}

}  // namespace failover::config
