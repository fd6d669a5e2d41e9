#pragma once
// Places in the tree that are known by a pattern: every router's password, wherever it is.

#include <functional>
#include <span>
#include <string_view>

#include "agent/config/key_path.hpp"
#include "agent/config/tree.hpp"
#include "agent/config/tree_path.hpp"

namespace failover::config {

// Names from the root down. "*" is any name; "[]" is each element of an array.
using PlacePattern = std::span<const std::string_view>;

// What stands at such a place, of whatever type. path: the index of an element is a name there;
// shown: the same for messages, the index in brackets.
using PlaceVisitor = std::function<void(const TreePath& path, const KeyPath& shown, Node& node)>;

void visit_places(Table& root, PlacePattern pattern, const PlaceVisitor& visitor);

}  // namespace failover::config
