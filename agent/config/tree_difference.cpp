#include "agent/config/tree_difference.hpp"

#include <algorithm>
#include <cmath>

namespace failover::config {
namespace {

bool same_values(bool left, bool right) { return left == right; }
bool same_values(std::int64_t left, std::int64_t right) { return left == right; }
bool same_values(double left, double right) {
  return left == right || (std::isnan(left) && std::isnan(right));
}
bool same_values(const Secret& left, const Secret& right) { return left == right; }
bool same_values(DateTime, DateTime) { return true; }
bool same_values(Null, Null) { return true; }
bool same_values(const Array& left, const Array& right) {
  return std::ranges::equal(left, right, same);
}
bool same_values(const Table& left, const Table& right) {
  return std::ranges::equal(left, right, [](const Member& one, const Member& other) {
    return one.name == other.name && same(one.node, other.node);
  });
}

struct Leaf {
  TreePath path;
  const Node* node;
};

// In the order of paths, as tables are in the order of names.
void collect(const Table& table, TreePath& path, std::vector<Leaf>& leaves) {
  for (const Member& member : table) {
    path.push_back(member.name);
    const auto* const inner = std::get_if<Table>(&member.node.value);
    if (inner != nullptr && !inner->empty())
      collect(*inner, path, leaves);
    else
      leaves.push_back({path, &member.node});
    path.pop_back();
  }
}

std::vector<Leaf> leaves_of(const Table& table) {
  TreePath path;
  std::vector<Leaf> leaves;
  collect(table, path, leaves);
  return leaves;
}

}  // namespace

bool same(const Node& left, const Node& right) {
  if (left.value.index() != right.value.index()) return false;
  return std::visit(
      [&right](const auto& value) {
        return same_values(value, std::get<std::decay_t<decltype(value)>>(right.value));
      },
      left.value);
}

std::vector<TreeChange> difference(const Table& before, const Table& after) {
  const auto left_leaves = leaves_of(before);
  const auto right_leaves = leaves_of(after);
  std::vector<TreeChange> changes;
  auto left = left_leaves.begin();
  auto right = right_leaves.begin();
  while (left != left_leaves.end() || right != right_leaves.end()) {
    const bool only_left =
        right == right_leaves.end() || (left != left_leaves.end() && left->path < right->path);
    const bool only_right = !only_left && (left == left_leaves.end() || right->path < left->path);
    const Node* const old = only_right ? nullptr : left->node;
    const Node* const now = only_left ? nullptr : right->node;
    const TreePath& path = only_right ? right->path : left->path;
    if (old == nullptr || now == nullptr || !same(*old, *now))
      changes.push_back({.path = path_text(path), .before = old, .after = now, .names = path});
    if (!only_right) ++left;
    if (!only_left) ++right;
  }
  return changes;
}

}  // namespace failover::config
