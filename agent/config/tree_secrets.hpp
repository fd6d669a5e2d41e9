#pragma once
// Which values of the tree are secrets, and how a tree is shown to people without them and comes
// back from them.

#include <string>
#include <string_view>

#include "agent/config/tree.hpp"
#include "agent/config/tree_path.hpp"
#include "protocol/result.hpp"

namespace failover::config {

// What stands for a secret that is set.
inline constexpr std::string_view concealed_text = "(set)";

// The tree with concealed_text in the place of every secret, whatever was written there.
[[nodiscard]] Table concealed(Table tree);
// The same of one value, which stands at that path: to show a change of it.
[[nodiscard]] Node concealed_at(const TreePath& path, Node node);

// Puts back what concealed() took: concealed_text at the place of a secret becomes what `before`
// has there. Keys of hmac are found by their id, wherever they stand in the array. An error, with
// the path and the way out, for the first one that `before` does not have.
[[nodiscard]] Result<void, std::string> keep_secrets(Table& wanted, const Table& before);

}  // namespace failover::config
