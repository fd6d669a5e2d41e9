#pragma once
// What the three threads say to each other. Each direction has its own mailbox; within one, order
// is kept, and a router is known to the engine only after the kernel thread knows it.

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/clock.hpp"
#include "agent/mailbox/capture.hpp"
#include "agent/mailbox/group_messages.hpp"
#include "agent/mailbox/mailbox.hpp"
#include "agent/mailbox/status.hpp"
#include "agent/state/counter_file.hpp"
#include "agent/state/state_file.hpp"
#include "agent/wire/wire.hpp"
#include "netlink/reconcile.hpp"
#include "protocol/router/events.hpp"

namespace failover {

// Indexes into the threads' tables, given by the control thread; reused only after RouterGone.
using RouterId = std::uint32_t;
using InterfaceSlot = std::uint32_t;

// A virtual router, as the engine needs it.
struct EngineRouter {
  RouterId id = 0;
  InterfaceSlot slot = 0;
  GroupId group = 0;
  std::uint8_t number = 0;  // VHID or VRID
  router::Settings settings;
  Wire wire;
  std::vector<IpAddress> addresses;
  PerFamily<std::optional<IpAddress>> sources;  // configured; else the interface's own addresses
  std::vector<IpAddress> peers;                 // unicast; empty: multicast
  std::uint8_t least_ttl = unrouted_ttl;        // of adverts that are accepted
  PerFamily<std::optional<MacAddress>> virtual_macs = {};  // nothing: the interface's own
  PublishedRouter* status = nullptr;      // the control thread's; valid until RouterGone
  std::optional<Survivor> survivor = {};  // what it was in the agent's earlier life
  StateFile::Entry* kept = nullptr;       // where it says what it is; valid until RouterGone
  CounterFile::Entry* counted = nullptr;  // and what it has counted, also in earlier lives
};

// The same, as the kernel thread needs it.
struct KernelRouter {
  RouterId id = 0;
  InterfaceSlot slot = 0;
  std::string name;
  std::vector<netlink::WantedAddress> addresses;
  std::size_t longest_advert = 0;  // bytes of its IP payload
  router::Protocol protocol = router::Protocol::carp;
  std::uint8_t number = 0;                                 // VHID or VRID
  PerFamily<std::optional<MacAddress>> virtual_macs = {};  // nothing: held on the interface itself
  bool accepts = true;   // packets to the addresses: VRRP's Accept_Mode
  bool hot = false;      // as a backup too the addresses are there, silenced; needs virtual MACs
  bool adopted = false;  // the addresses are there, from the agent's earlier life
};

// --- To the kernel thread ---

struct AddInterface {
  InterfaceSlot slot = 0;
  std::string name;
  PublishedInterface* status = nullptr;  // handed on to the engine
};
struct AddRouter {
  KernelRouter kernel;
  std::unique_ptr<EngineRouter> engine;  // handed on to the engine
};
struct ChangeRouter {
  KernelRouter kernel;
  std::unique_ptr<EngineRouter> engine;
};
struct AddGroup {
  KernelGroup kernel;
  std::unique_ptr<EngineGroup> group;  // handed on to the engine
};
struct ChangeGroup {
  KernelGroup kernel;
  std::unique_ptr<EngineGroup> group;
};
struct RemoveGroup {
  GroupId id = 0;
};
// What is between the two is one change of the configuration that can be taken back: tried before
// it is taken. EndChange is answered by ChangeTried when all of it has been looked at.
struct BeginChange {};
struct EndChange {
  std::uint64_t number = 0;
};
struct Quit {};
using ControlToKernel = std::variant<AddInterface, AddRouter, ChangeRouter, AddGroup, ChangeGroup,
                                     RemoveGroup, BeginChange, EndChange, Quit>;

struct ClaimRouter {
  RouterId id = 0;
};
struct ReleaseRouter {
  RouterId id = 0;
  PerFamily<std::optional<MacAddress>> successors;  // who has announced the addresses
};
struct AnnounceRouter {
  RouterId id = 0;
};
struct ProbeRouter {  // ask who else has the addresses
  RouterId id = 0;
};
struct ForgetRouter {  // the engine has done with it: release what is left, tell the control thread
  RouterId id = 0;
};
struct CloseCapture {
  InterfaceSlot slot = 0;
  std::unique_ptr<Capture> capture;
  bool failed = false;  // it was still wanted: open another
};
using EngineToKernel = std::variant<ClaimRouter, ReleaseRouter, AnnounceRouter, ProbeRouter,
                                    ForgetRouter, ClaimRoutes, ReleaseRoutes, CloseCapture>;

// --- To the engine ---

struct InterfaceAdded {
  InterfaceSlot slot = 0;
  PublishedInterface* status = nullptr;
};
struct InterfaceChanged {
  InterfaceSlot slot = 0;
  WaitingFor waiting_for = WaitingFor::interface;  // nothing: ready, but perhaps for a source
  int index = 0;
  MacAddress mac;
  PerFamily<std::optional<IpAddress>> sources;
  std::optional<IpAddress> global6;  // IPv6 for unicast that leaves the link
};
struct CaptureOpened {
  InterfaceSlot slot = 0;
  std::unique_ptr<Capture> capture;
};
struct RouterAdded {
  std::unique_ptr<EngineRouter> router;
};
struct RouterChanged {
  std::unique_ptr<EngineRouter> router;
};
struct RouterClaimed {
  RouterId id = 0;
};
struct RouterRefused {
  RouterId id = 0;
};
struct RouterRestored {  // an address that it holds was removed, and is put back
  RouterId id = 0;
  IpAddress address;
  Culprit by;
};
struct RouterContested {  // somebody keeps removing its addresses, or does so no more
  RouterId id = 0;
  Contest contest = Contest::none;
};
struct SettingRestored {  // of the interface or of a link of ours on it; it is put back
  InterfaceSlot slot = 0;
};
struct RouterBarred {
  RouterId id = 0;
};
struct RouterUnbarred {
  RouterId id = 0;
};
using KernelToEngine = std::variant<InterfaceAdded, InterfaceChanged, CaptureOpened, RouterAdded,
                                    RouterChanged, RouterClaimed, RouterRefused, RouterRestored,
                                    RouterContested, SettingRestored, RouterBarred, RouterUnbarred,
                                    GroupAdded, GroupChanged, GroupRemoved, TrackReported>;

struct RemoveRouter {  // hand over first
  RouterId id = 0;
};
struct RemoveRouterNow {
  RouterId id = 0;
};
using ControlToEngine =
    std::variant<SwitchOverGroup, OverrideGroup, ReleaseGroup, AnnounceGroup, TrackReported,
                 ServicesReady, ServicesFailed, RemoveRouter, RemoveRouterNow, Quit>;

// --- To the control thread ---

struct RoleChanged {
  RouterId id = 0;
  router::Transition transition;
  WaitingFor waiting_for = WaitingFor::nothing;
  RealTime at{};
};
struct SawTwoActive {
  RouterId id = 0;
  PeerStatus peer;
  RealTime at{};
};
// Another machine on the segment that has something of ours.
enum class Stranger : std::uint8_t {
  other_protocol,  // CARP where we have VRRP with that id, or the other way round
  other_key,       // our id, but it cannot authenticate
  has_address,     // it answers for one of our addresses
};
struct SawStranger {  // at most one of a kind in limits::report_spacing
  RouterId id = 0;
  Stranger kind = Stranger::other_protocol;
  IpAddress address;  // has_address: which of ours; else whose adverts they are
  MacAddress mac;
};
struct OperationFinished {
  GroupId id = 0;
  OperationId operation = 0;
  router::Outcome outcome = router::Outcome::done;
};
// Only while recording (--record): what every state machine was told, and what it wanted done.
struct RecordedRouter {
  RouterId id = 0;
  router::Settings settings;
};
struct RecordedEvent {
  struct Handled {
    Instant at{};
    router::Event event;
    router::Effects effects;
  };
  RouterId id = 0;
  std::unique_ptr<const Handled> handled;
};
using EngineToControl =
    std::variant<RoleChanged, SawTwoActive, SawStranger, GroupMoved, TrackMoved, ServicesWanted,
                 GroupGone, OperationFinished, RecordedRouter, RecordedEvent>;

struct RouterGone {
  RouterId id = 0;
};
enum class Severity : std::uint8_t { error, warning, notice, info, debug };
struct KernelLog {  // what the machine refused, or did behind our back
  Severity severity = Severity::error;
  std::string text;
};
struct ChangeTried {
  std::uint64_t number = 0;
  // What the kernel would not do of it, as sentences. A router of which it refused something goes
  // on with what it had.
  std::vector<std::string> refused;
};
using KernelToControl = std::variant<RouterGone, TrackTold, KernelLog, ChangeTried>;

// All of them; owned by main, outliving the threads.
struct Mailboxes {
  Mailbox<ControlToKernel> control_to_kernel;
  Mailbox<EngineToKernel> engine_to_kernel;
  Mailbox<KernelToEngine> kernel_to_engine;
  Mailbox<ControlToEngine> control_to_engine;
  Mailbox<EngineToControl> engine_to_control;
  Mailbox<KernelToControl> kernel_to_control;
};

}  // namespace failover
