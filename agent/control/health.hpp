#pragma once
// What is wrong, by names that stay the same as long as it is: for who compares one moment with
// another. People get the problems of the status document.

#include <set>
#include <string>

#include "agent/control/view.hpp"

namespace failover::control {

// "group web is down", "track site of web is down", "eth0.carp.10 is not healthy", "eth0.carp.10
// does not hold its addresses", "eth0.carp.10 has lost its peer": it is active because nobody else
// was heard.
[[nodiscard]] std::set<std::string> ills_of(const View& view, Instant now);

}  // namespace failover::control
