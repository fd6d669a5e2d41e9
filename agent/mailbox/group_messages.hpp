#pragma once
// What the threads say to each other about failover groups. Part of messages.hpp.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/clock.hpp"
#include "agent/mailbox/group_status.hpp"
#include "agent/mailbox/watch.hpp"
#include "netlink/reconcile_routes.hpp"
#include "protocol/group/group.hpp"
#include "protocol/router/events.hpp"

namespace failover {

using GroupId = std::uint32_t;
using OperationId = std::uint64_t;

// Whether the addresses are claimed as soon as the role is there, or when the services run.
enum class Claiming : std::uint8_t { at_once, after_services };

// Whether routes or rules come and go with the role.
enum class Routes : std::uint8_t { none, some };

// A failover group, as the engine needs it.
struct EngineGroup {
  GroupId id = 0;
  group::Settings settings = {};
  Claiming claiming = Claiming::at_once;
  Routes routes = Routes::none;
  PublishedGroup* status = nullptr;          // the control thread's; valid until GroupGone
  std::vector<PublishedTrack*> tracks = {};  // likewise, in the order of settings.tracks
  group::Overrides overrides = {};           // in force from the beginning
  group::Group::Start start = group::Group::Start::resumed;
};

// The same, as the kernel thread needs it.
struct KernelGroup {
  GroupId id = 0;
  std::string name;
  netlink::WantedRoutes wanted = {};
  bool adopted = false;  // they are there, from the agent's earlier life
  struct WatchedTrack {
    group::TrackNumber track = 0;
    Watch watch;
  };
  std::vector<WatchedTrack> watched = {};
};

// --- To the engine: the first three through the kernel thread, so that a group is known before its
// routers are ---

struct GroupAdded {
  std::unique_ptr<EngineGroup> group;
};
struct GroupChanged {
  std::unique_ptr<EngineGroup> group;
};
struct GroupRemoved {  // after all its routers have gone; answered by GroupGone
  GroupId id = 0;
};

struct SwitchOverGroup {
  GroupId id = 0;
  OperationId operation = 0;
  group::Unclaimed unclaimed = group::Unclaimed::take_back;
};
// All overrides of the group as they are to be from now on. A hand-over that it asks for and that
// nobody claims leaves the old ones in force: OperationFinished says taken_back.
struct OverrideGroup {
  GroupId id = 0;
  OperationId operation = 0;  // 0: nobody waits, the override has run out
  group::Overrides wanted;
  group::Unclaimed unclaimed = group::Unclaimed::take_back;
};
struct ReleaseGroup {  // ends what a switchover left behind, and a hold
  GroupId id = 0;
  OperationId operation = 0;
};
struct AnnounceGroup {
  GroupId id = 0;
  OperationId operation = 0;
};
struct TrackReported {  // by the control thread's checks, and by the kernel thread
  GroupId id = 0;
  group::TrackReport report;
};
// The answer to ServicesWanted.
struct ServicesReady {
  GroupId id = 0;
};
struct ServicesFailed {
  GroupId id = 0;
};

// --- To the kernel thread ---

struct ClaimRoutes {  // and rules; in force when the addresses are there
  GroupId id = 0;
};
struct ReleaseRoutes {
  GroupId id = 0;
};

// --- To the control thread ---

struct TrackTold {  // by the kernel, in words: "eth2 has no carrier"
  GroupId id = 0;
  group::TrackNumber track = 0;
  std::string detail;
};

// The role of a group has changed, or its reason. Comes behind the RoleChanged of its elements.
struct GroupMoved {
  GroupId id = 0;
  router::Role from = router::Role::initialize;
  router::Role to = router::Role::initialize;
  GroupState state = GroupState::down;
  Reason reason = Reason::starting;
  bool planned = false;  // an operator, a stop or a reload asked for it
  RealTime at{};
};
struct TrackMoved {
  GroupId id = 0;
  group::TrackNumber track = 0;
  TrackState state = TrackState::unknown;
  RealTime at{};
};
// Cold mode: the role is ours, the addresses are claimed when ServicesReady comes.
struct ServicesWanted {
  GroupId id = 0;
};
struct GroupGone {
  GroupId id = 0;
};

}  // namespace failover
