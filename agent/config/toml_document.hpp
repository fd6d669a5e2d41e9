#pragma once
// TOML text to the tree of values: the one place that knows toml++.

#include <string_view>

#include "agent/config/tree.hpp"

namespace failover::config {

struct SyntaxError {
  Place place;
  std::string message;  // quotes nothing of a value: it may be a password
};

// file: the index that the places get.
[[nodiscard]] Result<Table, SyntaxError> parse_toml(std::string_view text, unsigned file);

}  // namespace failover::config
