#pragma once
// The run-time directory: one agent's lock, the two sockets that it answers on, and the one that
// its runner listens to.

#include <filesystem>
#include <string>

#include "agent/descriptor.hpp"
#include "protocol/result.hpp"

namespace failover::control {

struct RunDirectory {
  Descriptor lock{};     // held for life: a second agent is refused
  Descriptor control{};  // control.sock: root and the group failover, everything
  Descriptor status{};   // status.sock: everybody, reads only
  Descriptor runner{};   // runner.sock: ours alone; packets
  bool has_group = false;
};

// Where the agent finds its runner.
[[nodiscard]] std::filesystem::path runner_socket_in(const std::filesystem::path& directory);

// Makes the directory where there is none. A socket of `kept` that clients still find there goes
// on; the others, and the lock, are made anew. The error names what failed and the way out.
[[nodiscard]] Result<RunDirectory, std::string> open_run_directory(
    const std::filesystem::path& directory, RunDirectory kept = {});

// Takes the sockets' names away, so that the CLI says that nobody is there.
void close_run_directory(const std::filesystem::path& directory);

}  // namespace failover::control
