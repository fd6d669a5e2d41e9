// Requests to the real kernel, each test in a network namespace of its own.

#include <cerrno>
#include <fstream>

#include "netlink/reconcile.hpp"
#include "protocol/limits.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/network_namespace.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

constexpr int buffer = limits::netlink_notification_buffer;
using Errors = std::vector<KernelError>;

int error_of(const Errors& errors) { return errors.size() == 1 ? errors.front().error : -1; }

// What the kernel says now of one address.
std::optional<Address> dumped(Wire& wire, const std::string& text) {
  wire.dump();
  const Address* const address = wire.address(text);
  return address == nullptr ? std::nullopt : std::optional(*address);
}

bool promotes_secondaries() {
  std::ifstream file("/proc/sys/net/ipv4/conf/va/promote_secondaries");
  int value = -1;
  file >> value;
  REQUIRE(value >= 0);
  return value == 1;
}

// Compares and carries out, as the agent does.
Reconciled heal(Wire& wire, const std::vector<WantedAddress>& wanted,
                const std::set<IpAddress>& known = {}) {
  wire.dump();
  auto result = reconcile(wire.va, wanted, wire.found.addresses(wire.va), known);
  const Errors refused = wire.kernel->execute(result.plan);
  CAPTURE(refused);
  CHECK(refused.empty());
  wire.dump();
  return result;
}

WantedAddress want(std::string_view text) {
  return {.prefix = prefix(text), .label = {}, .preferred_lifetime = {}};
}

// 10.100.0.1 to 10.100.39.250, no two in one subnet, so that no add has to search the others.
std::string nth(int i) {
  return "10.100." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250) + "/32";
}

}  // namespace

TEST_CASE("an added address carries our mark in the dump and in the notification", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  for (const std::string text : {"192.0.2.1/24", "2001:db8::1/64"}) {
    CHECK(wire->kernel->execute({AddAddress{wire->request(text)}}).empty());
    REQUIRE(wire->wait_until([&] { return wire->has(text); }));
    CHECK(wire->address(text)->mark == our_mark);
    CHECK(dumped(*wire, text)->mark == our_mark);
  }
}

TEST_CASE("an added IPv6 address does without duplicate detection", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  CHECK(wire->kernel->execute({AddAddress{wire->request("2001:db8::1/64")}}).empty());
  REQUIRE(wire->wait_until([&] { return wire->has("2001:db8::1/64"); }));
  CHECK_FALSE(wire->address("2001:db8::1/64")->tentative);
}

TEST_CASE("label, scope, noprefixroute and preferred lifetime reach the kernel", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  AddressRequest ipv4 = wire->request("192.0.2.1/24");
  ipv4.label = "va:vip";
  ipv4.scope = Scope::link;
  ipv4.noprefixroute = true;
  AddressRequest ipv6 = wire->request("2001:db8::1/64");
  ipv6.noprefixroute = true;
  ipv6.preferred_lifetime = std::chrono::seconds(0);
  CHECK(wire->kernel->execute({AddAddress{ipv4}, AddAddress{ipv6}}).empty());
  const auto found = dumped(*wire, "192.0.2.1/24");
  REQUIRE(found);
  CHECK(found->label == "va:vip");
  CHECK(found->scope == Scope::link);
  CHECK(found->noprefixroute);
  CHECK(dumped(*wire, "2001:db8::1/64")->noprefixroute);
  const std::string deprecated = wire->network.ip_output("-6 addr show dev va deprecated");
  CHECK(deprecated.find("2001:db8::1/64") != std::string::npos);
}

TEST_CASE("no broadcast address is set", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  CHECK(wire->kernel->execute({AddAddress{wire->request("192.0.2.1/24")}}).empty());
  CHECK(wire->network.ip_output("-4 addr show dev va").find("brd") == std::string::npos);
}

TEST_CASE("a refusal names what was tried, and why it was refused", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const Plan add{AddAddress{wire->request("192.0.2.1/32")}};
  CHECK(wire->kernel->execute(add).empty());
  const Errors refused = wire->kernel->execute(add);
  REQUIRE(error_of(refused) == EEXIST);
  CHECK(refused.front().operation == "add 192.0.2.1/32 on va");
  CHECK(refused.front().text().find("add 192.0.2.1/32 on va: File exists") == 0);

  AddressRequest nowhere = wire->request("192.0.2.2/32");
  nowhere.interface = 4711;
  const Errors without = wire->kernel->execute({AddAddress{nowhere}});
  REQUIRE(error_of(without) == ENODEV);
  CHECK(without.front().operation == "add 192.0.2.2/32 on interface 4711");
}

TEST_CASE("steps after a refused one are still tried, in one batch and over many", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  Plan plan;
  const int steps = 3 * static_cast<int>(limits::netlink_batch) + 7;
  for (int i = 0; i < steps; ++i) plan.emplace_back(AddAddress{wire->request(nth(i / 2))});
  const Errors refused = wire->kernel->execute(plan);  // every second one is there already
  CHECK(refused.size() == static_cast<std::size_t>(steps / 2));
  CHECK(refused.front().operation == "add " + nth(0) + " on va");
  CHECK(refused.back().operation == "add " + nth(steps / 2 - 1) + " on va");
  CHECK(dumped(*wire, nth(steps / 2)));
}

TEST_CASE("removing what is not there is no refusal", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  CHECK(wire->kernel
            ->execute({RemoveAddress{wire->va, prefix("192.0.2.1/24")},
                       RemoveAddress{wire->va, prefix("2001:db8::1/64")},
                       RemoveAddress{4711, prefix("192.0.2.1/24")},
                       RemoveAddress{4711, prefix("2001:db8::1/64")}})
            .empty());
}

TEST_CASE("a removal takes the entry with that prefix length only", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  CHECK(wire->kernel
            ->execute({AddAddress{wire->request("192.0.2.1/24")},
                       AddAddress{wire->request("192.0.2.1/32")},
                       RemoveAddress{wire->va, prefix("192.0.2.1/24")}})
            .empty());
  CHECK_FALSE(dumped(*wire, "192.0.2.1/24"));
  CHECK(dumped(*wire, "192.0.2.1/32"));
}

TEST_CASE("PRODUCT 4: ours outlives the host's own address of the same prefix", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  wire->network.ip("addr add 192.0.2.1/24 dev va");
  heal(*wire, {want("192.0.2.9/24")});
  REQUIRE(wire->has("192.0.2.9/32"));
  wire->network.ip("addr del 192.0.2.1/24 dev va");
  CHECK(dumped(*wire, "192.0.2.9/32"));
  // Now that the interface has no prefix of its own, the written length is right again.
  heal(*wire, {want("192.0.2.9/24")});
  CHECK(wire->has("192.0.2.9/24"));
  CHECK_FALSE(wire->has("192.0.2.9/32"));
}

TEST_CASE("the host's secondary outlives our primary", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  heal(*wire, {want("192.0.2.9/24")});
  wire->network.ip("addr add 192.0.2.1/24 dev va");
  REQUIRE_FALSE(promotes_secondaries());

  heal(*wire, {want("192.0.2.9/24")});
  CHECK(wire->has("192.0.2.9/32"));
  CHECK_FALSE(wire->has("192.0.2.9/24"));
  REQUIRE(wire->has("192.0.2.1/24"));
  CHECK_FALSE(wire->address("192.0.2.1/24")->secondary);
  CHECK_FALSE(promotes_secondaries());
}

TEST_CASE("promote_secondaries is left on where it was on", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  std::ofstream("/proc/sys/net/ipv4/conf/va/promote_secondaries") << 1 << std::endl;
  CHECK(wire->kernel->execute({KeepSecondaries{wire->va}}).empty());
  CHECK(promotes_secondaries());
}

TEST_CASE("keeping the secondaries of no interface is refused", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const Errors refused = wire->kernel->execute({KeepSecondaries{4711}});
  REQUIRE(error_of(refused) == ENODEV);
  CHECK(refused.front().operation == "keep secondary addresses on interface 4711");
}

TEST_CASE("PRODUCT 8.9: a foreign replace drops the mark, and it is put back", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const std::vector wanted{want("192.0.2.9/24"), want("2001:db8::9/64")};
  const std::set known{ip("192.0.2.9"), ip("2001:db8::9")};
  heal(*wire, wanted);
  for (const std::string text : {"192.0.2.9/24", "2001:db8::9/64"}) {
    wire->network.ip("addr replace " + text + " dev va");
    REQUIRE_FALSE(dumped(*wire, text)->mark);
  }
  heal(*wire, wanted, known);
  CHECK(wire->address("192.0.2.9/24")->mark == our_mark);
  CHECK(wire->address("2001:db8::9/64")->mark == our_mark);
  CHECK(heal(*wire, wanted, known).plan.empty());
}

TEST_CASE("the kernel takes every change of attributes that reconcile plans", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  heal(*wire, {want("192.0.2.9/24"), want("2001:db8::9/64")});
  std::vector changed{want("192.0.2.9/24"), want("2001:db8::9/64")};
  for (WantedAddress& wanted : changed) {
    wanted.label = "va:vip";
    wanted.noprefixroute = true;
    wanted.scope = Scope::link;
  }
  heal(*wire, changed);
  CHECK(wire->address("192.0.2.9/24")->label == "va:vip");
  CHECK(wire->address("192.0.2.9/24")->noprefixroute);
  CHECK(wire->address("192.0.2.9/24")->scope == Scope::link);
  CHECK(wire->address("2001:db8::9/64")->noprefixroute);
  CHECK(heal(*wire, changed).plan.empty());
}

TEST_CASE("the kernel takes a change of prefix length of both families", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  heal(*wire, {want("192.0.2.9/24"), want("2001:db8::9/64")});
  const std::vector changed{want("192.0.2.9/25"), want("2001:db8::9/72")};
  heal(*wire, changed);
  CHECK(wire->has("192.0.2.9/25"));
  CHECK(wire->has("2001:db8::9/72"));
  CHECK(heal(*wire, changed).plan.empty());
  CHECK_FALSE(wire->has("192.0.2.9/24"));
  // The local route is what answers: it must have outlived the old entry.
  CHECK(wire->network.ip_output("route get 192.0.2.9").find("local") == 0);
}

TEST_CASE("10,000 addresses are added and removed", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  std::vector<WantedAddress> wanted;
  for (int i = 0; i < 10'000; ++i) wanted.push_back(want(nth(i)));
  heal(*wire, wanted);
  CHECK(wire->found.addresses(wire->va).size() >= wanted.size());
  CHECK(heal(*wire, wanted).plan.empty());
  CHECK(heal(*wire, {}).plan.size() == wanted.size());
  CHECK_FALSE(wire->has(nth(0)));
  CHECK_FALSE(wire->has(nth(9'999)));
}

TEST_CASE("a dump is of one moment though addresses come and go meanwhile", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  // What comes and goes is in front of what stays, so that a dump that goes on regardless skips
  // some.
  std::string churn;
  for (int round = 0; round < 30; ++round)
    for (const std::string verb : {"add", "del"})
      for (int i = 1; i <= 50; ++i)
        churn += "addr " + verb + " 10.0.0." + std::to_string(i) + "/32 dev va scope link\n";
  Plan stay;
  for (int i = 0; i < 1'000; ++i) stay.emplace_back(AddAddress{wire->request(nth(i))});
  CHECK(wire->kernel->execute(stay).empty());

  auto elsewhere = wire->network.start_ip_batch(churn);
  int whole = 0;
  while (elsewhere.is_running()) {
    const auto snapshot = wire->kernel->dump();
    // Under this load a dump may be given up; what it gives is whole.
    if (!snapshot) {
      CHECK(snapshot.error().error == EINTR);
      continue;
    }
    ++whole;
    wire->found.reset(*snapshot);
    const auto missing = [&] {
      for (int i = 0; i < 1'000; ++i)
        if (!wire->has(nth(i))) return nth(i);
      return std::string();
    }();
    REQUIRE(missing.empty());
  }
  CHECK(whole > 0);
}

TEST_CASE("one subnet's addresses of both families go in one plan, secondaries first", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  std::vector<WantedAddress> wanted;
  for (int i = 1; i <= 200; ++i) {
    wanted.push_back(want("192.0.2." + std::to_string(i) + "/24"));
    wanted.push_back(want("2001:db8::" + std::to_string(i) + "/64"));
  }
  heal(*wire, wanted);
  CHECK(heal(*wire, {}).plan.size() == 400);
  CHECK_FALSE(wire->has("192.0.2.1/24"));
  CHECK_FALSE(wire->has("2001:db8::200/64"));
}

}  // namespace failover::tests
