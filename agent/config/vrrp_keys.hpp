#pragma once
// The schema of [interface.IF.vrrp.VRID].

#include "agent/config/configuration.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// Everything but what needs a look at other routers.
[[nodiscard]] RouterSettings read_vrrp_router(const Value& value, std::string interface,
                                              vrrp::Vrid vrid);

}  // namespace failover::config
