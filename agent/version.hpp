#pragma once
#include <string_view>

namespace failover {
inline constexpr const char* program_name = "failoverd";  // of its processes, but for the runner
inline constexpr std::string_view program_version = "0.1.0";
}  // namespace failover
