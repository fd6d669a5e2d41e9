#pragma once
// Writing a file so that a power failure leaves what was there before, or all of what is there now.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace failover {

// Beside the file first, to the disk, then in its place; the owner's alone (0600). Nothing, or a
// sentence that says why it could not be written.
[[nodiscard]] std::optional<std::string> write_durably(const std::filesystem::path& file,
                                                       std::string_view text);

}  // namespace failover
