#pragma once
// The file that overrides are kept in: STATE_DIR/overrides.json.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agent/control/overrides.hpp"
#include "protocol/result.hpp"

namespace failover::control {

// 0700, when it is missing. Nothing, or a sentence that says why there is none.
[[nodiscard]] std::optional<std::string> make_state_directory(
    const std::filesystem::path& directory);

// None when there is no file. A file that is not understood is renamed, and the sentence says so.
[[nodiscard]] Result<std::vector<Override>, std::string> read_overrides(
    const std::filesystem::path& directory);

// Nothing, or a sentence that says why it could not be written.
[[nodiscard]] std::optional<std::string> write_overrides(const std::filesystem::path& directory,
                                                         const std::vector<Override>& overrides);

}  // namespace failover::control
