#pragma once
// An address: good when it answers an echo request. The kernel chooses the source address.

#include <memory>

#include "agent/checks/echo_socket.hpp"
#include "agent/checks/probe.hpp"
#include "agent/config/group_settings.hpp"

namespace failover::checks {

// The socket is that of the address's family.
[[nodiscard]] std::unique_ptr<Probe> make_icmp_probe(EchoSocket& socket,
                                                     const config::IcmpTrack& track);

}  // namespace failover::checks
