#pragma once
// A TCP port: good when it takes a connection, which is closed again at once.

#include <boost/asio/io_context.hpp>
#include <memory>

#include "agent/checks/probe.hpp"
#include "agent/config/group_settings.hpp"

namespace failover::checks {

[[nodiscard]] std::unique_ptr<Probe> make_tcp_probe(boost::asio::io_context& context,
                                                    const config::TcpTrack& track);

}  // namespace failover::checks
