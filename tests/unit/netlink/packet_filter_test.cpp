// Addresses that no packets are taken for, in the real kernel, each test in a network namespace of
// its own.

#include "netlink/packet_filter.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "protocol/limits.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/network_namespace.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

constexpr int buffer = limits::netlink_notification_buffer;
constexpr uid_t nobody = 65'534;

std::vector<KernelError> ask(const Wire& wire, const std::vector<Destination>& to) {
  return wire.kernel->execute({DropPackets{{to.begin(), to.end()}}});
}

void drop(const Wire& wire, const std::vector<Destination>& to) {
  const auto refused = ask(wire, to);
  CAPTURE(refused);
  REQUIRE(refused.empty());
}

std::string rules(const Wire& wire) { return wire.network.output("nft list ruleset"); }

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Hears what its port gets at any address of the namespace, IPv4 in the form of IPv6.
class Listener {
 public:
  Listener() : descriptor_(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    REQUIRE(descriptor_ >= 0);
    const sockaddr_in6 any = at(IpAddress::parse("::").value());
    REQUIRE(bind(descriptor_, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { close(descriptor_); }

  void send(std::string_view to, const std::string& word) const {
    INFO(word << " to " << to);
    const sockaddr_in6 address = at(ip(to));
    REQUIRE(sendto(descriptor_, word.data(), word.size(), 0,
                   reinterpret_cast<const sockaddr*>(&address),
                   sizeof address) == static_cast<ssize_t>(word.size()));
  }
  // The next word, which is there at once: what a host sends to itself is in order.
  [[nodiscard]] std::string heard() const {
    pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
    REQUIRE(poll(&waiting, 1, 10'000) == 1);
    std::string word(64, '\0');
    word.resize(static_cast<std::size_t>(recv(descriptor_, word.data(), word.size(), 0)));
    return word;
  }

 private:
  static sockaddr_in6 at(const IpAddress& address) {
    sockaddr_in6 result{};
    result.sin6_family = AF_INET6;
    result.sin6_port = 0x2a2a;  // the same in either byte order
    const auto bytes = address.bytes();
    auto* const into = result.sin6_addr.s6_addr;
    if (address.family() == Family::ipv4) into[10] = into[11] = 0xff;
    std::memcpy(into + 16 - bytes.size(), bytes.data(), bytes.size());
    return result;
  }
  int descriptor_;
};

std::optional<Wire> lay_with_addresses() {
  auto wire = Wire::lay(buffer);
  if (!wire) return std::nullopt;
  wire->network.ip("link set lo up");
  for (const std::string address :
       {"192.0.2.1/24", "192.0.2.2/24", "2001:db8::1/64 nodad", "2001:db8::2/64 nodad"})
    wire->network.ip("addr add " + address + " dev va");
  return wire;
}

}  // namespace

TEST_CASE("packets for the addresses are dropped, those for others are taken", "[kernel]") {
  auto wire = lay_with_addresses();
  if (!wire) return;
  const Listener listener;
  drop(*wire, {{ip("192.0.2.1")}, {ip("2001:db8::1")}});
  listener.send("192.0.2.1", "dropped");
  listener.send("2001:db8::1", "dropped6");
  listener.send("192.0.2.2", "taken");
  listener.send("2001:db8::2", "taken6");
  CHECK(listener.heard() == "taken");
  CHECK(listener.heard() == "taken6");
}

TEST_CASE("packets are taken again when there is nothing to drop, and no table is left",
          "[kernel]") {
  auto wire = lay_with_addresses();
  if (!wire) return;
  const Listener listener;
  drop(*wire, {{ip("192.0.2.1")}, {ip("2001:db8::1")}});
  drop(*wire, {});
  CHECK(rules(*wire).empty());
  listener.send("192.0.2.1", "taken");
  listener.send("2001:db8::1", "taken6");
  CHECK(listener.heard() == "taken");
  CHECK(listener.heard() == "taken6");
}

TEST_CASE("a table that is not there can be taken away", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  drop(*wire, {});
  CHECK(rules(*wire).empty());
}

TEST_CASE("the table is what the header says, and people can read it", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  drop(*wire, {{ip("192.0.2.1")}, {ip("2001:db8::1")}, {ip("fe80::1"), "eth0"}});
  const std::string listed = rules(*wire);
  for (const std::string part :
       {"type ipv4_addr\n", "elements = { 192.0.2.1 }", "ip daddr @ipv4 drop", "type ipv6_addr\n",
        "elements = { 2001:db8::1 }", "ip6 daddr @ipv6 drop", "type ipv6_addr . ifname\n",
        "elements = { fe80::1 . \"eth0\" }", "ip6 daddr . iifname @link_local drop",
        "type filter hook input priority filter; policy accept;"}) {
    INFO(part);
    CHECK(contains(listed, part));
  }
  CHECK(listed.find("icmpv6 type") < listed.find("ip6 daddr"));
}

TEST_CASE("one family asks for nothing of the other", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  drop(*wire, {{ip("192.0.2.1")}});
  CHECK_FALSE(contains(rules(*wire), "ip6"));
  CHECK_FALSE(contains(rules(*wire), "icmpv6"));
  drop(*wire, {{ip("2001:db8::1")}});
  CHECK_FALSE(contains(rules(*wire), "ip daddr"));
  CHECK(contains(rules(*wire), "icmpv6"));
}

TEST_CASE("the table is replaced as a whole, whoever put what was there", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  wire->network.output("nft 'add table inet failover; add chain inet failover forgotten'");
  wire->network.output("nft 'add table inet other'");
  drop(*wire, {{ip("192.0.2.1")}, {ip("192.0.2.2")}});
  drop(*wire, {{ip("192.0.2.2")}, {ip("192.0.2.3")}});
  CHECK(contains(rules(*wire), "elements = { 192.0.2.2, 192.0.2.3 }"));
  CHECK_FALSE(contains(rules(*wire), "forgotten"));
  drop(*wire, {});
  CHECK(rules(*wire) == "table inet other {\n}\n");
}

TEST_CASE("thousands of addresses are one transaction", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  const std::size_t count = limits::addresses_per_router;
  std::vector<Destination> to;
  for (std::size_t i = 0; i < count; ++i) {
    const auto high = static_cast<std::uint8_t>(i >> 8);
    const auto low = static_cast<std::uint8_t>(i);
    to.push_back({IpAddress::from_bytes(Family::ipv4,
                                        std::array{std::uint8_t{10}, std::uint8_t{}, high, low})});
    std::array<std::uint8_t, 16> bytes{0xfe, 0x80};
    bytes[14] = high;
    bytes[15] = low;
    to.push_back({IpAddress::from_bytes(Family::ipv6, bytes), "a-long-name-123"});
  }
  drop(*wire, to);
  const std::string listed = rules(*wire);
  const auto occurrences = [&](const std::string& part) {
    std::size_t found = 0;
    for (auto at = listed.find(part); at != std::string::npos; at = listed.find(part, at + 1))
      ++found;
    return found;
  };
  CHECK(occurrences("10.0.") == count);
  CHECK(occurrences(". \"a-long-name-123\"") == count);
  CHECK(contains(listed, "10.0.63.255"));
  drop(*wire, {});
}

TEST_CASE("what the kernel refuses is said in words, and leaves all as it was", "[kernel]") {
  auto wire = Wire::lay(buffer);
  if (!wire) return;
  drop(*wire, {{ip("192.0.2.1")}});
  const std::string before = rules(*wire);
  REQUIRE(seteuid(nobody) == 0);
  const auto adding = ask(*wire, {{ip("192.0.2.1")}, {ip("192.0.2.2")}});
  const auto removing = ask(*wire, {});
  REQUIRE(seteuid(0) == 0);
  REQUIRE(adding.size() == 1);
  CHECK(adding[0].error == EPERM);
  CHECK_FALSE(adding[0].about);
  CHECK(adding[0].text() ==
        "drop packets for 2 addresses by nf_tables: Operation not permitted (it takes "
        "CAP_NET_ADMIN, and a table that no other program has to itself)");
  REQUIRE(removing.size() == 1);
  CHECK(contains(removing[0].text(), "remove nf_tables' table inet failover: "));
  CHECK(rules(*wire) == before);
}

}  // namespace failover::tests
