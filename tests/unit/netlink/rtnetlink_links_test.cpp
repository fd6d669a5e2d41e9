// Macvlans and the state of links in the real kernel, each test in a network namespace of its own.

#include <algorithm>
#include <cerrno>

#include "protocol/limits.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/network_namespace.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

constexpr int buffer = limits::netlink_notification_buffer;
using Errors = std::vector<KernelError>;
using Ipv6 = AddMacvlan::Ipv6;

AddMacvlan macvlan(const Wire& wire, Ipv6 ipv6 = Ipv6::on) {
  return {.parent = wire.va,
          .name = "carp10.2",
          .mac = MacAddress({0, 0, 0x5e, 0, 1, 10}),
          .alias = "failover: va.carp.10",
          .ipv6 = ipv6};
}

void execute(Wire& wire, const Plan& plan) {
  const Errors refused = wire.kernel->execute(plan);
  CAPTURE(refused);
  REQUIRE(refused.empty());
}

// As it was notified.
Link add(Wire& wire, const AddMacvlan& wanted) {
  execute(wire, {wanted});
  REQUIRE(wire.wait_until([&] {
    const Link* const link = wire.found.link(wanted.name);
    return link != nullptr && is_ours(*link);
  }));
  return *wire.found.link(wanted.name);
}

void remove(Wire& wire, int interface) {
  execute(wire, {RemoveLink{interface}});
  REQUIRE(wire.wait_until([&] { return wire.found.link(interface) == nullptr; }));
}

AddressRequest on(const Link& link, std::string_view text) {
  return {.interface = link.index, .prefix = prefix(text), .label = {}, .preferred_lifetime = {}};
}

bool has(const Wire& wire, const Link& link, std::string_view text) {
  return wire.found.address(link.index, prefix(text)) != nullptr;
}

std::string setting(Wire& wire, const std::string& path) {
  INFO(path);
  const auto value = wire.kernel->setting(path);
  REQUIRE(value.has_value());
  return *value;
}

int error_of(const Errors& errors) { return errors.size() == 1 ? errors.front().error : -1; }

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t ipv6_addresses_seen(const Wire& wire, const Link& link) {
  return static_cast<std::size_t>(std::ranges::count_if(wire.seen, [&](const Notification& seen) {
    const auto* const changed = std::get_if<AddressChanged>(&seen);
    return changed != nullptr && changed->address.interface == link.index &&
           changed->address.prefix.address().family() == Family::ipv6;
  }));
}

// A link is told to be running a moment after it has its carrier.
std::vector<Link> settled_links(Wire& wire) {
  REQUIRE(wire.wait_until(
      [&] { return wire.found.link("va")->running && wire.found.link("vb")->running; }));
  return wire.found.links();
}

}  // namespace

TEST_CASE("a macvlan is added down, private, with MAC, parent and alias", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const Link notified = add(*wire, macvlan(*wire));
  CHECK(notified.macvlan);
  CHECK(notified.parent == wire->va);
  CHECK(notified.mac.text() == "00:00:5e:00:01:0a");
  CHECK(notified.alias == "failover: va.carp.10");
  CHECK_FALSE(notified.up);
  CHECK(contains(wire->network.ip_output("-d link show carp10.2"), "macvlan mode private"));
  wire->dump();
  CHECK(*wire->found.link("carp10.2") == notified);
}

TEST_CASE("a macvlan has every setting that keeps it to its own addresses", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  add(*wire, macvlan(*wire));
  CHECK(setting(*wire, "net/ipv4/conf/carp10.2/arp_ignore") == "1");
  CHECK(setting(*wire, "net/ipv4/conf/carp10.2/rp_filter") == "2");
  CHECK(setting(*wire, "net/ipv4/conf/carp10.2/accept_local") == "1");
  CHECK(setting(*wire, "net/ipv6/conf/carp10.2/accept_ra") == "0");
  CHECK(setting(*wire, "net/ipv6/conf/carp10.2/autoconf") == "0");
  CHECK(setting(*wire, "net/ipv6/conf/carp10.2/dad_transmits") == "0");
  CHECK(setting(*wire, "net/ipv6/conf/carp10.2/mldv1_unsolicited_report_interval") == "86400000");
  CHECK(setting(*wire, "net/ipv6/conf/carp10.2/mldv2_unsolicited_report_interval") == "86400000");
  CHECK(setting(*wire, "net/ipv6/conf/carp10.2/addr_gen_mode") == "1");
}

TEST_CASE("a macvlan has IPv6 as asked for, whatever is usual on the machine", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  for (const std::string usual : {"0", "1"}) {
    INFO("net.ipv6.conf.default.disable_ipv6 = " << usual);
    execute(*wire, {SetSetting{"net/ipv6/conf/default/disable_ipv6", usual}});
    for (const Ipv6 ipv6 : {Ipv6::on, Ipv6::off}) {
      const Link link = add(*wire, macvlan(*wire, ipv6));
      CHECK(setting(*wire, "net/ipv6/conf/carp10.2/disable_ipv6") ==
            (ipv6 == Ipv6::off ? "1" : "0"));
      remove(*wire, link.index);
    }
  }
}

TEST_CASE("a macvlan is added on a parent that has no IPv6", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  wire->network.ip("link set va mtu 1000");  // less than IPv6 can do with
  add(*wire, macvlan(*wire));
  CHECK(setting(*wire, "net/ipv4/conf/carp10.2/arp_ignore") == "1");
  CHECK(wire->kernel->setting("net/ipv6/conf/carp10.2/accept_ra").error().error == ENOENT);
}

TEST_CASE("a macvlan for IPv4 never has an IPv6 address", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const Link link = add(*wire, macvlan(*wire, Ipv6::off));
  execute(*wire, {SetLink{link.index, LinkState::up}, AddAddress{on(link, "192.0.2.9/32")}});
  REQUIRE(wire->wait_until([&] { return has(*wire, link, "192.0.2.9/32"); }));
  const Errors refused = wire->kernel->execute({AddAddress{on(link, "2001:db8::9/128")}});
  CHECK(error_of(refused) == EACCES);
  wire->dump();
  CHECK(wire->found.addresses(link.index).size() == 1);
  CHECK(ipv6_addresses_seen(*wire, link) == 0);
}

TEST_CASE("a macvlan with IPv6 has the addresses that it is given, and no link-local one",
          "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const Link link = add(*wire, macvlan(*wire));
  execute(*wire, {SetLink{link.index, LinkState::up}, AddAddress{on(link, "2001:db8::9/128")}});
  REQUIRE(wire->wait_until([&] { return has(*wire, link, "2001:db8::9/128"); }));
  CHECK_FALSE(wire->found.address(link.index, prefix("2001:db8::9/128"))->tentative);
  wire->dump();
  CHECK(wire->found.addresses(link.index).size() == 1);
  CHECK(ipv6_addresses_seen(*wire, link) == 1);
}

TEST_CASE("a link goes up and down, and keeps the flags that others have set", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const Link link = add(*wire, macvlan(*wire));
  wire->network.ip("link set carp10.2 multicast off allmulticast on");
  execute(*wire, {SetLink{link.index, LinkState::up}, SetLink{link.index, LinkState::up}});
  REQUIRE(wire->wait_until([&] { return wire->found.link(link.index)->carrier; }));
  CHECK(wire->found.link(link.index)->up);
  CHECK(
      contains(wire->network.ip_output("link show carp10.2"), "<BROADCAST,ALLMULTI,UP,LOWER_UP>"));
  execute(*wire, {SetLink{link.index, LinkState::down}, SetLink{link.index, LinkState::down}});
  REQUIRE(wire->wait_until([&] { return !wire->found.link(link.index)->up; }));
  CHECK(contains(wire->network.ip_output("link show carp10.2"), "<BROADCAST,ALLMULTI>"));
}

TEST_CASE("a link that goes down loses its IPv6 addresses and keeps its IPv4 ones", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const Link link = add(*wire, macvlan(*wire));
  execute(*wire, {SetLink{link.index, LinkState::up}, AddAddress{on(link, "192.0.2.9/32")},
                  AddAddress{on(link, "2001:db8::9/128")}});
  REQUIRE(wire->wait_until([&] { return has(*wire, link, "2001:db8::9/128"); }));
  execute(*wire, {SetLink{link.index, LinkState::down}});
  REQUIRE(wire->wait_until([&] { return !has(*wire, link, "2001:db8::9/128"); }));
  CHECK(has(*wire, link, "192.0.2.9/32"));
}

TEST_CASE("steps about links, settings and addresses are carried out in their order", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const Link link = add(*wire, macvlan(*wire));
  const std::string disabled = "net/ipv6/conf/carp10.2/disable_ipv6";
  const Errors refused = wire->kernel->execute({
      SetLink{link.index, LinkState::up},
      AddAddress{on(link, "2001:db8::1/128")},
      SetLink{link.index, LinkState::down},
      AddAddress{on(link, "2001:db8::2/128")},
      SetSetting{disabled, "1"},
      AddAddress{on(link, "2001:db8::3/128")},
      SetSetting{disabled, "0"},
      AddAddress{on(link, "2001:db8::4/128")},
  });
  REQUIRE(error_of(refused) == EACCES);
  CHECK(refused.front().operation == "add 2001:db8::3/128 on carp10.2");
  CHECK(refused.front().about == ip("2001:db8::3"));
  wire->dump();
  CHECK_FALSE(has(*wire, link, "2001:db8::1/128"));  // gone when the link went down
  CHECK_FALSE(has(*wire, link, "2001:db8::2/128"));  // gone when IPv6 was disabled
  CHECK(has(*wire, link, "2001:db8::4/128"));

  execute(*wire, {AddAddress{on(link, "192.0.2.9/32")}, RemoveLink{link.index}, macvlan(*wire)});
  wire->dump();
  REQUIRE(wire->found.link("carp10.2") != nullptr);
  CHECK(wire->found.addresses(wire->found.link("carp10.2")->index).empty());
}

TEST_CASE("a macvlan is refused where a link of that name is, which stays as it is", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  add(*wire, macvlan(*wire));
  AddMacvlan another = macvlan(*wire, Ipv6::off);
  another.alias = "failover: another";
  Errors refused = wire->kernel->execute({another});
  REQUIRE(error_of(refused) == EEXIST);
  const std::string operation = "add macvlan carp10.2 on index " + std::to_string(wire->va);
  CHECK(refused.front().operation == operation);
  CHECK(refused.front().text().find(operation + ": File exists") == 0);
  CHECK_FALSE(refused.front().about);
  CHECK(setting(*wire, "net/ipv6/conf/carp10.2/disable_ipv6") == "0");

  another.name = "vb";
  refused = wire->kernel->execute({another});
  CHECK(error_of(refused) == EEXIST);
  wire->dump();
  CHECK(wire->found.link("carp10.2")->alias == "failover: va.carp.10");
  CHECK(wire->found.link("vb")->alias.empty());
  CHECK(wire->found.link("vb")->up);
}

TEST_CASE("a macvlan that cannot be set up completely is removed again", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const auto links = settled_links(*wire);
  AddMacvlan wanted = macvlan(*wire);
  wanted.alias += std::string(256, '.');  // longer than the kernel lets one be
  const Errors refused = wire->kernel->execute({wanted});
  CHECK(refused.size() == 1);
  wire->dump();
  CHECK(wire->found.links() == links);
}

TEST_CASE("what is no name for a link is refused, and makes none of another name", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const auto links = settled_links(*wire);
  AddMacvlan wanted = macvlan(*wire);
  for (const std::string name : {"", "carp%d", "carp10.123456789", "a/b", ".."}) {
    INFO(name);
    wanted.name = name;
    CHECK(wire->kernel->execute({wanted}).size() == 1);
  }
  wire->dump();
  CHECK(wire->found.links() == links);
}

TEST_CASE("a macvlan on no link is refused", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  AddMacvlan wanted = macvlan(*wire);
  wanted.parent = 4711;
  const Errors refused = wire->kernel->execute({wanted});
  REQUIRE(error_of(refused) == ENODEV);
  CHECK(refused.front().operation == "add macvlan carp10.2 on index 4711");
}

TEST_CASE("a second macvlan with the same MAC on one parent does not go up", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  AddMacvlan wanted = macvlan(*wire);
  const Link first = add(*wire, wanted);
  wanted.name = "vrrp10.2";
  const Link second = add(*wire, wanted);
  execute(*wire, {SetLink{first.index, LinkState::up}});
  const Errors refused = wire->kernel->execute({SetLink{second.index, LinkState::up}});
  REQUIRE(error_of(refused) == EADDRINUSE);
  CHECK(refused.front().operation == "set vrrp10.2 up");
}

TEST_CASE("removing a link that is not there is no refusal", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const Link link = add(*wire, macvlan(*wire));
  remove(*wire, link.index);
  CHECK(wire->kernel->execute({RemoveLink{link.index}}).empty());
}

TEST_CASE("a link that cannot be removed, or is not there to be set, is a refusal", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  Errors refused = wire->kernel->execute({RemoveLink{wire->found.link("lo")->index}});
  REQUIRE(error_of(refused) == EOPNOTSUPP);
  CHECK(refused.front().operation == "remove link lo");
  refused = wire->kernel->execute({SetLink{4711, LinkState::down}});
  REQUIRE(error_of(refused) == ENODEV);
  CHECK(refused.front().operation == "set interface 4711 down");
}

TEST_CASE("a macvlan goes with its parent, and that is notified", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const Link link = add(*wire, macvlan(*wire));
  execute(*wire, {SetLink{link.index, LinkState::up}, AddAddress{on(link, "192.0.2.9/32")}});
  REQUIRE(wire->wait_until([&] { return has(*wire, link, "192.0.2.9/32"); }));
  wire->network.ip("link del va");
  REQUIRE(wire->wait_until([&] { return wire->found.link(link.index) == nullptr; }));
  CHECK(wire->found.addresses(link.index).empty());
  CHECK(std::ranges::any_of(wire->seen, [&](const Notification& seen) {
    const auto* const gone = std::get_if<LinkGone>(&seen);
    return gone != nullptr && gone->index == link.index;
  }));
}

TEST_CASE("the carrier of a macvlan is that of its parent", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const Link link = add(*wire, macvlan(*wire));
  execute(*wire, {SetLink{link.index, LinkState::up}});
  REQUIRE(wire->wait_until([&] { return wire->found.link(link.index)->carrier; }));
  wire->network.ip("link set vb down");
  CHECK(wire->wait_until([&] { return !wire->found.link(link.index)->carrier; }));
  CHECK(wire->found.link(link.index)->up);
  wire->network.ip("link set vb up");
  CHECK(wire->wait_until([&] { return wire->found.link(link.index)->carrier; }));
}

TEST_CASE("PRODUCT 8.9: only a macvlan with our mark is ours", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  wire->network.ip("link add plain link va type macvlan mode private");
  wire->network.ip("link add other type veth peer name end");
  wire->network.ip_batch(
      "link set other up alias 'failover: by hand'\n"
      "link set plain up alias 'no failover: by hand'\n");
  REQUIRE(wire->wait_until([&] {
    const Link* const plain = wire->found.link("plain");
    return plain != nullptr && !plain->alias.empty();
  }));
  CHECK(wire->found.link("plain")->parent == wire->va);
  CHECK_FALSE(is_ours(*wire->found.link("plain")));
  CHECK(wire->found.link("other")->alias == "failover: by hand");
  CHECK_FALSE(is_ours(*wire->found.link("other")));
  // A veth's other end is no parent.
  CHECK(wire->found.link(wire->va)->parent == 0);
  wire->network.ip_batch("link set plain alias 'failover: by hand'\n");
  CHECK(wire->wait_until([&] { return is_ours(*wire->found.link("plain")); }));
}

}  // namespace failover::tests
