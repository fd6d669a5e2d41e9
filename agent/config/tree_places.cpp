#include "agent/config/tree_places.hpp"

namespace failover::config {
namespace {

struct Walk {
  const PlaceVisitor& visitor;
  TreePath path = {};

  // The rest of the pattern leads on from the node, whose own name is this.
  void go(const std::string& name, const KeyPath& shown, Node& node, PlacePattern rest) {
    path.push_back(name);
    if (rest.empty())
      visitor(path, shown, node);
    else if (auto* const table = std::get_if<Table>(&node.value))
      go_on(*table, shown, rest);
    else if (auto* const array = std::get_if<Array>(&node.value))
      go_on(*array, shown, rest);
    path.pop_back();
  }

  void go_on(Table& table, const KeyPath& shown, PlacePattern pattern) {
    for (Member& member : table)
      if (pattern.front() == "*" || pattern.front() == member.name)
        go(member.name, KeyPath(shown, member.name), member.node, pattern.subspan(1));
  }

  void go_on(Array& array, const KeyPath& shown, PlacePattern pattern) {
    if (pattern.front() != "[]") return;
    for (std::size_t i = 0; i < array.size(); ++i)
      go(std::to_string(i), KeyPath(shown, i), array[i], pattern.subspan(1));
  }
};

}  // namespace

void visit_places(Table& root, PlacePattern pattern, const PlaceVisitor& visitor) {
  Walk{.visitor = visitor}.go_on(root, KeyPath(), pattern);
}

}  // namespace failover::config
