#pragma once
// What a hook is told: which group has moved, from where to where, and why.

#include <string>
#include <utility>
#include <vector>

#include "agent/config/group_settings.hpp"

namespace failover::hooks {

struct Move {
  std::string node;
  std::string group;
  std::string role;    // "active", "backup", "initialize"; the new one
  std::string was;     // the one before
  std::string status;  // "Up (active)", as in the status
  std::string reason;  // from the fixed list
  bool planned = false;
  std::string at;                           // as in the status
  std::vector<std::string> addresses = {};  // failover IPs with their prefix lengths
  std::vector<std::string> routers = {};    // names
};

// {"schema": "failover.hook.v1", ...}, one line.
[[nodiscard]] std::string context_document(config::HookKind kind, const Move& move,
                                           std::uint64_t sequence);
// FAILOVER_HOOK, FAILOVER_GROUP, FAILOVER_ROLE and so on.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> context_environment(
    config::HookKind kind, const Move& move, std::uint64_t sequence);

}  // namespace failover::hooks
