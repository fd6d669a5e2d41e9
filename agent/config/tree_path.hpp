#pragma once
// The path of a value in the tree as a person writes it: interface."eth0.100".carp.10.advskew

#include <string>
#include <string_view>
#include <vector>

#include "protocol/result.hpp"

namespace failover::config {

using TreePath = std::vector<std::string>;  // names from the root down

// Bare names, and names in quotes as TOML has them, both kinds; what key_text() escapes is read,
// too. The error says in which column (in bytes) what is wrong.
[[nodiscard]] Result<TreePath, std::string> parse_path(std::string_view dotted);
// For messages: names are shortened when they are longer than any that is accepted.
[[nodiscard]] std::string path_text(const TreePath& path);

}  // namespace failover::config
