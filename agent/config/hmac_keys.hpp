#pragma once
// [interface.IF.vrrp.VRID.hmac]: authentication of VRRP as keepalived 2.4 speaks it.

#include "agent/config/configuration.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

void read_hmac(const Value& value, VrrpSettings& settings);

}  // namespace failover::config
