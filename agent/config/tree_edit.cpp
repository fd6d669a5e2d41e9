#include "agent/config/tree_edit.hpp"

#include <algorithm>
#include <span>

namespace failover::config {
namespace {

using Names = std::span<const std::string>;

// The part of the path that leads to something other than a table; empty when there is none.
Names blocked(const Table& root, Names path) {
  const Table* table = &root;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const Member* const member = find(*table, path[i]);
    if (member == nullptr) return {};
    table = std::get_if<Table>(&member->node.value);
    if (table == nullptr) return path.first(i + 1);
  }
  return {};
}

// The member of that name, made when it is not there.
Node& member_of(Table& table, const std::string& name) {
  auto place = std::ranges::lower_bound(table, name, {}, &Member::name);
  if (place == table.end() || place->name != name)
    place =
        table.insert(place, {.name = name, .place = {}, .node = {.place = {}, .value = Table{}}});
  return place->node;
}

Node patched(Node* target, const Node& patch);

// Both are in the order of names, so one walk through both of them does it.
Table patched_table(Table target, const Table& patch) {
  Table result;
  auto left = target.begin();
  for (const Member& change : patch) {
    while (left != target.end() && left->name < change.name) result.push_back(std::move(*left++));
    Node* const old = left != target.end() && left->name == change.name ? &left->node : nullptr;
    if (!std::holds_alternative<Null>(change.node.value))
      result.push_back(
          {.name = change.name, .place = change.place, .node = patched(old, change.node)});
    if (old != nullptr) ++left;
  }
  std::move(left, target.end(), std::back_inserter(result));
  return result;
}

Node patched(Node* target, const Node& patch) {
  const auto* const changes = std::get_if<Table>(&patch.value);
  if (changes == nullptr) return patch;
  auto* const old = target == nullptr ? nullptr : std::get_if<Table>(&target->value);
  return {.place = patch.place,
          .value = patched_table(old == nullptr ? Table{} : std::move(*old), *changes)};
}

}  // namespace

const Node* at(const Table& root, const TreePath& path) {
  const Table* table = &root;
  const Node* node = nullptr;
  for (const std::string& name : path) {
    const Member* const member = table == nullptr ? nullptr : find(*table, name);
    if (member == nullptr) return nullptr;
    node = &member->node;
    table = std::get_if<Table>(&node->value);
  }
  return node;
}

Result<void, std::string> put(Table& root, const TreePath& path, Node node) {
  if (path.empty()) {
    auto* const table = std::get_if<Table>(&node.value);
    if (table == nullptr)
      return failure("the configuration as a whole must be a table, not " +
                     std::string(node.type_name()));
    root = std::move(*table);
    return {};
  }
  if (const auto way = blocked(root, path); !way.empty()) {
    const TreePath where(way.begin(), way.end());
    return failure(path_text(where) + " is " + std::string(at(root, where)->type_name()) +
                   ", not a table, and has no " + path_text({path[way.size()]}) +
                   "; remove it first");
  }
  Table* table = &root;
  for (const std::string& name : Names(path).first(path.size() - 1))
    table = &std::get<Table>(member_of(*table, name).value);
  member_of(*table, path.back()) = std::move(node);
  return {};
}

bool erase(Table& root, const TreePath& path) {
  if (at(root, path) == nullptr) return false;
  Table* table = &root;
  for (const std::string& name : Names(path).first(path.size() - 1))
    table = &std::get<Table>(member_of(*table, name).value);
  table->erase(std::ranges::lower_bound(*table, path.back(), {}, &Member::name));
  return true;
}

void merge_patch(Node& target, const Node& patch) { target = patched(&target, patch); }

}  // namespace failover::config
