#include "agent/checks/asio_address.hpp"

#include <algorithm>

namespace failover::checks {

boost::asio::ip::address asio_address(const IpAddress& address) {
  if (address.family() == Family::ipv4) {
    boost::asio::ip::address_v4::bytes_type bytes{};
    std::ranges::copy(address.bytes(), bytes.begin());
    return boost::asio::ip::address_v4(bytes);
  }
  boost::asio::ip::address_v6::bytes_type bytes{};
  std::ranges::copy(address.bytes(), bytes.begin());
  return boost::asio::ip::address_v6(bytes);
}

}  // namespace failover::checks
