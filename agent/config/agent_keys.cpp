#include "agent/config/agent_keys.hpp"

namespace failover::config {
namespace {

constexpr std::array log_levels{
    Word<LogLevel>{"error", LogLevel::error}, Word<LogLevel>{"warning", LogLevel::warning},
    Word<LogLevel>{"notice", LogLevel::notice}, Word<LogLevel>{"info", LogLevel::info},
    Word<LogLevel>{"debug", LogLevel::debug}};

constexpr std::array agent_keys{
    Key<AgentSettings>{"log_level", word<&AgentSettings::log_level, log_levels>,
                       "What is less severe is not logged."},
    Key<AgentSettings>{
        "node", name<&AgentSettings::node, limits::node_name_bytes>,
        "What the node calls itself in the status and the log; by default the host name."},
};

}  // namespace

void read_agent(const Value& value, AgentSettings& settings) {
  read_members(value, Section{agent_keys, settings});
}

}  // namespace failover::config
