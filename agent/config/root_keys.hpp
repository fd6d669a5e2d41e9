#pragma once
// The tables of the configuration's root.

#include <vector>

#include "agent/config/configuration.hpp"
#include "agent/config/group_rules.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// What they say, before it is put together.
struct Tables {
  AgentSettings agent = {};
  std::vector<PlacedGroup> groups = {};
  std::vector<PlacedRouter> routers = {};
};

void read_tables(const Value& root, Tables& tables);

}  // namespace failover::config
