#pragma once
// A scenario: who is on which segment, with which settings, and what goes wrong when. All of a run
// follows from it; it is drawn from a seed, or read from a file that an earlier run wrote.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/router/events.hpp"

namespace failover::sim {

inline constexpr std::size_t most_nodes = 8;
inline constexpr std::size_t most_services = 3;
inline constexpr std::size_t most_segments = 2;
inline constexpr std::size_t most_addresses = 4;

enum class Dialect : std::uint8_t { ours, ucarp, freebsd, openbsd, keepalived, frr };
inline constexpr std::size_t dialects = 6;
[[nodiscard]] std::string_view name(Dialect dialect);

// A virtual router of the whole network: what its nodes compete for.
struct ServicePlan {
  std::size_t segment = 0;
  router::Protocol protocol = router::Protocol::carp;
  vrrp::Version version = vrrp::Version::v3;
  std::uint8_t number = 1;  // VHID or VRID
  std::size_t addresses = 1;
  PerFamily<bool> speaks{.ipv4 = true, .ipv6 = false};

  [[nodiscard]] bool is_vrrp() const { return protocol == router::Protocol::vrrp; }
  [[nodiscard]] bool has_both_families() const { return speaks.ipv4 && speaks.ipv6; }
};

struct NodePlan {
  Dialect dialect = Dialect::ours;
  Duration starts{};
  int drift = 0;  // of the monotonic clock, parts per million
  std::array<router::Settings, most_services> settings{};
};

enum class FaultKind : std::uint8_t {
  loss,                // amount: per mille of the frames
  duplication,         // amount: per mille
  delay,               // amount: up to so many milliseconds, so that frames overtake each other
  partition,           // amount: the nodes of one side, as bits; the client is with the other
  one_way,             // from node to other
  crash,               // the process dies, its addresses stay
  reboot,              // the machine dies
  pause,               // the process does not run; frames pile up
  clock_step,          // amount: milliseconds, of real time
  slow_kernel,         // amount: milliseconds for a request
  refused_requests,    // amount: errno
  lost_notifications,  // the netlink socket overflows
  address_removed,     // somebody else removes a failover IP
  foreign_address,     // somebody else adds one
  link_down,
  carrier_lost,
  renamed,  // the interface is called something else
  new_mac,
  send_errors,  // amount: errno
  switchover,
  release,
  announce,
  stop,           // and start again when it is over
  reload,         // amount: advskew, odd ones with preempt
  remove_router,  // and add it again when it is over; of a model: one daemon of its dies
  family_cut,  // what others send it in one family (amount 0, 2: IPv4) is lost; 2, 3: and its own
  track_down,  // of the node's group
};
inline constexpr std::size_t fault_kinds = 27;
[[nodiscard]] std::string_view name(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::loss;
  Duration at{};
  Duration lasts{};
  std::size_t node = 0;
  std::size_t other = 0;  // the service, the segment or the other node
  int amount = 0;
  [[nodiscard]] std::string text() const;
};

// On every node all services are one failover group, with one track.
struct GroupPlan {
  std::optional<unsigned> demote;  // what the track costs while it is down; nothing: it yields
};

// What is done to every node on purpose, to see that the promises find it. Not in the text.
enum class Sabotage : std::uint8_t {
  none,
  apart,  // each service is alone in a group after all
  blind,  // nobody tells the group of its track
};

struct Scenario {
  std::uint64_t seed = 0;  // of what happens to single frames
  std::size_t segments = 1;
  std::vector<ServicePlan> services;
  std::vector<NodePlan> nodes;
  std::optional<GroupPlan> group;  // nothing: each service is alone in one
  std::vector<Fault> faults;
  Duration calm{};     // all that goes wrong is over
  Duration settled{};  // all must be as it should be
  Duration end{};      // and stay so
  Sabotage sabotage = Sabotage::none;

  [[nodiscard]] std::string text() const;
};

// drawn: some seeds have a failover group of several routers.
enum class Groups : std::uint8_t { none, drawn };
[[nodiscard]] Scenario draw(std::uint64_t seed, Groups groups);
// Nothing when the text is not what Scenario::text() writes.
[[nodiscard]] std::optional<Scenario> parse_scenario(std::string_view text);

// The addresses of the simulated network. On the first segment the IPv6 addresses are in the other
// order than the IPv4 ones: who wins a tie in one family loses it in the other.
[[nodiscard]] IpAddress own_address(std::size_t node, std::size_t segment, Family family);
[[nodiscard]] MacAddress mac_address(std::size_t node, std::size_t segment, unsigned generation);

[[nodiscard]] constexpr int subnet_length(Family family) {
  return family == Family::ipv4 ? 24 : 64;
}

struct Place {  // of a failover IP
  std::size_t service = 0;
  std::size_t number = 0;
};
// A service with both families has them in turn. The first IPv6 one is link-local, as VRRP has it.
[[nodiscard]] IpAddress failover_ip(const Scenario& scenario, Place place);
[[nodiscard]] std::vector<IpAddress> failover_ips(const Scenario& scenario, std::size_t service);
[[nodiscard]] std::optional<Place> place_of(const Scenario& scenario, const IpAddress& address);

}  // namespace failover::sim
