#pragma once
// The tree of values as a TOML document that reads back as the same tree.

#include <string>

#include "agent/config/tree.hpp"

namespace failover::config {

// Tables as [headers] where they have values of their own, all else in one line each, in the order
// of names, values before tables. TOML has no null: it is left out, and no key takes one.
[[nodiscard]] std::string toml_text(const Table& tree);

}  // namespace failover::config
