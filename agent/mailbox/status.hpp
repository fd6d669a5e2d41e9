#pragma once
// What the engine publishes of every router and interface: plain values, read by the control thread
// whenever somebody asks, without the engine noticing.

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "agent/clock.hpp"
#include "agent/mailbox/published.hpp"
#include "protocol/address.hpp"
#include "protocol/carp/replay.hpp"
#include "protocol/limits.hpp"
#include "protocol/rejection.hpp"
#include "protocol/router/events.hpp"

namespace failover {

// What a peer counts its CARP adverts with: the time, as we do, or something else, which makes an
// advert of his worth as much tomorrow.
enum class CounterKind : std::uint8_t { unknown, clock, other };

struct PeerStatus {
  IpAddress address;
  MacAddress mac;
  router::Rank rank;
  Instant heard{};
  RealTime heard_at{};
  bool leaving = false;
  CounterKind counter = CounterKind::unknown;
};

// A rejection that a person can do something about: who sent it, and when last.
struct RejectedFrom {
  IpAddress address;
  MacAddress mac;
  Instant heard{};
};

// Who asked the kernel for something, as far as its notification tells.
struct Culprit {
  std::uint32_t process = 0;    // 0: nobody knows
  std::array<char, 16> name{};  // of the program; empty when it had ended by the time

  // "ip (4711)", "process 4711" or "unknown".
  [[nodiscard]] std::string text() const {
    if (process == 0) return "unknown";
    const std::string number = std::to_string(process);
    return name[0] == 0
               ? "process " + number
               : std::string(name.data(), strnlen(name.data(), name.size())) + " (" + number + ")";
  }
};

// Somebody on this node removes a router's addresses again and again.
enum class Contest : std::uint8_t {
  none,
  slowed,  // they are put back, after pauses that grow
  lost,    // and a peer is to have them, if there is one
};

struct RouterStatus {
  router::Role role = router::Role::initialize;
  Reason reason = Reason::starting;
  WaitingFor waiting_for = WaitingFor::nothing;
  bool yielded = false;
  bool held = false;  // the kernel has the addresses
  RealTime since{};
  router::Rank rank;
  unsigned demotion = 0;

  std::array<PeerStatus, limits::peers_per_router> peers{};
  std::uint32_t peer_count = 0;

  std::uint64_t adverts_sent = 0;
  std::uint64_t adverts_received = 0;
  std::uint64_t send_errors = 0;
  std::array<std::uint64_t, rejections> rejected{};
  RejectedFrom wrong_digest;    // or password
  RejectedFrom other_interval;  // VRRPv2
  RejectedFrom replayed;        // CARP
  carp::Judgement replayed_as;
  // Adverts that were accepted and would not be if replay protection were enforced: those that look
  // like a replay, and those of peers whose counters are no times.
  std::uint64_t replay_suspected = 0;
  std::uint64_t unprotected = 0;
  // Accepted ones of VRRPv3 over IPv4, by the form of their checksum.
  std::uint64_t checksum_rfc5798 = 0;
  std::uint64_t checksum_rfc9568 = 0;
  // Adverts that were accepted but list other addresses than ours (VRRP).
  std::uint64_t other_addresses = 0;
  RejectedFrom other_addresses_from;

  // Addresses that somebody has removed, and that were put back.
  std::uint64_t restored = 0;
  IpAddress restored_last;
  RealTime restored_at{};
  Culprit removed_by;
  Contest contest = Contest::none;

  // Another machine has answered for one of the addresses, long after every hand-over.
  std::uint64_t collisions = 0;
  RejectedFrom collision_from;  // its address: the one of ours

  std::uint64_t two_active = 0;
  RealTime two_active_at{};
  PeerStatus two_active_peer;
};

struct InterfaceStatus {
  WaitingFor waiting_for = WaitingFor::interface;
  int index = 0;
  MacAddress mac;
  PerFamily<std::optional<IpAddress>> sources;
  std::optional<IpAddress> global6;
  // Adverts of the other protocol with an id of ours: both would have one virtual MAC.
  std::uint64_t id_conflicts = 0;
  RejectedFrom id_conflict_from;
  std::uint8_t id_in_conflict = 0;
  std::uint64_t unknown_id = 0;
  std::uint64_t vlan_tagged = 0;
  std::uint64_t malformed = 0;
  // Settings of it, or of our links on it, that somebody has changed, and that were put back.
  std::uint64_t settings_restored = 0;
};

using PublishedRouter = Published<RouterStatus>;
using PublishedInterface = Published<InterfaceStatus>;

}  // namespace failover
