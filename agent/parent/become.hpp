#pragma once
// From one program of ours to another: what it is told, and what it inherits.

#include <cstdint>
#include <string>

#include "agent/options.hpp"

namespace failover {

// Its name on disk. An upgrade may have put another file in that place; what runs then is what is
// there.
[[nodiscard]] std::string own_program();

enum class Part : std::uint8_t { agent, parent, runner };

// Replaces this process by the program as that part, with the descriptors that it needs; a new
// parent keeps the signals blocked. When the file cannot be run, which is logged, this program goes
// on as that part. Returns when that cannot be either.
void become(const std::string& program, const Options& options, const Inherited& inherited,
            Part part);

}  // namespace failover
