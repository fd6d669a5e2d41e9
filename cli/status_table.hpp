#pragma once
// The screen of `failoverctl status`. Pure: times are told by the document's own clock.

#include <cstdint>
#include <string>

#include "cli/documents.hpp"
#include "cli/text.hpp"

namespace failover::cli {

enum class Legend : std::uint8_t { shown, left_out };  // the NODE line and the column heads

[[nodiscard]] std::string status_text(const StatusDocument& status, Legend legend, Colour colour);
// A line with "!" for each problem: the node's, the groups', the routers'.
[[nodiscard]] std::string problems_text(const StatusDocument& status, Colour colour);
[[nodiscard]] std::string operations_text(std::span<const Operation> operations, Legend legend);

}  // namespace failover::cli
