#include "agent/config/root_keys.hpp"

#include <array>

#include "agent/config/agent_keys.hpp"
#include "agent/config/group_keys.hpp"
#include "agent/config/interface_keys.hpp"

namespace failover::config {
namespace {

constexpr std::array root_keys{
    Key<Tables>{"agent",
                [](const Value& value, Tables& tables) { read_agent(value, tables.agent); },
                "The node itself."},
    Key<Tables>{"group",
                [](const Value& value, Tables& tables) { tables.groups = read_groups(value); },
                "Failover groups, by name."},
    Key<Tables>{"interface",
                [](const Value& value, Tables& tables) { tables.routers = read_interfaces(value); },
                "Virtual routers, by interface."},
};

}  // namespace

void read_tables(const Value& root, Tables& tables) {
  read_members(root, Section{root_keys, tables});
}

}  // namespace failover::config
