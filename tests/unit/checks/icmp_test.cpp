// Pings in a network of the test's own, where nobody else does.

#include "agent/checks/icmp_probe.hpp"

#include <memory>
#include <vector>

#include "protocol/limits.hpp"
#include "tests/unit/checks/asking.hpp"
#include "tests/unit/netlink/network_namespace.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::checks;
using netlink::ip;
using netlink::NetworkNamespace;
using test::finding_of;

namespace {

// A namespace with lo and a link whose other end has no address and swallows everything.
std::optional<NetworkNamespace> network_with_hole() {
  auto network = NetworkNamespace::enter();
  if (!network) return std::nullopt;
  network->ip("link set lo up");
  network->ip("link add d0 type veth peer name d1");
  network->ip("link set d0 up arp off");
  network->ip("link set d1 up");
  network->ip("addr add 192.0.2.1/24 dev d0");
  network->ip("addr add 2001:db8::1/64 dev d0 nodad");
  // The kernel makes the way to it later, and what is sent before falls into the hole.
  const auto patience = std::chrono::steady_clock::now() + 10s;
  while (network->ip_output("-6 route show table local 2001:db8::1").empty())
    REQUIRE(std::chrono::steady_clock::now() < patience);
  return network;
}

}  // namespace

TEST_CASE("an address that answers an echo request is good, in both families") {
  const auto network = network_with_hole();
  if (!network) return;
  boost::asio::io_context context;
  PerFamily<EchoSocket> echo{.ipv4 = {context, Family::ipv4}, .ipv6 = {context, Family::ipv6}};
  for (const char* text : {"127.0.0.1", "192.0.2.1", "::1", "2001:db8::1"}) {
    INFO(text);
    const auto probe = make_icmp_probe(echo[ip(text).family()], {.address = ip(text)});
    CHECK(finding_of(context, *probe) == test::good("answered"));
    CHECK(finding_of(context, *probe) == test::good("answered"));
  }
}

TEST_CASE("the checks of one family share a socket and get their own answers") {
  const auto network = network_with_hole();
  if (!network) return;
  boost::asio::io_context context;
  EchoSocket socket(context, Family::ipv4);
  const auto dead = make_icmp_probe(socket, {.address = ip("192.0.2.2")});
  bool dead_answered = false;
  dead->ask(1s, [&](const Finding&) { dead_answered = true; });
  std::vector<std::unique_ptr<Probe>> probes;
  std::size_t answers = 0;
  for (int i = 0; i < 200; ++i) {
    probes.push_back(make_icmp_probe(socket, {.address = ip("127.0.0.1")}));
    probes.back()->ask(1s, [&](const Finding& finding) {
      CHECK(finding == test::good("answered"));
      ++answers;
    });
  }
  REQUIRE(test::run_until(context, [&] { return answers == 200; }));
  CHECK_FALSE(dead_answered);
  CHECK(dead->give_up(1s) == no_answer(1s));
}

TEST_CASE("an address that there is no way to is bad, and the detail says so, for a ping too") {
  const auto network = network_with_hole();
  if (!network) return;
  boost::asio::io_context context;
  EchoSocket socket(context, Family::ipv4);
  const auto probe = make_icmp_probe(socket, {.address = ip("198.51.100.1")});
  CHECK(finding_of(context, *probe) == test::bad("network is unreachable"));
}

TEST_CASE("the reply to a ping that was given up is nobody's") {
  const auto network = network_with_hole();
  if (!network) return;
  boost::asio::io_context context;
  EchoSocket socket(context, Family::ipv4);
  const auto probe = make_icmp_probe(socket, {.address = ip("127.0.0.1")});
  bool answered = false;
  probe->ask(1s, [&](const Finding&) { answered = true; });
  (void)probe->give_up(1s);
  // The later one's answer comes behind it on the same socket.
  const auto later = make_icmp_probe(socket, {.address = ip("127.0.0.1")});
  CHECK(finding_of(context, *later) == test::good("answered"));
  CHECK_FALSE(answered);
}

TEST_CASE("somebody else's pings do not wake the checks' socket up") {
  const auto network = network_with_hole();
  if (!network) return;
  boost::asio::io_context context;
  EchoSocket ours(context, Family::ipv4);
  const auto probe = make_icmp_probe(ours, {.address = ip("127.0.0.1")});
  REQUIRE(finding_of(context, *probe) == test::good("answered"));
  boost::asio::io_context elsewhere;
  EchoSocket theirs(elsewhere, Family::ipv4);
  const auto other = make_icmp_probe(theirs, {.address = ip("127.0.0.1")});
  // One of 65,536 runs has the same identifier for both.
  for (int i = 0; i < 5; ++i) REQUIRE(finding_of(elsewhere, *other) == test::good("answered"));
  CHECK(context.poll() == 0);
}

TEST_CASE("more echo requests than there may wait are not sent, and blame nobody") {
  const auto network = network_with_hole();
  if (!network) return;
  boost::asio::io_context context;
  EchoSocket socket(context, Family::ipv4);
  // On a link without a queue nothing is ever full but the list.
  std::size_t sent = 0;
  while (sent <= limits::echo_requests_waiting && socket.ask(ip("192.0.2.2"), [] {})) ++sent;
  CHECK(sent == limits::echo_requests_waiting);
  const auto probe = make_icmp_probe(socket, {.address = ip("192.0.2.2")});
  CHECK(finding_of(context, *probe).verdict == Verdict::none);
}

}  // namespace failover::tests
