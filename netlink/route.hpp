#pragma once
// Routes and rules as values: what is wanted, by the names that people write (route_words.hpp), and
// what the kernel has, by its numbers.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "netlink/scope.hpp"
#include "protocol/address.hpp"

namespace failover::netlink {

// Protocol of every route and every rule that we add (RTA_PROTOCOL, FRA_PROTOCOL): how the next
// agent, and `ip route`, know that it is ours. The same number as the mark of addresses. Routing
// daemons have others, and leave what is not theirs alone.
inline constexpr std::uint8_t our_protocol = 0x46;

inline constexpr std::uint32_t main_table = 254;
// The kernel's own: what is in there follows from addresses, and nobody else has a say.
inline constexpr std::uint32_t local_table = 255;

enum class RouteType : std::uint8_t { unicast, blackhole, unreachable, prohibit };
enum class RuleAction : std::uint8_t { lookup, blackhole, unreachable, prohibit };

// What makes one route another one: the kernel has one of each.
struct RouteKey {
  Prefix destination;
  std::uint32_t table = main_table;
  std::uint32_t metric = 0;  // as the kernel has it: IPv6 has no 0
  friend auto operator<=>(const RouteKey&, const RouteKey&) = default;
};
// "203.0.113.0/24 table 100 metric 50"
[[nodiscard]] std::string text(const RouteKey& key);

struct WantedRoute {
  RouteType type = RouteType::unicast;
  Prefix destination;  // without host bits; length 0: the default route
  std::optional<IpAddress> gateway = {};
  std::string interface = {};  // name; empty: where the kernel finds the gateway
  std::uint32_t table = main_table;
  std::uint32_t metric = 0;  // 0: what the family has without one, 0 or 1024
  std::optional<IpAddress> preferred_source = {};
  std::optional<Scope> scope = {};  // IPv4 only; nothing: what follows from the rest
  bool onlink = false;              // the gateway is on the link, whatever the addresses say
  friend bool operator==(const WantedRoute&, const WantedRoute&) = default;
};
[[nodiscard]] RouteKey key_of(const WantedRoute& route);

// One way to go; a route has several where it spreads what it carries.
struct Hop {
  std::optional<IpAddress> gateway = {};
  int interface = 0;  // index
  friend bool operator==(const Hop&, const Hop&) = default;
};

struct Route {
  RouteKey key;
  RouteType type = RouteType::unicast;
  std::uint8_t protocol = 0;  // who has put it there: our_protocol, or RTPROT_*
  Scope scope = Scope::global;
  std::optional<IpAddress> preferred_source = {};
  bool onlink = false;
  std::vector<Hop> hops = {};  // none unless unicast
  friend bool operator==(const Route&, const Route&) = default;
};
[[nodiscard]] inline bool is_ours(const Route& route) { return route.protocol == our_protocol; }

struct FirewallMark {
  std::uint32_t value = 0;
  std::uint32_t mask = 0xffffffff;
  friend bool operator==(const FirewallMark&, const FirewallMark&) = default;
};

// A rule is all that it says: the kernel has two that say the same when their protocols differ, so
// nobody's is in the way of ours. Interfaces are names for the kernel too, and need not be there.
struct Rule {
  Family family = Family::ipv4;
  std::uint32_t priority = 0;
  std::optional<Prefix> from = {};
  std::optional<Prefix> to = {};
  std::string iif = {};
  std::string oif = {};
  std::optional<FirewallMark> mark = {};
  RuleAction action = RuleAction::lookup;
  std::uint32_t table = main_table;  // of a lookup
  friend bool operator==(const Rule&, const Rule&) = default;
};
using WantedRule = Rule;

}  // namespace failover::netlink
