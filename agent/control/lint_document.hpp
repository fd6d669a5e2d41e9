#pragma once
// What lint has found, for programs and for people.

#include <span>
#include <string>

#include "agent/lint/lint.hpp"

namespace failover::control {

[[nodiscard]] std::string lint_document(std::span<const lint::Finding> findings);
// A line each: "FILE: PLACE: warning 103: MESSAGE (better: HINT)". Safe to print, whatever names
// there are.
[[nodiscard]] std::string lint_text(std::span<const lint::Finding> findings,
                                    const std::string& file);

}  // namespace failover::control
