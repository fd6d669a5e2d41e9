#include "netlink/found.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

Address address(std::string_view text, bool secondary = false) {
  Address address{.interface = 2, .prefix = prefix(text), .mark = {}, .label = {}};
  address.secondary = secondary;
  return address;
}

Address with_scope(std::string_view text, Scope scope) {
  Address result = address(text);
  result.scope = scope;
  return result;
}

Link link(int index, std::string name) {
  return {.index = index, .name = std::move(name), .mac = {}, .up = true, .carrier = true};
}

std::vector<Prefix> prefixes(const Found& found, int interface) {
  std::vector<Prefix> prefixes;
  for (const Address& each : found.addresses(interface)) prefixes.push_back(each.prefix);
  return prefixes;
}

}  // namespace

TEST_CASE("found knows nothing before it is told") {
  const Found found;
  CHECK(found.link(2) == nullptr);
  CHECK(found.link("eth0") == nullptr);
  CHECK(found.links().empty());
  CHECK(found.addresses(2).empty());
  CHECK(found.address(2, prefix("192.0.2.1/24")) == nullptr);
}

TEST_CASE("a snapshot replaces everything that was found before") {
  Found found;
  found.reset({.links = {link(2, "eth0"), link(3, "eth1")}, .addresses = {address("10.0.0.1/24")}});
  found.reset({.links = {link(4, "eth2")}, .addresses = {}});
  REQUIRE(found.links().size() == 1);
  CHECK(found.link("eth2")->index == 4);
  CHECK(found.link(2) == nullptr);
  CHECK(found.addresses(2).empty());
}

TEST_CASE("a link is found by index and by its present name only") {
  Found found;
  found.apply(LinkChanged{link(2, "eth0")});
  found.apply(LinkChanged{link(2, "lan0")});
  CHECK(found.link("eth0") == nullptr);
  REQUIRE(found.link("lan0") != nullptr);
  CHECK(found.link("lan0") == found.link(2));
}

TEST_CASE("a link that is gone takes its addresses along") {
  Found found;
  found.reset({.links = {link(2, "eth0")}, .addresses = {address("10.0.0.1/24")}});
  found.apply(LinkGone{2});
  CHECK(found.link(2) == nullptr);
  CHECK(found.addresses(2).empty());
}

TEST_CASE("an address is known by its prefix, length included") {
  Found found;
  found.apply(AddressChanged{address("10.0.0.1/24"), 0});
  found.apply(AddressChanged{address("10.0.0.1/32"), 0});
  CHECK(found.addresses(2).size() == 2);
  found.apply(AddressGone{address("10.0.0.1/24"), 0});
  CHECK(found.address(2, prefix("10.0.0.1/24")) == nullptr);
  CHECK(found.address(2, prefix("10.0.0.1/32")) != nullptr);
}

TEST_CASE("a changed address keeps its place and takes its new attributes") {
  Found found;
  found.reset({.links = {}, .addresses = {address("10.0.0.1/24"), address("10.1.0.1/24")}});
  Address changed = address("10.0.0.1/24");
  changed.mark = our_mark;
  found.apply(AddressChanged{changed, 7});
  CHECK(prefixes(found, 2) == std::vector{prefix("10.0.0.1/24"), prefix("10.1.0.1/24")});
  CHECK(found.address(2, prefix("10.0.0.1/24"))->mark == our_mark);
}

TEST_CASE("primaries come before secondaries, and IPv4 before IPv6") {
  Found found;
  found.apply(AddressChanged{address("2001:db8::1/64"), 0});
  found.apply(AddressChanged{address("10.0.0.1/24"), 0});
  found.apply(AddressChanged{address("10.0.0.2/24", true), 0});
  found.apply(AddressChanged{address("10.1.0.1/24"), 0});
  CHECK(prefixes(found, 2) == std::vector{prefix("10.0.0.1/24"), prefix("10.1.0.1/24"),
                                          prefix("10.0.0.2/24"), prefix("2001:db8::1/64")});
}

TEST_CASE("a secondary that is promoted moves behind the primaries") {
  Found found;
  found.reset({.links = {},
               .addresses = {address("10.0.0.1/24"), address("10.1.0.1/24"),
                             address("10.0.0.2/24", true), address("10.0.0.3/24", true)}});
  found.apply(AddressGone{address("10.0.0.1/24"), 0});
  found.apply(AddressChanged{address("10.0.0.3/24"), 0});
  CHECK(prefixes(found, 2) ==
        std::vector{prefix("10.1.0.1/24"), prefix("10.0.0.3/24"), prefix("10.0.0.2/24")});
}

TEST_CASE("new addresses take the place that the kernel gives to their scope") {
  Found found;
  found.apply(AddressChanged{with_scope("10.0.0.1/24", Scope::global), 0});
  found.apply(AddressChanged{with_scope("10.1.0.1/24", Scope::link), 0});
  found.apply(AddressChanged{with_scope("10.2.0.1/24", Scope::global), 0});
  found.apply(AddressChanged{with_scope("fe80::1/64", Scope::link), 0});
  found.apply(AddressChanged{with_scope("2001:db8::1/64", Scope::global), 0});
  found.apply(AddressChanged{with_scope("2001:db8::2/64", Scope::global), 0});
  CHECK(prefixes(found, 2) == std::vector{prefix("10.1.0.1/24"), prefix("10.0.0.1/24"),
                                          prefix("10.2.0.1/24"), prefix("2001:db8::2/64"),
                                          prefix("2001:db8::1/64"), prefix("fe80::1/64")});
}

TEST_CASE("lost notifications and the end of what is not there change nothing") {
  Found found;
  found.reset({.links = {link(2, "eth0")}, .addresses = {address("10.0.0.1/24")}});
  found.apply(NotificationsLost{});
  found.apply(AddressGone{address("10.9.9.9/24"), 0});
  found.apply(LinkGone{9});
  CHECK(found.links().size() == 1);
  CHECK(found.addresses(2).size() == 1);
}

}  // namespace failover::tests
