#pragma once
// Where a value of the configuration stands, as a person writes it. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "protocol/result.hpp"

namespace failover::cli {

using ValuePath = std::vector<std::string>;  // names from the root down

// interface."eth0.100".carp.10.advskew: bare names, or in quotes of either kind. The error says in
// which column what is wrong.
[[nodiscard]] Result<ValuePath, std::string> parse_value_path(std::string_view written);

// "/interface/eth0.100/carp/10", percent-encoded.
[[nodiscard]] std::string target_of(const ValuePath& path);

}  // namespace failover::cli
