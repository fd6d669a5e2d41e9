#pragma once
// The configuration that is in force, as the agent keeps it in its run-time directory. A change
// that came by the API is in no file yet, and an agent that takes another's place goes on with it;
// the runner finds in it what may be executed.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/tree.hpp"

namespace failover::config {

// Rolled back by the agent unless somebody confirms in time.
struct Unconfirmed {
  std::int64_t until = 0;     // nanoseconds since 1970
  std::uint64_t back_to = 0;  // a revision
  bool saved = true;          // whether that one stands in the file
  Table tree = {};            // of that one
  // Rolled back at once when something is wrong that is not among these.
  std::optional<std::vector<std::string>> gate = {};
};

struct InForce {
  std::uint64_t revision = 0;  // 0: has none yet
  Table tree = {};
  bool saved = true;        // the file says the same
  std::int64_t parent = 0;  // the process that the writing agent was started by
  std::optional<Unconfirmed> unconfirmed = {};
};

[[nodiscard]] std::filesystem::path in_force_in(const std::filesystem::path& run_directory);

// As JSON, secrets and all: the file is to be its owner's alone.
[[nodiscard]] std::string in_force_text(const InForce& in_force);
// Nothing when there is no such file, or when none of ours has written it.
[[nodiscard]] std::optional<InForce> read_in_force(const std::filesystem::path& file);

}  // namespace failover::config
