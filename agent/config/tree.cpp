#include "agent/config/tree.hpp"

#include <algorithm>
#include <array>

namespace failover::config {
namespace {

void merge_member(Member& into, Member& from, const KeyPath& parent, ErrorList& errors) {
  const KeyPath path(parent, into.name);
  auto* const left = std::get_if<Table>(&into.node.value);
  auto* const right = std::get_if<Table>(&from.node.value);
  if (left != nullptr && right != nullptr) {
    merge(*left, std::move(*right), path, errors);
    return;
  }
  const auto other = errors.place_text(into.node.place);
  if (left == nullptr && right == nullptr)
    errors.add(from.node.place, path.text(), "set twice; it is already set at " + other);
  else
    errors.add(from.node.place, path.text(),
               std::string(from.node.type_name()) + " here, but " +
                   std::string(into.node.type_name()) + " at " + other);
}

}  // namespace

std::string_view Node::type_name() const {
  constexpr std::array<std::string_view, 8> names{"a boolean", "an integer",     "a float",
                                                  "a string",  "a date or time", "null",
                                                  "an array",  "a table"};
  static_assert(names.size() == std::variant_size_v<decltype(value)>);
  return names.at(value.index());
}

std::string_view characters(const Secret& text) {
  return {reinterpret_cast<const char*>(text.bytes().data()), text.bytes().size()};
}

const Member* find(const Table& table, std::string_view name) {
  const auto found = std::ranges::lower_bound(table, name, {}, &Member::name);
  return found != table.end() && found->name == name ? &*found : nullptr;
}

void merge(Table& into, Table from, const KeyPath& path, ErrorList& errors) {
  Table merged;
  merged.reserve(into.size() + from.size());
  auto left = into.begin();
  auto right = from.begin();
  while (left != into.end() && right != from.end()) {
    if (right->name < left->name) {
      merged.push_back(std::move(*right++));
      continue;
    }
    if (left->name == right->name) merge_member(*left, *right++, path, errors);
    merged.push_back(std::move(*left++));
  }
  std::move(left, into.end(), std::back_inserter(merged));
  std::move(right, from.end(), std::back_inserter(merged));
  into = std::move(merged);
}

}  // namespace failover::config
