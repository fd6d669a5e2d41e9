// Routes and rules in the real kernel, each test in a network namespace of its own. va has
// 192.0.2.1/24 and 2001:db8::1/64.

#include <algorithm>
#include <cerrno>

#include "netlink/reconcile_routes.hpp"
#include "netlink/route_words.hpp"
#include "protocol/limits.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/network_namespace.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

constexpr int buffer = limits::netlink_notification_buffer;
using Errors = std::vector<KernelError>;

std::optional<Wire> lay() {
  auto wire = Wire::lay(buffer);
  if (!wire) return wire;
  wire->network.ip("addr add 192.0.2.1/24 dev va");
  wire->network.ip("addr add 2001:db8::1/64 dev va nodad");
  REQUIRE(wire->wait_until([&] { return wire->has("2001:db8::1/64"); }));
  return wire;
}

WantedRoute route(std::string_view words) { return parse_route(words).value(); }
WantedRule rule(std::string_view words) { return parse_rule(words).value(); }

AddRoute adding(const Wire& wire, std::string_view words) {
  const WantedRoute wanted = route(words);
  return {.route = wanted, .interface = wanted.interface.empty() ? 0 : wire.va};
}

void execute(Wire& wire, const Plan& plan) {
  const Errors refused = wire.kernel->execute(plan);
  CAPTURE(refused);
  REQUIRE(refused.empty());
}

int error_of(const Errors& errors) { return errors.size() == 1 ? errors.front().error : -1; }

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every kind of route is added, found as it was wanted, and removed", "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  for (const std::string words : {"10.9.0.0/16 via 192.0.2.9 dev va",
                                  "10.9.0.0/16 via 192.0.2.9",
                                  "10.9.0.0/16 dev va",
                                  "10.9.0.0/16 dev va scope global metric 7 table 300",
                                  "10.9.0.0/16 via 198.51.100.9 dev va onlink",
                                  "10.9.0.1 dev va src 192.0.2.1",
                                  "default via 192.0.2.9",
                                  "blackhole 10.9.0.0/16",
                                  "unreachable 10.9.0.0/16 table 4000000000",
                                  "prohibit default metric 4294967295",
                                  "2001:db8:9::/48 via 2001:db8::9 dev va",
                                  "2001:db8:9::/48 via 2001:db8::9",
                                  "default via fe80::9 dev va",
                                  "2001:db8:9::/48 dev va metric 7 table 300",
                                  "2001:db8:9::/48 dev va src 2001:db8::1",
                                  "2001:db8:9::/48 via 2001:db8:77::9 dev va onlink",
                                  "::/0 dev va",
                                  "blackhole 2001:db8:9::/48",
                                  "unreachable ::/0 table 300",
                                  "prohibit 2001:db8:9::/48"}) {
    INFO(words);
    execute(*wire, {adding(*wire, words)});
    CHECK(wire->wait_until([&] { return is_in_place(route(words), wire->found); }));
    wire->dump();
    CHECK(is_in_place(route(words), wire->found));
    CHECK(wire->found.routes().ours().size() == 1);
    execute(*wire, {RemoveRoute{key_of(route(words))}});
    CHECK(wire->wait_until([&] { return wire->found.routes().ours().empty(); }));
    wire->dump();
    CHECK(wire->found.routes().ours().empty());
  }
}

TEST_CASE("routes carry our protocol, and what ip makes of them is what was written", "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  execute(*wire, {adding(*wire,
                         "10.9.0.0/16 via 192.0.2.9 dev va table 100 metric 50 src "
                         "192.0.2.1")});
  CHECK(contains(wire->network.ip_output("route show table 100 proto 70"),
                 "10.9.0.0/16 via 192.0.2.9 dev va src 192.0.2.1 metric 50"));
  execute(*wire, {adding(*wire, "10.8.0.0/16 dev va")});
  CHECK(contains(wire->network.ip_output("route show proto 70"), "10.8.0.0/16 dev va scope link"));
}

TEST_CASE("every kind of rule is added, found as it was wanted, and removed", "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  for (const std::string words :
       {"from 203.0.113.10 lookup 100 priority 500", "to 10.0.0.0/8 lookup main pref 10",
        "from 10.0.0.0/8 to 10.9.0.0/16 iif va oif vb fwmark 0x1/0xff table 4000000000 pref 1",
        "fwmark 7 lookup 100 pref 4294967295", "fwmark 0/0xf0 lookup 100 pref 2",
        "iif not-there prohibit pref 3", "from 10.0.0.1 blackhole pref 3",
        "from 10.0.0.1 unreachable pref 3", "from 2001:db8::/32 lookup 100 pref 5",
        "-6 iif va lookup 100 pref 5", "to 2001:db8::9 prohibit pref 5", "lookup default pref 1"}) {
    INFO(words);
    execute(*wire, {AddRule{rule(words)}});
    CHECK(
        wire->wait_until([&] { return wire->found.routes().rules() == std::vector{rule(words)}; }));
    wire->dump();
    CHECK(wire->found.routes().rules() == std::vector{rule(words)});
    execute(*wire, {RemoveRule{rule(words)}});
    CHECK(wire->wait_until([&] { return wire->found.routes().rules().empty(); }));
    wire->dump();
    CHECK(wire->found.routes().rules().empty());
  }
}

TEST_CASE("PRODUCT 8.9: somebody else's route bars ours, and is not removed in its place",
          "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  for (const std::string words :
       {"10.9.0.0/16 via 192.0.2.9 dev va", "2001:db8:9::/48 via 2001:db8::9 dev va"}) {
    INFO(words);
    wire->network.ip("route add " + words);
    const Errors refused = wire->kernel->execute({adding(*wire, words)});
    REQUIRE(error_of(refused) == EEXIST);
    CHECK(refused.front().operation == "add route " + words);
    CHECK_FALSE(refused.front().about);
    execute(*wire, {RemoveRoute{key_of(route(words))}});
    CHECK(contains(wire->network.ip_output("-4 route show") + wire->network.ip_output("-6 route"),
                   words));
  }
}

TEST_CASE("PRODUCT 8.9: a rule of ours comes and goes beside the same one of somebody else",
          "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  const WantedRule wanted = rule("from 10.0.0.1 lookup 100 pref 500");
  wire->network.ip("rule add from 10.0.0.1 lookup 100 pref 500");
  execute(*wire, {AddRule{wanted}});
  wire->dump();
  CHECK(wire->found.routes().rules() == std::vector{wanted});
  CHECK(error_of(wire->kernel->execute({AddRule{wanted}})) == EEXIST);
  execute(*wire, {RemoveRule{wanted}, RemoveRule{wanted}});
  CHECK(contains(wire->network.ip_output("rule show"), "from 10.0.0.1 lookup 100"));
}

TEST_CASE("routes that need each other are added in their order, and what cannot be is refused",
          "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  const Errors refused = wire->kernel->execute(
      {adding(*wire, "10.9.0.0/16 via 192.0.2.9"), adding(*wire, "10.8.0.0/16 via 10.7.0.1"),
       adding(*wire, "10.7.0.0/16 dev va"), adding(*wire, "10.8.0.0/16 via 10.7.0.1"),
       adding(*wire, "10.6.0.0/16 dev va src 192.0.2.77")});
  REQUIRE(refused.size() == 2);
  CHECK(refused.front().error == ENETUNREACH);
  CHECK(refused.front().operation == "add route 10.8.0.0/16 via 10.7.0.1");
  CHECK(refused.back().error == EINVAL);
  wire->dump();
  CHECK(wire->found.routes().ours().size() == 3);
}

TEST_CASE("removing a route or a rule that is not there is no refusal", "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  CHECK(wire->kernel
            ->execute({RemoveRoute{key_of(route("10.9.0.0/16 dev va"))},
                       RemoveRoute{key_of(route("2001:db8:9::/48 dev va table 9"))},
                       RemoveRule{rule("from 10.0.0.1 lookup 1 pref 1")},
                       RemoveRule{rule("from 2001:db8::1 lookup 1 pref 1")}})
            .empty());
}

TEST_CASE("a plan that was reconciled leaves nothing to reconcile", "[kernel]") {
  auto wire = lay();
  if (!wire) return;
  WantedRoutes wanted{
      .routes = {route("10.9.0.0/16 via 192.0.2.9 dev va"),
                 route("default via 10.9.0.1 dev va onlink table 100"),
                 route("2001:db8:9::/48 via 2001:db8::9"), route("blackhole 10.8.0.0/16 metric 9")},
      .rules = {rule("from 10.0.0.1 lookup 100 pref 500"), rule("-6 iif va lookup 100 pref 500")}};
  const auto carry_out = [&] {
    const auto plan = reconcile_routes(wanted, wire->found);
    execute(*wire, plan.removals);
    execute(*wire, plan.additions);
    wire->dump();
    const auto again = reconcile_routes(wanted, wire->found);
    CHECK(again.removals.empty());
    CHECK(again.additions.empty());
    return plan.removals.size() + plan.additions.size();
  };
  CHECK(carry_out() == 6);
  wanted.routes.front().gateway = ip("192.0.2.8");
  wanted.rules.pop_back();
  CHECK(carry_out() == 3);
  CHECK(contains(wire->network.ip_output("route show 10.9.0.0/16"), "via 192.0.2.8"));
  wanted = {};
  CHECK(carry_out() == 5);
  CHECK(wire->network.ip_output("route show table all proto 70").empty());
}

}  // namespace failover::tests
