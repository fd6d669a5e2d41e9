#include "netlink/route.hpp"

#include "netlink/words.hpp"

namespace failover::netlink {

std::string text(const RouteKey& key) {
  std::string words = key.destination.text();
  if (key.table != main_table) words += " table " + table_text(key.table);
  if (key.metric != 0) words += " metric " + std::to_string(key.metric);
  return words;
}

RouteKey key_of(const WantedRoute& route) {
  // What the kernel makes of no metric: none in IPv4, and this in IPv6.
  constexpr std::uint32_t usual_ipv6 = 1024;
  const bool ipv6 = route.destination.address().family() == Family::ipv6;
  return {.destination = route.destination,
          .table = route.table,
          .metric = ipv6 && route.metric == 0 ? usual_ipv6 : route.metric};
}

}  // namespace failover::netlink
