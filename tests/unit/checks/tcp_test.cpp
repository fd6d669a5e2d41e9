#include "agent/checks/check.hpp"
#include "agent/checks/tcp_probe.hpp"
#include "tests/unit/checks/asking.hpp"
#include "tests/unit/checks/test_server.hpp"
#include "tests/unit/netlink/network_namespace.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::checks;
using netlink::ip;
using test::finding_of;
using test::judged;
using test::listening_socket;
using test::port_of;

TEST_CASE("a port that takes connections is good, in both families") {
  const auto network = netlink::NetworkNamespace::enter();
  if (!network) return;
  network->ip("link set lo up");
  boost::asio::io_context context;
  for (const char* address : {"127.0.0.1", "::1"}) {
    const auto socket = listening_socket(address, 4);
    const auto probe = make_tcp_probe(context, {.address = ip(address), .port = port_of(socket)});
    CHECK(finding_of(context, *probe) == test::good("connected"));
    CHECK(finding_of(context, *probe) == test::good("connected"));
  }
}

TEST_CASE("a port that nobody listens on refuses") {
  boost::asio::io_context context;
  auto socket = listening_socket("127.0.0.1", 4);
  const auto port = port_of(socket);
  socket.reset();
  const auto probe = make_tcp_probe(context, {.address = ip("127.0.0.1"), .port = port});
  CHECK(finding_of(context, *probe) == test::bad("connection refused"));
}

TEST_CASE("a port that connects to itself is one that nobody listens on") {
  // With one ephemeral port, every connection to it comes from it.
  const auto network = netlink::NetworkNamespace::enter();
  if (!network) return;
  network->ip("link set lo up");
  network->output("echo 40000 40000 > /proc/sys/net/ipv4/ip_local_port_range");
  boost::asio::io_context context;
  const auto probe = make_tcp_probe(context, {.address = ip("127.0.0.1"), .port = 40'000});
  CHECK(finding_of(context, *probe) == test::bad("connection refused"));
}

TEST_CASE("an address that there is no way to is bad, and the detail says so") {
  const auto network = netlink::NetworkNamespace::enter();
  if (!network) return;
  boost::asio::io_context context;
  const auto probe = make_tcp_probe(context, {.address = ip("192.0.2.1"), .port = 80});
  CHECK(finding_of(context, *probe) == test::bad("network is unreachable"));
}

TEST_CASE("a port that never answers is bad after the timeout, again and again") {
  const auto network = netlink::NetworkNamespace::enter();
  if (!network) return;
  network->ip("link add d0 type veth peer name d1");
  network->ip("link set d0 up arp off");
  network->ip("link set d1 up");
  network->ip("addr add 192.0.2.1/24 dev d0");
  boost::asio::io_context context;
  Check check(context, {.interval = 60ms, .timeout = 50ms},
              make_tcp_probe(context, {.address = ip("192.0.2.2"), .port = 80}));
  std::vector<Finding> found;
  check.start(std::chrono::steady_clock::now(),
              [&](const Finding& finding, Duration) { found.push_back(finding); });
  REQUIRE(test::run_until(context, [&] { return judged(found).size() >= 2; }));
  for (const Finding& finding : judged(found))
    CHECK(finding == Finding{Verdict::timed_out, "no answer within 50ms"});
}

TEST_CASE("a try that is given up leaves no connection") {
  boost::asio::io_context context;
  const auto socket = listening_socket("127.0.0.1", 4);
  const auto probe = make_tcp_probe(context, {.address = ip("127.0.0.1"), .port = port_of(socket)});
  bool answered = false;
  probe->ask(10ms, [&](const Finding&) { answered = true; });
  CHECK(probe->give_up(10ms) == no_answer(10ms));
  context.run();
  CHECK_FALSE(answered);
}

}  // namespace failover::tests
