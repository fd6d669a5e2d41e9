#include "agent/config/schema_description.hpp"

#include <regex>

#include "agent/config/root_keys.hpp"

namespace failover::config {
namespace {

Description describe_configuration() {
  Description root;
  // Readers that are describing look at neither: there is no value to be right or wrong.
  const Node nothing{.place = {}, .value = false};
  const KeyPath path;
  ErrorList errors;
  const Value value{nothing, path, errors, &root};
  Tables tables;
  read_tables(value, tables);
  return root;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

const Description* step(const Description& from, std::string_view name) {
  const auto member = std::ranges::find(from.members, name, &Description::name);
  if (member != from.members.end()) return &*member;
  if (from.entry != nullptr)
    return std::regex_search(std::string(name), std::regex(from.entry_pattern)) ? from.entry.get()
                                                                                : nullptr;
  return from.element != nullptr && is_number(name) ? from.element.get() : nullptr;
}

}  // namespace

bool Description::is(Kind kind) const { return std::ranges::find(kinds, kind) != kinds.end(); }

const Description& configuration_schema() {
  static const Description root = describe_configuration();
  return root;
}

const Description* describe(const Description& root, std::span<const std::string_view> path) {
  const Description* place = &root;
  for (const std::string_view name : path) {
    place = step(*place, name);
    if (place == nullptr) return nullptr;
  }
  return place;
}

std::vector<std::string> known_keys(const Description& table) {
  std::vector<std::string> names;
  for (const Description& member : table.members) names.push_back(member.name);
  std::ranges::sort(names);
  return names;
}

}  // namespace failover::config
