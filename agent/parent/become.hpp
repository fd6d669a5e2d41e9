#pragma once
// From one program of ours to another: what it is told, and what it inherits.

#include <cstdint>
#include <string>

#include "agent/options.hpp"

namespace failover {

// An upgrade puts another file in its place, so the name is asked for while it is right.
[[nodiscard]] std::string own_program();

enum class Part : std::uint8_t { agent, parent, runner };

// Replaces this process by the program as that part, with the descriptors that it needs; a new
// parent keeps the signals blocked. Returns when it cannot.
void become(const std::string& program, const Options& options, const Inherited& inherited,
            Part part);

}  // namespace failover
