// Sysctls, each test in a network namespace of its own.

#include <cerrno>

#include "protocol/limits.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/network_namespace.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

constexpr int buffer = limits::netlink_notification_buffer;
const std::string arp_ignore = "net/ipv4/conf/va/arp_ignore";

}  // namespace

TEST_CASE("a setting is read back as it was set", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  CHECK(wire->kernel->setting(arp_ignore) == "0");
  CHECK(wire->kernel->execute({SetSetting{arp_ignore, "2"}}).empty());
  CHECK(wire->kernel->setting(arp_ignore) == "2");
}

TEST_CASE("an interface's dots stay dots in the name of a setting", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  wire->network.ip("link add va.100 type veth peer name vb.100");
  CHECK(wire->kernel->execute({SetSetting{"net/ipv4/conf/va.100/arp_ignore", "1"}}).empty());
  CHECK(wire->kernel->setting("net/ipv4/conf/va.100/arp_ignore") == "1");
  CHECK(wire->kernel->setting(arp_ignore) == "0");
}

TEST_CASE("a setting is that of the network namespace that the thread is in", "[kernel]") {
  auto outer = Wire::lay(buffer);
  if (!outer) return;
  {
    auto inner = Wire::lay(buffer);
    REQUIRE(inner);
    CHECK(inner->kernel->execute({SetSetting{arp_ignore, "1"}}).empty());
    CHECK(inner->kernel->setting(arp_ignore) == "1");
  }
  CHECK(outer->kernel->setting(arp_ignore) == "0");
}

TEST_CASE("a setting that is not there, or not that value, is refused by name", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const std::string nowhere = "net/ipv4/conf/nowhere/arp_ignore";
  const auto read = wire->kernel->setting(nowhere);
  REQUIRE_FALSE(read);
  CHECK(read.error().text() == "read " + nowhere + ": No such file or directory");
  auto refused = wire->kernel->execute({SetSetting{nowhere, "1"}});
  REQUIRE(refused.size() == 1);
  CHECK(refused.front().text() == "set " + nowhere + " to 1: No such file or directory");
  refused = wire->kernel->execute({SetSetting{arp_ignore, "some"}});
  REQUIRE(refused.size() == 1);
  CHECK(refused.front().text() == "set " + arp_ignore + " to some: Invalid argument");
  CHECK(wire->kernel->setting(arp_ignore) == "0");
}

TEST_CASE("no path of a setting leads out of /proc/sys", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  for (const std::string path : {"", "/proc/sys/net/ipv4/ip_forward", "../version",
                                 "net/ipv4/conf/../ip_forward", "net//ipv4/ip_forward/", "."}) {
    INFO(path);
    CHECK(wire->kernel->setting(path).error().error == EINVAL);
    const auto refused = wire->kernel->execute({SetSetting{path, "1"}});
    REQUIRE(refused.size() == 1);
    CHECK(refused.front().error == EINVAL);
  }
}

}  // namespace failover::tests
