#pragma once
// The schema that the routers of all protocols share.

#include <span>

#include "agent/config/configuration.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// To be read together with the keys of the protocol.
[[nodiscard]] std::span<const Key<RouterSettings>> router_keys();

// What is left to read and to judge once the keys have been read: what depends on more than one of
// them, but for other routers.
void finish_router(const Value& value, RouterSettings& router);

}  // namespace failover::config
