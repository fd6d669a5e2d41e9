#pragma once
// What can happen to a virtual router, and what it can ask for: the two vocabularies of the state
// machine in router.hpp.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <variant>

#include "protocol/address.hpp"
#include "protocol/fixed_list.hpp"
#include "protocol/limits.hpp"
#include "protocol/preempt.hpp"
#include "protocol/reason.hpp"
#include "protocol/router/election.hpp"

namespace failover::router {

struct Settings {
  Election election;
  Preempt preempt = Preempt::on;
  Duration handover_timeout = limits::handover_timeout_default;
  std::size_t addresses = 1;                            // how many it holds
  PerFamily<bool> speaks{.ipv4 = true, .ipv6 = false};  // adverts go out in these

  // Until a silent active counts as dead, when nothing is known of it and we are not demoted.
  [[nodiscard]] Duration dead_time() const {
    return router::dead_time(election, router::rank(election, {}), std::nullopt);
  }
  // For how long who leaves waits for somebody to claim, and so may answer for the addresses.
  [[nodiscard]] Duration handover_bound(Duration dead_time) const {
    return std::min(dead_time + limits::handover_grace, handover_timeout);
  }
  [[nodiscard]] Duration handover_bound() const { return handover_bound(dead_time()); }
  friend bool operator==(const Settings&, const Settings&) = default;
};

enum class Role : std::uint8_t { initialize, backup, active };

// --- Events ---

struct Ready {  // the interface can send and receive; adverts leave from `sources`
  PerFamily<std::optional<IpAddress>> sources;
};
// The agent was replaced, or has died and is back: the router goes on where it was. Before Ready.
struct Resume {
  PerFamily<std::optional<IpAddress>> sources;
  Role role = Role::initialize;
  Reason reason = Reason::starting;  // of the role
  bool yielded = false;
  bool late = false;  // a dead time has passed: somebody else may have taken over
};
struct NotReady {
  WaitingFor what = WaitingFor::interface;
};
// What a frame came from. One from the virtual MAC has moved the switch's port to its sender; a
// frame of ours after it would pull the port back.
enum class SourceMac : std::uint8_t { own, virtual_mac };
struct AdvertHeard {  // accepted: authentic and not our own
  Rank rank;
  IpAddress source;
  SourceMac mac = SourceMac::own;
};
struct AnnouncementHeard {  // another node claims our address number `address`
  std::size_t address = 0;
  SourceMac mac = SourceMac::own;
  Family family = Family::ipv4;  // of the address
};
struct Claimed {};       // the kernel has notified every address
struct ClaimRefused {};  // it would not give us one of them
struct Barred {};        // an address of somebody else's is in the way
struct Unbarred {};      // it has gone
struct AdvertSent {};
struct AdvertNotSent {};
struct Demote {  // by what the router depends on
  Demotion by;
};
// What becomes of a hand-over that nobody claims.
enum class Unclaimed : std::uint8_t {
  take_back,  // the addresses stay with us
  let_go,     // they go all the same
};
struct SwitchOver {  // an operator: hand over, and stay backup
  Unclaimed unclaimed = Unclaimed::take_back;
};
struct Unyield {};        // an operator: end what a switchover left behind
struct AnnounceAgain {};  // an operator
struct Stop {};           // hand over, then let go for good
struct StopNow {};        // the same without waiting for anybody
struct Reconfigured {
  Settings settings;
};
// From the group that the router is an element of (group/group.hpp).
struct ComeAlong {};  // another element has taken the role: so does this one, with the best rank
struct GiveUp {       // another one has lost it, or it is worth little here: hand over
  Reason reason = Reason::element_down;
  Unclaimed unclaimed = Unclaimed::let_go;
};
struct Forbid {  // a backup does not claim, whatever it hears; until Allow or ComeAlong
  Reason reason = Reason::element_down;
};
struct Allow {};
struct MayPreempt {
  Preempt preempt = Preempt::on;
};
enum class Advertised : std::uint8_t { own_rank, best_rank };
struct Advertise {  // best_rank: an operator wants this node active
  Advertised what = Advertised::own_rank;
};
struct Woken {};  // the process runs again; sent before anything that arrived meanwhile
struct DeadlineReached {};

using Event =
    std::variant<Ready, Resume, NotReady, AdvertHeard, AnnouncementHeard, Claimed, ClaimRefused,
                 Barred, Unbarred, AdvertSent, AdvertNotSent, Demote, SwitchOver, Unyield,
                 AnnounceAgain, Stop, StopNow, Reconfigured, ComeAlong, GiveUp, Forbid, Allow,
                 MayPreempt, Advertise, Woken, DeadlineReached>;

// --- Effects, to be carried out in order ---

struct SendAdvert {
  Rank rank;
  friend bool operator==(const SendAdvert&, const SendAdvert&) = default;
};
struct ClaimAddresses {  // answered by Claimed or ClaimRefused; harmless when they are held
  friend bool operator==(const ClaimAddresses&, const ClaimAddresses&) = default;
};
enum class Successor : std::uint8_t { unknown, announced };
struct ReleaseAddresses {
  // announced: a peer has announced the addresses; neighbours that asked us meanwhile can be told.
  Successor successor = Successor::unknown;
  friend bool operator==(const ReleaseAddresses&, const ReleaseAddresses&) = default;
};
struct Announce {
  friend bool operator==(const Announce&, const Announce&) = default;
};
struct Transition {  // also from a role to itself, when the reason is new
  Role from = Role::initialize;
  Role to = Role::initialize;
  Reason reason = Reason::starting;
  friend bool operator==(const Transition&, const Transition&) = default;
};
struct TwoActive {  // `peer` was active while we were
  IpAddress peer;
  friend bool operator==(const TwoActive&, const TwoActive&) = default;
};
enum class Outcome : std::uint8_t {
  done,
  taken_back,   // nobody claimed; we are active as before
  not_active,   // there was nothing to hand over
  interrupted,  // something else took the role away
};
struct OperationEnded {
  Outcome outcome = Outcome::done;
  friend bool operator==(const OperationEnded&, const OperationEnded&) = default;
};
struct Stopped {  // nothing is held any more and nothing will happen
  friend bool operator==(const Stopped&, const Stopped&) = default;
};

using Effect = std::variant<SendAdvert, ClaimAddresses, ReleaseAddresses, Announce, Transition,
                            TwoActive, OperationEnded, Stopped>;
using Effects = FixedList<Effect, limits::effects_per_event>;

}  // namespace failover::router
