#pragma once
// Commands of the configuration: a program and its arguments, as execve() takes them.

#include <optional>
#include <string_view>

#include "agent/config/group_settings.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// An array of strings, the first one an absolute path. Otherwise nothing, and an error. What a file
// system has under the path is not looked at: the check of a configuration needs no machine.
[[nodiscard]] std::optional<ArgumentVector> command_in(const Value& value);

// An absolute path of a file; otherwise nothing, and an error.
[[nodiscard]] std::optional<std::string_view> path_in(const Value& value);
[[nodiscard]] bool is_absolute_path(std::string_view text);

}  // namespace failover::config
