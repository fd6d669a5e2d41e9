#pragma once
// The schema of [agent].

#include "agent/config/configuration.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

void read_agent(const Value& value, AgentSettings& settings);

}  // namespace failover::config
