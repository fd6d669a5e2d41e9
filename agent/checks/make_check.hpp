#pragma once
// From a track of the configuration to its check.

#include <boost/asio/io_context.hpp>
#include <memory>

#include "agent/checks/check.hpp"
#include "agent/checks/echo_socket.hpp"
#include "agent/checks/execute.hpp"
#include "agent/checks/process_scan.hpp"
#include "agent/config/group_settings.hpp"

namespace failover::checks {

// What the checks of one agent share. Outlives them.
struct Means {
  Means(boost::asio::io_context& where, Execute& runner)
      : context(where),
        execute(runner),
        echo{.ipv4 = {where, Family::ipv4}, .ipv6 = {where, Family::ipv6}},
        processes(where) {}

  boost::asio::io_context& context;
  Execute& execute;
  PerFamily<EchoSocket> echo;
  ProcessScan processes;
};

// Nothing for a link, an address and a route, which the kernel tells about.
[[nodiscard]] std::unique_ptr<Check> make_check(Means& means, const config::TrackSettings& track);

}  // namespace failover::checks
