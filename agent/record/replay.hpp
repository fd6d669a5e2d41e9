#pragma once
// Replay: runs a recording through the state machines of this build and compares.

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "protocol/result.hpp"

namespace failover::record {

struct Difference {
  std::size_t line = 0;
  std::string recorded;
  std::string now;
};

struct Replayed {
  std::size_t routers = 0;
  std::size_t events = 0;
  std::vector<Difference> differences;  // the first few
  std::uint64_t lost = 0;               // events that the recording misses: what follows may differ
};

// The error names the line that is no line of a recording.
[[nodiscard]] Result<Replayed, std::string> replay(std::istream& recording);

}  // namespace failover::record
