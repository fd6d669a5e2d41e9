#pragma once
// A URL: good when the answer to GET has a status in the range. Redirections are not followed.

#include <boost/asio/io_context.hpp>
#include <memory>

#include "agent/checks/probe.hpp"
#include "agent/config/group_settings.hpp"

namespace failover::checks {

[[nodiscard]] std::unique_ptr<Probe> make_http_probe(boost::asio::io_context& context,
                                                     const config::HttpTrack& track);

}  // namespace failover::checks
