#pragma once
// The bodies of POST /v1/exec/...: what may be in which, and within which bounds.

#include <optional>
#include <string>
#include <string_view>

#include "agent/control/operations.hpp"
#include "protocol/result.hpp"

namespace failover::control {

// "switchover" -> OperationKind::switchover.
[[nodiscard]] std::optional<OperationKind> operation_kind(std::string_view verb);

// An empty body is an empty object. The error is a sentence: place, range, way out.
[[nodiscard]] Result<Command, std::string> command_in(OperationKind kind, const std::string& body);

}  // namespace failover::control
