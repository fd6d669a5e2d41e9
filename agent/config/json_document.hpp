#pragma once
// JSON text to the tree of values: the one place of this directory that knows nlohmann-json.

#include <string_view>

#include "agent/config/json_text.hpp"
#include "agent/config/syntax_error.hpp"
#include "agent/config/tree.hpp"
#include "protocol/result.hpp"

namespace failover::config {

// file: the index that the places get, and all that they say: in a document that a program has
// made, a key says more than a line. Only syntax errors have a line and a column (in bytes).
//
// Stricter than JSON: a name stands once in its object, integers fit 64 bits, and nothing is nested
// deeper than limits::configuration_depth. The stack that it takes is the same for every text.
[[nodiscard]] Result<Node, SyntaxError> parse_json(std::string_view text, unsigned file);

}  // namespace failover::config
