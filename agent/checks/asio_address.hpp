#pragma once
// Our addresses as Asio's.

#include <boost/asio/ip/address.hpp>

#include "protocol/address.hpp"

namespace failover::checks {

[[nodiscard]] boost::asio::ip::address asio_address(const IpAddress& address);

}  // namespace failover::checks
