#pragma once
// Routes and rules as netlink messages. Requests name our protocol, so that the kernel adds nothing
// that is not ours and removes nothing that is not.

#include <cstdint>
#include <optional>

#include "netlink/kernel.hpp"
#include "netlink/message_builder.hpp"
#include "netlink/netlink_socket.hpp"
#include "netlink/rtnetlink_links.hpp"

struct nlmsghdr;

namespace failover::netlink {

// Each is answered before the call returns.
[[nodiscard]] Refusal add_route(NetlinkSocket& socket, const AddRoute& wanted);
[[nodiscard]] Refusal remove_route(NetlinkSocket& socket, const RemoveRoute& wanted);
[[nodiscard]] Refusal add_rule(NetlinkSocket& socket, const AddRule& wanted);
[[nodiscard]] Refusal remove_rule(NetlinkSocket& socket, const RemoveRule& wanted);

// protocol: whose; 0: everybody's. A kernel before 4.20 gives everybody's in any case.
void append_route_dump(Bytes& batch, std::uint32_t sequence, Family family, std::uint8_t protocol);
void append_rule_dump(Bytes& batch, std::uint32_t sequence, Family family);

// Of a message that adds one or takes one away. Nothing for what we have no words for: routes of
// the table `local`, for a type of service, for a source, for multicast.
[[nodiscard]] std::optional<Route> parse_route(nlmsghdr& message);
// Likewise, and nothing for a rule that is not ours.
[[nodiscard]] std::optional<Rule> parse_rule(nlmsghdr& message);

}  // namespace failover::netlink
