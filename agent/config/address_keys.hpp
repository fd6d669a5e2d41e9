#pragma once
// The schema of a router's addresses: strings, or tables with more to say.

#include "agent/config/configuration.hpp"
#include "agent/config/schema.hpp"

namespace failover::config {

// The key `addresses`. router.interface is set; router.addresses gets one for each element, a
// stand-in for what was refused, so that both count alike.
void read_addresses(const Value& value, RouterSettings& router);

// Whether all addresses are what the file says: none missing, and no stand-in among them. What
// follows from the addresses is judged only then, lest it blame others for what was refused.
[[nodiscard]] bool are_addresses_known(const RouterSettings& router);

// Where an element of the router's `addresses` has its address. There must be that element.
[[nodiscard]] Place place_of_address(const Node& router, std::size_t element);

}  // namespace failover::config
