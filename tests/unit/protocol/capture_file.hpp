#pragma once
// Frames of the captures in tests/data/captures.

#include <string>
#include <vector>

#include "tests/unit/protocol/vectors.hpp"

namespace failover::tests {

// Throws when the file cannot be read or is not of Ethernet frames.
[[nodiscard]] std::vector<Bytes> frames_of(const std::string& file_name);

}  // namespace failover::tests
