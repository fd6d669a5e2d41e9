#include "netlink/subnets.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using netlink::ip;
using netlink::network_of;
using netlink::prefix;

TEST_CASE("a network is its prefix with the host bits cleared") {
  CHECK(network_of(prefix("203.0.113.10/24")) == prefix("203.0.113.0/24"));
  CHECK(network_of(prefix("203.0.113.255/26")) == prefix("203.0.113.192/26"));
  CHECK(network_of(prefix("203.0.113.10/32")) == prefix("203.0.113.10/32"));
  CHECK(network_of(prefix("203.0.113.10/0")) == prefix("0.0.0.0/0"));
  CHECK(network_of(prefix("2001:db8:1:2fff::9/52")) == prefix("2001:db8:1:2000::/52"));
}

TEST_CASE("subnets cover the addresses that one of them contains, and no others") {
  netlink::Subnets subnets;
  subnets.insert(prefix("10.1.2.3/16"));
  subnets.insert(prefix("192.0.2.1/32"));
  subnets.insert(prefix("2001:db8::1/64"));
  CHECK(subnets.cover(ip("10.1.255.255")));
  CHECK_FALSE(subnets.cover(ip("10.2.0.0")));
  CHECK(subnets.cover(ip("192.0.2.1")));
  CHECK_FALSE(subnets.cover(ip("192.0.2.2")));
  CHECK(subnets.cover(ip("2001:db8::ffff")));
  CHECK_FALSE(subnets.cover(ip("2001:db8:0:1::1")));
  CHECK_FALSE(netlink::Subnets().cover(ip("10.0.0.1")));
}

}  // namespace failover::tests
