#pragma once
// The tree of values as JSON. The same tree gives the same text, names in their order.

#include <string>

#include "agent/config/tree.hpp"

namespace failover::config {

// Two spaces a level, arrays of nothing but scalars in one line, a line's end behind the last line.
// What JSON has no word for, and no key takes (dates, infinite numbers), becomes null.
[[nodiscard]] std::string json_text(const Node& node);
// The same in one line, without spaces and without a line's end.
[[nodiscard]] std::string compact_json_text(const Node& node);

// The shortest digits that read back as the same number, a float at first sight: "1.0", "1e+20".
// For both notations; of a finite number.
[[nodiscard]] std::string number_text(double number);

}  // namespace failover::config
