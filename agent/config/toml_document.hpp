#pragma once
// TOML text to the tree of values: the one place that knows toml++.

#include <string_view>

#include "agent/config/syntax_error.hpp"
#include "agent/config/tree.hpp"
#include "protocol/result.hpp"

namespace failover::config {

// file: the index that the places get.
[[nodiscard]] Result<Table, SyntaxError> parse_toml(std::string_view text, unsigned file);

}  // namespace failover::config
