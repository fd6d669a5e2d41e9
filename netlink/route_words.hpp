#pragma once
// Routes and rules in the words of `ip route add` and `ip rule add`, and back:
//   203.0.113.0/24 via 10.0.0.9 dev eth1 table 100 metric 50 src 10.0.0.1 onlink
//   blackhole 10.9.0.0/16
//   from 203.0.113.10 lookup 100 priority 500
// What would be chosen by the kernel or by another family's defaults is asked for instead: a rule
// needs its priority. A family that the words do not tell is IPv4, as with `ip`, or -6 in front.

#include <string>
#include <string_view>

#include "netlink/route.hpp"
#include "netlink/words.hpp"
#include "protocol/result.hpp"

namespace failover::netlink {

[[nodiscard]] Result<WantedRoute, WordError> parse_route(std::string_view words);
[[nodiscard]] Result<WantedRule, WordError> parse_rule(std::string_view words);

// In the same words, and always in the same order: parsed again they are the same.
[[nodiscard]] std::string text(const WantedRoute& route);
[[nodiscard]] std::string text(const WantedRule& rule);

}  // namespace failover::netlink
