#pragma once
// The schema of [interface.IF.vrrp.VRID].

#include "agent/config/configuration.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// Everything but what needs a look at other routers. own_group: what the table says of the group
// that the router is alone in.
[[nodiscard]] RouterSettings read_vrrp_router(const Value& value, std::string interface,
                                              vrrp::Vrid vrid, GroupSettings& own_group);

}  // namespace failover::config
