#pragma once
// A filter that the kernel runs over each notification before it puts it into the socket's buffer:
// a routing daemon that learns a million routes does not even wake us up.

#include <set>
#include <vector>

#include "protocol/address.hpp"

struct sock_filter;

namespace failover::netlink {

// Lets everything through that is about no route, and of routes those with our protocol, default
// routes, and those whose destination begins with the same 32 bits as one of these. What is left to
// sort out is little, and the reader's. With more than limits::netlink_filtered_destinations of
// them, all routes pass.
[[nodiscard]] std::vector<sock_filter> route_filter(const std::set<Prefix>& destinations);
// Lets everything through.
[[nodiscard]] std::vector<sock_filter> pass_all_routes();

}  // namespace failover::netlink
