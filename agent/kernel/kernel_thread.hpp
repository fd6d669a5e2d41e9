#pragma once
// The kernel thread: everything that takes the kernel's locks or its time. Follows interfaces,
// opens and closes captures, joins groups, adds and removes addresses, sends bursts of
// announcements.
//
// It keeps what is found equal to what is wanted (netlink/reconcile.hpp): a claim, a release, an
// address that somebody removed and one that an earlier life left behind are the same comparison.
// It answers the engine only with what the kernel has notified, not with what it has acknowledged.

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "agent/kernel/group_routes.hpp"
#include "agent/kernel/held_router.hpp"
#include "agent/kernel/watched_interface.hpp"
#include "agent/kernel/watches.hpp"
#include "agent/mailbox/messages.hpp"
#include "netlink/found.hpp"
#include "netlink/kernel.hpp"

namespace failover {

class KernelThread {
 public:
  // adopted: what an earlier life left and routers and groups will go on with; the rest of it is
  // removed.
  KernelThread(Mailboxes& mailboxes, netlink::Kernel& kernel, LinkAccess& links, const Clock& clock,
               std::set<IpAddress> adopted = {}, netlink::WantedRoutes adopted_routes = {});

  // Until Quit. This is the kernel thread.
  void run();

  // The parts of run(), for who has a time of his own: once at the beginning, and a wake-up.
  // overdue: nothing happened for a second.
  enum class Wake : std::uint8_t { called, overdue };
  void begin();
  void turn(Wake wake);
  // What was refused is to be tried again: wants a turn at least every second.
  [[nodiscard]] bool wants_retry() const;

 private:
  [[nodiscard]] Wake wait();
  [[nodiscard]] int patience() const;
  void take_messages();
  void take(AddInterface& message);
  void take(AddRouter& message);
  void take(ChangeRouter& message);
  void take(AddGroup& message);
  void take(ChangeGroup& message);
  void take(RemoveGroup& message);
  void take(BeginChange& message);
  void take(EndChange& message);
  void take(Quit& message);
  void take(ClaimRouter& message);
  void take(ReleaseRouter& message);
  void take(AnnounceRouter& message);
  void take(ProbeRouter& message);
  void take(ForgetRouter& message);
  void take(ClaimRoutes& message);
  void take(ReleaseRoutes& message);
  void take(CloseCapture& message);

  // tracking.cpp
  void watch(const KernelGroup& group);
  void watch_routes();
  void report_tracks();

  void read_notifications();
  void take_notice(const netlink::Notification& notification);
  void look_whether_it_concerns(const netlink::Notification& notification, Holder& holder);
  void note_removal(const netlink::AddressGone& gone, const Holder& holder);
  void mark_dirty(HeldRouter& router);
  [[nodiscard]] const WatchedInterface& interface_of(const HeldRouter& router) const;
  void dump();
  void look_at_interfaces();
  void update_captures(InterfaceSlot slot);

  // holding.cpp: wanted against found
  void hold_what_is_wanted();
  struct Slot;
  void reconcile(InterfaceSlot slot);
  [[nodiscard]] std::set<IpAddress> bring_about(Holder& holder,
                                                const std::vector<netlink::WantedAddress>& wanted,
                                                const std::vector<netlink::Address>& parent_found,
                                                const std::vector<HeldRouter*>& routers);
  void remove_what_is_left_elsewhere();
  void execute(const netlink::Plan& plan);
  void answer_claims(InterfaceSlot slot, const std::set<IpAddress>& refused);
  void answer_claim(HeldRouter& router, const std::set<IpAddress>& refused,
                    const std::set<IpAddress>& present);
  void look_for_foreign(InterfaceSlot slot);
  void leave(int index, const std::set<IpAddress>& known);
  void hold_back(const std::vector<HeldRouter*>& routers, Holder& holder, netlink::Plan& plan);
  void tell_contests();
  [[nodiscard]] static netlink::Plan releases_of(const netlink::Plan& plan,
                                                 const std::set<IpAddress>& wanted);
  void log(Severity severity, std::string text);

  // trial.cpp: changes of what is held
  [[nodiscard]] bool takes_additions(const HeldRouter& router, const KernelRouter& wanted);
  [[nodiscard]] std::optional<std::string> try_additions(
      const Holder& holder, const std::vector<netlink::WantedAddress>& wanted,
      const std::vector<netlink::Address>& parent_found);
  void answer_trial();

  // accept_mode.cpp: addresses that no packets are taken for
  void drop_before_adding();
  void take_after_removing();
  void tell_packet_filter(std::set<netlink::Destination> to);
  enum class Accepting : std::uint8_t { packets, nothing };
  [[nodiscard]] std::set<netlink::Destination> destinations_in_place(Accepting accepting) const;
  [[nodiscard]] std::string name_of_link(const HeldRouter& router, const IpAddress& address) const;
  [[nodiscard]] std::set<netlink::Destination> held_destinations() const;

  // own_settings.cpp: settings that somebody else changes
  void doubt_settings(const netlink::Notification& notification);
  void keep_settings();
  void keep(const std::vector<netlink::SetSetting>& wanted, InterfaceSlot slot, RateLimit& told);
  [[nodiscard]] std::vector<netlink::SetSetting> settings_of(const HeldRouter& router,
                                                             const VirtualLink& link) const;
  [[nodiscard]] bool may_put_back();
  [[nodiscard]] bool has_settings() const;

  // virtual_links.cpp: macvlans with a virtual MAC
  void reconcile(HeldRouter& router, VirtualLink& link);
  [[nodiscard]] const netlink::Link* find_or_add(HeldRouter& router, VirtualLink& link, int parent);
  [[nodiscard]] const netlink::Link* find(const VirtualLink& link, int parent) const;
  void refuse(HeldRouter& router);
  enum class Posture : std::uint8_t { down, asleep, silenced, speaking };
  [[nodiscard]] Posture posture_of(const HeldRouter& router, int parent) const;
  [[nodiscard]] static netlink::Plan steps_to(Posture posture, const netlink::Link& link,
                                              const VirtualLink& wanted, MacAddress quiet);
  [[nodiscard]] bool let_speak(HeldRouter& router);
  [[nodiscard]] bool is_heard(const HeldRouter& router) const;
  void quiet_parent(Slot& slot);
  void give_parent_back(Slot& slot);
  [[nodiscard]] bool may_be_about_links(const netlink::Notification& notification) const;
  void look_whether_it_concerns_links(const netlink::Notification& notification);
  void mark_links_dirty(int parent);
  void exchange_links(HeldRouter& router);
  void remove_link(const HeldRouter& router, const VirtualLink& link);
  void remove_links(HeldRouter& router);

  struct Slot {
    std::unique_ptr<WatchedInterface> interface;
    std::set<IpAddress> failover_ips;  // of all routers, claimed or not
    Holder holder;                     // of the interface itself
    bool quieted = false;              // it leaves ARP for our macvlans' addresses to them
    std::vector<netlink::SetSetting> quieted_by;  // the settings for that
    netlink::Plan to_restore;                     // those from before, where we have changed them
    RateLimit settings_told = {};                 // in the log
  };
  [[nodiscard]] std::set<IpAddress> present_in(const Holder& holder) const;
  [[nodiscard]] std::set<IpAddress> carry_out(Holder& holder, const netlink::Plan& plan);
  struct Correction {  // neighbours to be told who has the address now
    MacAddress own;
    MacAddress holder;
  };
  void correct_neighbours(const Holder& holder, const netlink::Plan& chunk);

  Mailboxes& mailboxes_;
  netlink::Kernel& kernel_;
  LinkAccess& links_;
  const Clock& clock_;
  std::set<IpAddress> adopted_;  // those whose routers are still to be added
  netlink::Found found_;
  GroupRoutes group_routes_;
  Watches watches_;
  struct Watched {
    GroupId group = 0;
    group::TrackNumber track = 0;
  };
  std::map<WatchId, Watched> watched_;
  WatchId next_watch_ = 0;
  std::set<Prefix> watched_routes_;  // what the kernel was last asked to tell of
  std::map<InterfaceSlot, Slot> slots_;
  std::map<RouterId, HeldRouter> routers_;
  std::map<std::pair<int, IpAddress>, Correction> corrections_;  // by interface and address
  std::set<netlink::Destination> dropped_;  // what the packet filter was last told to drop
  bool look_at_dropped_ = false;            // and may have to be told anew
  bool dropped_is_known_ = true;            // else an earlier life's filter may be in force
  std::vector<RouterId> forgotten_;         // answered when their addresses are gone
  struct Trial {                            // of a change of the configuration
    std::vector<std::string> refused = {};
    std::set<std::string> problems_before = {};  // of routes
    std::optional<std::uint64_t> ended = {};
  };
  std::optional<Trial> trial_;
  std::uint64_t look_ = 0;          // how often it was looked at what is wanted
  std::set<int> doubted_settings_;  // of these links
  Instant next_settings_look_{};
  Instant settings_restored_since_{};  // the window in which they were counted
  int settings_restored_ = 0;
  bool found_changed_ = true;
  bool dump_failed_ = false;
  bool cleaned_ = false;  // what an earlier life left is gone
  bool quit_ = false;
};

}  // namespace failover
