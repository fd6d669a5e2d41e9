#pragma once
// The schema of a router's addresses: strings, or tables with more to say.

#include "agent/config/configuration.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// The key `addresses`. router.interface is set; router.addresses gets one for each element, a
// stand-in for what was refused, so that both count alike.
void read_addresses(const Value& value, CarpSettings& router);

// The key `source`.
void read_source(const Value& value, CarpSettings& router);

}  // namespace failover::config
