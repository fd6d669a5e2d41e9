#pragma once
// The engine: the sockets of the protocols, the deadlines, the state machines and their effects.
//
// One thread that waits in one poll and calls nothing else that may block: captures come opened,
// addresses are the kernel thread's, text and disk the control thread's. A wake-up goes: notice
// whether we were asleep for too long; empty the captures; take messages; judge deadlines; send, in
// one call; then let the other threads know. Captures come before deadlines, because an advert that
// lies there may be what a deadline waits for.

#include <poll.h>

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "agent/engine/failover_group.hpp"
#include "agent/engine/sender.hpp"
#include "agent/engine/virtual_router.hpp"
#include "agent/mailbox/lateness.hpp"
#include "agent/mailbox/messages.hpp"

namespace failover {

class Engine {
 public:
  enum class Recording : std::uint8_t { off, on };
  // pulse: where it says that it lives, besides last_seen_alive(); outlives it.
  Engine(Mailboxes& mailboxes, Sender& sender, const Clock& clock,
         Recording recording = Recording::off, std::atomic<Instant::rep>* pulse = nullptr);

  // Until Quit. This is the engine thread.
  void run();

  // The two halves of run(), for who has a time of his own: when turn() is due next, and one
  // wake-up. ready says what poll() says about a capture's descriptor.
  [[nodiscard]] std::optional<Instant> next_deadline() const;
  void turn(const std::function<short(const Capture&)>& ready);
  [[nodiscard]] bool has_quit() const { return quit_; }

  // When it last came round, on the monotonic clock; any thread. It does so every second at least.
  [[nodiscard]] Instant last_seen_alive() const;
  // Of the adverts that were sent because they were due; any thread.
  [[nodiscard]] const Lateness& lateness() const { return lateness_; }
  // Events that the control thread was too slow for; any thread.
  [[nodiscard]] std::uint64_t events_lost() const { return events_lost_.load(); }

 private:
  struct Interface {
    PublishedInterface* published = nullptr;
    InterfaceStatus status;
    bool known = false;  // the kernel thread has said how it is
    bool changed = false;
    std::unique_ptr<Capture> capture;
    std::array<VirtualRouter*, 256> carp{};  // by VHID
    std::array<VirtualRouter*, 256> vrrp{};  // by VRID
    // Whose address it is, and its number in the router's list.
    struct Owned {
      VirtualRouter* router = nullptr;
      std::size_t number = 0;
    };
    std::map<IpAddress, Owned> by_address;

    [[nodiscard]] std::array<VirtualRouter*, 256>& by_number(router::Protocol protocol) {
      return protocol == router::Protocol::carp ? carp : vrrp;
    }
  };

  // engine.cpp: the loop
  void wait();
  void notice_stall();
  void read_captures(const std::function<short(const Capture&)>& ready);
  void judge_deadlines();
  void flush();
  void publish();
  void rebuild_poll_set();

  // receive.cpp: frames
  void receive(Interface& interface, const Capture::Frame& frame);
  void receive_datagram(Interface& interface, const EthernetFrame& ethernet, Instant heard);
  void receive_advert(Interface& interface, const Datagram& datagram, MacAddress sender,
                      Instant heard);
  void receive_arp(Interface& interface, const EthernetFrame& ethernet, Instant heard);
  void receive_neighbour(Interface& interface, const Datagram& datagram, MacAddress sender,
                         Instant heard);
  struct Announcement {
    MacAddress holder;  // who it says has the address
    MacAddress frame;   // where it came from
  };
  void announced(Interface& interface, const IpAddress& address, const Announcement& announcement,
                 Instant heard);
  void note_conflict(Interface& interface, VirtualRouter& router, const Datagram& datagram,
                     MacAddress sender, Instant heard);
  void look_for_collision(Interface& interface, const IpAddress& address, MacAddress holder,
                          Instant heard);
  void tell_of_stranger(VirtualRouter& router, Stranger kind, const IpAddress& address,
                        MacAddress mac, Instant heard);
  [[nodiscard]] Instant heard_at(RealTime arrived) const;

  // messages.cpp
  void take_messages();
  void take(InterfaceAdded& message);
  void take(InterfaceChanged& message);
  void take(CaptureOpened& message);
  void take(RouterAdded& message);
  void take(RouterChanged& message);
  void take(RouterClaimed& message);
  void take(RouterRefused& message);
  void take(RouterRestored& message);
  void take(RouterContested& message);
  void take(SettingRestored& message);
  void take(RouterBarred& message);
  void take(RouterUnbarred& message);
  void take(RemoveRouter& message);
  void take(RemoveRouterNow& message);
  void take(Quit& message);
  void stop_router(RouterId id, const router::Event& event);
  void index_addresses(Interface& interface, VirtualRouter& router);
  // All of an interface, CARP before VRRP.
  void for_each_router(Interface& interface, const std::function<void(VirtualRouter&)>& action);
  void tell_readiness(VirtualRouter& router);
  [[nodiscard]] bool waits_to_resume(
      VirtualRouter& router, WaitingFor what,
      const std::optional<PerFamily<std::optional<IpAddress>>>& sources);
  enum class CaptureFate : std::uint8_t { dropped, failed };
  void return_capture(InterfaceSlot slot, CaptureFate fate);
  // Events for people; lost when the control thread does not keep up, and counted.
  template <class Message>
  void tell_control(Message message) {
    if (!mailboxes_.engine_to_control.offer(std::move(message))) ++events_lost_;
  }

  // groups.cpp
  void take(GroupAdded& message);
  void take(GroupChanged& message);
  void take(GroupRemoved& message);
  void take(SwitchOverGroup& message);
  void take(OverrideGroup& message);
  void take(ReleaseGroup& message);
  void take(AnnounceGroup& message);
  void take(TrackReported& message);
  void take(ServicesReady& message);
  void take(ServicesFailed& message);
  void start_operation(GroupId id, OperationId operation, const group::Event& event);
  [[nodiscard]] FailoverGroup* find_group(GroupId id);
  void join(VirtualRouter& router);
  void part(VirtualRouter& router);
  [[nodiscard]] group::View view_of(const VirtualRouter& router) const;
  void show(VirtualRouter& router, Instant at);
  void handle(FailoverGroup& group, const group::Event& event, Instant at);
  void unsettle(FailoverGroup& group);
  void queue_effects(const FailoverGroup& group);
  void settle(Instant at);
  void carry_out(GroupId id, const group::Tell& effect, Instant at);
  void carry_out(GroupId id, const group::Moved& effect, Instant at);
  void carry_out(GroupId id, const group::TrackMoved& effect, Instant at);
  void carry_out(GroupId id, const group::OperationEnded& effect, Instant at);

  // effects.cpp
  void handle(VirtualRouter& router, const router::Event& event, Instant at);
  void carry_out(VirtualRouter& router, const router::SendAdvert& effect);
  void carry_out(VirtualRouter& router, const router::ClaimAddresses& effect);
  void carry_out(VirtualRouter& router, const router::ReleaseAddresses& effect);
  void carry_out(VirtualRouter& router, const router::Announce& effect);
  void carry_out(VirtualRouter& router, const router::Transition& effect);
  void carry_out(VirtualRouter& router, const router::TwoActive& effect);
  void carry_out(VirtualRouter& router, const router::OperationEnded& effect);
  void carry_out(VirtualRouter& router, const router::Stopped& effect);
  [[nodiscard]] VirtualRouter* find(RouterId id);

  Mailboxes& mailboxes_;
  Sender& sender_;
  const Clock& clock_;
  const Recording recording_;
  std::vector<Interface> interfaces_;                    // by slot
  std::vector<std::unique_ptr<VirtualRouter>> routers_;  // by id; empty where there is none
  std::set<RouterId> stopped_early_;  // before they were added
  std::vector<std::unique_ptr<FailoverGroup>> groups_;   // by id; empty where there is none
  std::vector<GroupId> unsettled_;
  group::Effects group_effects_;  // of the group that is asked; keeps its room
  struct AskedFor {
    GroupId group = 0;
    group::Effect effect;
  };
  std::vector<AskedFor> asked_for_;  // in order
  bool settling_ = false;
  std::vector<OutgoingAdvert> outgoing_;
  std::vector<OutgoingAdvert> leaving_;  // while they are sent
  std::vector<int> send_results_;
  std::vector<EngineToKernel> to_kernel_;  // behind the adverts of this wake-up
  std::vector<std::unique_ptr<VirtualRouter>> gone_;
  std::vector<pollfd> poll_set_;
  bool poll_set_is_stale_ = true;
  bool quit_ = false;
  Instant now_;
  Instant woken_before_;  // the wake-up before this one
  std::atomic<Instant::rep> alive_;
  std::atomic<Instant::rep>* pulse_;
  std::atomic<std::uint64_t> events_lost_{0};
  Lateness lateness_;
};

}  // namespace failover
