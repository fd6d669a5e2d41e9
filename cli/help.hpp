#pragma once
// What `failoverctl help` says. Pure.

#include <string>

#include "cli/verbs.hpp"

namespace failover::cli {

[[nodiscard]] std::string general_help();
[[nodiscard]] std::string verb_help(Verb verb);

}  // namespace failover::cli
