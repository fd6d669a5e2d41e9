#pragma once
// What the engine publishes of every router and interface: plain values, read by the control thread
// whenever somebody asks, without the engine noticing.

#include <array>
#include <cstdint>

#include "agent/clock.hpp"
#include "agent/mailbox/published.hpp"
#include "protocol/address.hpp"
#include "protocol/carp/events.hpp"
#include "protocol/limits.hpp"
#include "protocol/rejection.hpp"

namespace failover {

struct PeerStatus {
  IpAddress address;
  MacAddress mac;
  carp::Rank rank;
  Instant heard{};
  RealTime heard_at{};
  bool leaving = false;
};

// A rejection that a person can do something about: who sent it, and when last.
struct RejectedFrom {
  IpAddress address;
  MacAddress mac;
  Instant heard{};
};

struct RouterStatus {
  carp::Role role = carp::Role::initialize;
  Reason reason = Reason::starting;
  WaitingFor waiting_for = WaitingFor::nothing;
  bool yielded = false;
  bool held = false;  // the kernel has the addresses
  RealTime since{};
  carp::Rank rank;
  unsigned demotion = 0;

  std::array<PeerStatus, limits::peers_per_router> peers{};
  std::uint32_t peer_count = 0;

  std::uint64_t adverts_sent = 0;
  std::uint64_t adverts_received = 0;
  std::uint64_t send_errors = 0;
  std::array<std::uint64_t, rejections> rejected{};
  RejectedFrom wrong_digest;

  std::uint64_t two_active = 0;
  RealTime two_active_at{};
  PeerStatus two_active_peer;
};

struct InterfaceStatus {
  WaitingFor waiting_for = WaitingFor::interface;
  int index = 0;
  MacAddress mac;
  IpAddress source;
  bool has_source = false;
  std::uint64_t unknown_id = 0;
  std::uint64_t vlan_tagged = 0;
  std::uint64_t malformed = 0;
};

using PublishedRouter = Published<RouterStatus>;
using PublishedInterface = Published<InterfaceStatus>;

}  // namespace failover
