#pragma once
// What has changed between two trees, value by value.

#include <string>
#include <vector>

#include "agent/config/tree.hpp"
#include "agent/config/tree_path.hpp"

namespace failover::config {

// Whether two values are the same, wherever they stand.
[[nodiscard]] bool same(const Node& left, const Node& right);

struct TreeChange {
  std::string path;              // as path_text() has it
  const Node* before = nullptr;  // nothing: added
  const Node* after = nullptr;   // nothing: removed
  TreePath names = {};           // the same path; concealed_at() wants it
};

// In the order of paths; of scalars, arrays, and tables that are empty. Points into both trees.
// Secrets are compared as well, so what is shown of a change goes through concealed_at().
[[nodiscard]] std::vector<TreeChange> difference(const Table& before, const Table& after);

}  // namespace failover::config
