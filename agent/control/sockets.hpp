#pragma once
// The run-time directory: one agent's lock, and the two sockets that it answers on.

#include <filesystem>
#include <string>

#include "agent/descriptor.hpp"
#include "protocol/result.hpp"

namespace failover::control {

struct RunDirectory {
  Descriptor lock;     // held for life: a second agent is refused
  Descriptor control;  // control.sock: root and the group failover, everything
  Descriptor status;   // status.sock: everybody, reads only
  bool has_group = false;
};

// Makes the directory where there is none. The error names what failed and the way out.
[[nodiscard]] Result<RunDirectory, std::string> open_run_directory(
    const std::filesystem::path& directory);

// Takes the sockets' names away, so that the CLI says that nobody is there.
void close_run_directory(const std::filesystem::path& directory);

}  // namespace failover::control
