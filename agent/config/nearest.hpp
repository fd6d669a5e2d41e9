#pragma once
// "Did you mean": the known name that a mistyped one was most likely meant to be.

#include <optional>
#include <span>
#include <string_view>

namespace failover::config {

// Nothing when no candidate is near enough: one slip for three letters, two for six and more. Case
// does not count; two letters swapped are one slip. Of equally near ones the first.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view name,
                                                      std::span<const std::string_view> candidates);

}  // namespace failover::config
