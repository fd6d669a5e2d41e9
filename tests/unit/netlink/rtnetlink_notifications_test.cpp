// What the real kernel tells unasked, each test in a network namespace of its own.

#include <algorithm>

#include "protocol/limits.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/network_namespace.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

constexpr int buffer = limits::netlink_notification_buffer;

template <class Kind, class Holds>
std::size_t count(const std::vector<Notification>& seen, Holds holds) {
  return static_cast<std::size_t>(
      std::ranges::count_if(seen, [&](const Notification& notification) {
        const auto* const kind = std::get_if<Kind>(&notification);
        return kind != nullptr && holds(*kind);
      }));
}

std::optional<std::uint32_t> port_of_change(const Wire& wire, const std::string& text) {
  std::optional<std::uint32_t> port;
  for (const Notification& notification : wire.seen)
    if (const auto* const changed = std::get_if<AddressChanged>(&notification);
        changed != nullptr && changed->address.prefix == prefix(text))
      port = changed->port;
  return port;
}

// The kernel goes on changing things by itself for a while (link-local addresses, carrier), so they
// are compared again after each notification until they agree.
void check_found_is_what_the_kernel_has(Wire& wire) {
  Found kernels;
  static_cast<void>(wire.wait_until([&] {
    const auto snapshot = wire.kernel->dump();
    REQUIRE(snapshot.has_value());
    kernels.reset(*snapshot);
    return wire.found.links() == kernels.links() &&
           wire.found.addresses(wire.va) == kernels.addresses(wire.va);
  }));
  CHECK(wire.found.links() == kernels.links());
  CHECK(wire.found.addresses(wire.va) == kernels.addresses(wire.va));
}

}  // namespace

TEST_CASE("PRODUCT 8.3: an IPv4 notification says who asked for the change", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  CHECK(wire->kernel->execute({AddAddress{wire->request("192.0.2.1/24")}}).empty());
  wire->network.ip("addr add 192.0.2.2/24 dev va");
  REQUIRE(wire->wait_until([&] { return wire->has("192.0.2.2/24"); }));
  CHECK(port_of_change(*wire, "192.0.2.1/24") == wire->kernel->own_port());
  CHECK(port_of_change(*wire, "192.0.2.2/24") != wire->kernel->own_port());
  CHECK(port_of_change(*wire, "192.0.2.2/24") != 0U);

  CHECK(wire->kernel->execute({RemoveAddress{wire->va, prefix("192.0.2.2/24")}}).empty());
  REQUIRE(wire->wait_until([&] { return !wire->has("192.0.2.2/24"); }));
  CHECK(count<AddressGone>(wire->seen, [&](const AddressGone& gone) {
          return gone.port == wire->kernel->own_port();
        }) == 1);
}

TEST_CASE("an IPv6 notification does not say who asked for the change", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  CHECK(wire->kernel->execute({AddAddress{wire->request("2001:db8::1/64")}}).empty());
  REQUIRE(wire->wait_until([&] { return wire->has("2001:db8::1/64"); }));
  CHECK(port_of_change(*wire, "2001:db8::1/64") == 0U);
}

TEST_CASE("somebody else's replace is notified without our mark", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  CHECK(wire->kernel->execute({AddAddress{wire->request("192.0.2.1/24")}}).empty());
  REQUIRE(wire->wait_until([&] { return wire->has("192.0.2.1/24"); }));
  CHECK(wire->address("192.0.2.1/24")->mark == our_mark);
  wire->network.ip("addr replace 192.0.2.1/24 dev va");
  CHECK(wire->wait_until([&] { return !wire->address("192.0.2.1/24")->mark; }));
}

TEST_CASE("links are found with name, MAC, state and carrier", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  wire->network.ip("link add mv link va address 02:00:00:00:00:99 type macvlan mode private");
  REQUIRE(wire->wait_until([&] { return wire->found.link("mv") != nullptr; }));
  CHECK(wire->found.link("mv")->mac.text() == "02:00:00:00:00:99");
  CHECK_FALSE(wire->found.link("mv")->up);
  CHECK_FALSE(wire->found.link("mv")->carrier);
  wire->network.ip("link set mv up mtu 1400");
  CHECK(wire->wait_until([&] {
    const Link* const link = wire->found.link("mv");
    return link->up && link->carrier && link->mtu == 1400;
  }));
  check_found_is_what_the_kernel_has(*wire);
}

TEST_CASE("a link that goes down and comes up is notified", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  REQUIRE(wire->found.link(wire->va)->up);
  wire->network.ip("link set va down");
  CHECK(wire->wait_until([&] { return !wire->found.link(wire->va)->up; }));
  CHECK_FALSE(wire->found.link(wire->va)->carrier);
  wire->network.ip("link set va up");
  CHECK(wire->wait_until([&] { return wire->found.link(wire->va)->carrier; }));
}

TEST_CASE("carrier that is lost and found again is notified", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  REQUIRE(wire->found.link(wire->va)->carrier);
  wire->network.ip("link set vb down");
  CHECK(wire->wait_until([&] { return !wire->found.link(wire->va)->carrier; }));
  CHECK(wire->found.link(wire->va)->up);
  wire->network.ip("link set vb up");
  CHECK(wire->wait_until([&] { return wire->found.link(wire->va)->carrier; }));
}

TEST_CASE("a dormant link carries nothing", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  wire->network.ip("link set va mode dormant");
  wire->network.ip("link set va down");
  wire->network.ip("link set va up");
  wire->network.ip("link set va state DORMANT");
  CHECK(wire->wait_until([&] {
    const Link* const link = wire->found.link(wire->va);
    return link->up && !link->carrier;
  }));
  wire->network.ip("link set va state UP");
  CHECK(wire->wait_until([&] { return wire->found.link(wire->va)->carrier; }));
}

TEST_CASE("a rename and a new MAC are notified under the same index", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  wire->network.ip("link set va name lan0");
  REQUIRE(wire->wait_until([&] { return wire->found.link("lan0") != nullptr; }));
  CHECK(wire->found.link("lan0")->index == wire->va);
  CHECK(wire->found.link("va") == nullptr);
  wire->network.ip("link set lan0 address 02:00:00:00:00:77");
  CHECK(wire->wait_until(
      [&] { return wire->found.link(wire->va)->mac.text() == "02:00:00:00:00:77"; }));
}

TEST_CASE("a deleted link is notified, and its addresses are gone with it", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  CHECK(wire->kernel->execute({AddAddress{wire->request("192.0.2.1/24")}}).empty());
  wire->network.ip("link del va");
  REQUIRE(wire->wait_until([&] { return wire->found.link(wire->va) == nullptr; }));
  CHECK(wire->found.addresses(wire->va).empty());
}

TEST_CASE("what a bridge tells of its ports is not taken for links", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  wire->network.ip("link add switch0 type bridge");
  wire->network.ip("link set va master switch0");
  wire->network.ip("link set va nomaster");  // tells RTM_DELLINK of the port
  wire->network.ip("link add last type veth peer name other");
  REQUIRE(wire->wait_until([&] { return wire->found.link("last") != nullptr; }));
  CHECK(count<LinkGone>(wire->seen, [](const LinkGone&) { return true; }) == 0);
  CHECK(wire->found.link("va") != nullptr);
}

TEST_CASE("found by notifications is found by a dump, order included", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  // An IPv6 address is notified only after its duplicate detection, out of order. So that of the
  // kernel's own link-local address has to be over first.
  REQUIRE(wire->wait_until([&] {
    const auto all = wire->found.addresses(wire->va);
    return std::ranges::any_of(all, [](const Address& each) { return !each.tentative; });
  }));
  wire->network.ip_batch(
      "addr add 10.0.0.1/24 dev va\naddr add 10.0.0.2/24 dev va\naddr add 10.1.0.1/24 dev va\n"
      "addr add 10.2.0.1/24 dev va scope link\naddr add 10.0.0.3/24 dev va\n"
      "addr add 2001:db8::1/64 dev va nodad\naddr add 2001:db8::2/64 dev va nodad\n"
      "addr add fe80::9/64 dev va nodad\naddr add 10.3.0.1/32 dev va label va:x\n"
      "addr change 2001:db8::1/64 dev va noprefixroute\n");
  CHECK(wire->kernel
            ->execute({KeepSecondaries{wire->va}, RemoveAddress{wire->va, prefix("10.0.0.1/24")},
                       AddAddress{wire->request("10.0.0.4/24")}})
            .empty());
  REQUIRE(wire->wait_until([&] { return wire->has("10.0.0.4/24"); }));
  check_found_is_what_the_kernel_has(*wire);
}

TEST_CASE("the notifications of 10,000 own adds fit the buffer that the agent uses", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  Plan plan;
  std::string last;
  for (int i = 0; i < 10'000; ++i) {
    last = "10.100." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250) + "/32";
    plan.emplace_back(AddAddress{wire->request(last)});
  }
  CHECK(wire->kernel->execute(plan).empty());
  REQUIRE(wire->wait_until([&] { return wire->has(last); }));
  CHECK(count<NotificationsLost>(wire->seen, [](const NotificationsLost&) { return true; }) == 0);
  check_found_is_what_the_kernel_has(*wire);
}

TEST_CASE("notifications that do not fit are told as lost, and a dump makes up for them",
          "[kernel]") {
  auto wire = Wire::lay(4096);
  if (!wire) return;
  std::string commands;
  for (int i = 0; i < 2'000; ++i)
    commands += "addr add 10.100." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250) +
                "/32 dev va\n";
  wire->network.ip_batch(commands);
  REQUIRE(wire->wait_until([&] {
    return count<NotificationsLost>(wire->seen, [](const NotificationsLost&) { return true; }) > 0;
  }));
  CHECK(wire->found.addresses(wire->va).size() < 2'000);
  wire->dump();
  CHECK(wire->found.addresses(wire->va).size() >= 2'000);

  // And the socket goes on telling.
  CHECK(wire->kernel->execute({AddAddress{wire->request("192.0.2.1/24")}}).empty());
  CHECK(wire->wait_until([&] { return wire->has("192.0.2.1/24"); }));
}

TEST_CASE("a setting that somebody changes is told with its interface, where the kernel tells it",
          "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const auto told = [&] {
    return count<SettingsChanged>(
        wire->seen, [&](const SettingsChanged& changed) { return changed.interface == wire->va; });
  };
  for (const char* const setting : {"ipv4/conf/va/rp_filter", "ipv4/conf/va/forwarding"}) {
    // What the link's own beginning has told is over.
    static_cast<void>(wire->kernel->notifications());
    wire->seen.clear();
    wire->network.output("echo 1 >/proc/sys/net/" + std::string(setting));
    CHECK(wire->wait_until([&] { return told() > 0; }));
  }
}

TEST_CASE("nothing waiting is no notification, and does not block", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  wire->network.ip("link add last type veth peer name other");
  REQUIRE(wire->wait_until([&] { return wire->found.link("last") != nullptr; }));
  static_cast<void>(wire->kernel->notifications());
  CHECK(wire->kernel->notifications().empty());
}

}  // namespace failover::tests
