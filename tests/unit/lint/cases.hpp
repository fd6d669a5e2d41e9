#pragma once
// One case for each rule: a configuration that it finds something in, and the nearest one that it
// finds nothing in.

#include <string>
#include <vector>

namespace failover::tests {

struct Case {
  unsigned rule;
  std::string wrong;
  std::string place;  // of the finding
  std::string right;
  std::string peer = {};  // the other node's, for both; empty: it is not known
};

[[nodiscard]] std::vector<Case> router_cases();
[[nodiscard]] std::vector<Case> group_cases();
[[nodiscard]] std::vector<Case> track_cases();
[[nodiscard]] std::vector<Case> hook_cases();
[[nodiscard]] std::vector<Case> pair_cases();
[[nodiscard]] std::vector<Case> movability_cases();

// Routers that lack nothing, and end at a line's end.
[[nodiscard]] std::string in_carp(const std::string& more);
[[nodiscard]] std::string in_vrrp(const std::string& more,
                                  const std::string& addresses = R"("10.0.0.1/24")");
// Two routers in the group `web`, whose table ends the text.
[[nodiscard]] std::string in_web(const std::string& more, const std::string& carp = {},
                                 const std::string& vrrp = {});

}  // namespace failover::tests
