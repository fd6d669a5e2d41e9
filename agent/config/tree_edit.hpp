#pragma once
// Changing a tree. What comes of it is judged afterwards, as a whole.

#include <string>

#include "agent/config/tree.hpp"
#include "agent/config/tree_path.hpp"
#include "protocol/result.hpp"

namespace failover::config {

// Nothing when there is no such value. The root is no value, so the empty path has none.
[[nodiscard]] const Node* at(const Table& root, const TreePath& path);

// Makes the tables on the way. An error, and no change, when something on the way is no table; the
// empty path takes a table only.
[[nodiscard]] Result<void, std::string> put(Table& root, const TreePath& path, Node node);

// False when there is nothing to remove. The tables above stay, empty as they may be.
[[nodiscard]] bool erase(Table& root, const TreePath& path);

// RFC 7396: tables are merged, null removes, everything else replaces.
void merge_patch(Node& target, const Node& patch);

}  // namespace failover::config
