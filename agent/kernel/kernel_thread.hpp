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

#include "agent/kernel/held_router.hpp"
#include "agent/kernel/watched_interface.hpp"
#include "agent/mailbox/messages.hpp"
#include "netlink/found.hpp"
#include "netlink/kernel.hpp"

namespace failover {

class KernelThread {
 public:
  KernelThread(Mailboxes& mailboxes, netlink::Kernel& kernel, LinkAccess& links,
               const Clock& clock);

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
  void take_messages();
  void take(AddInterface& message);
  void take(AddRouter& message);
  void take(ChangeRouter& message);
  void take(Quit& message);
  void take(ClaimRouter& message);
  void take(ReleaseRouter& message);
  void take(AnnounceRouter& message);
  void take(ForgetRouter& message);
  void take(CloseCapture& message);

  void read_notifications();
  void take_notice(const netlink::Notification& notification);
  void dump();
  void look_at_interfaces();
  void update_captures(InterfaceSlot slot);

  // holding.cpp: wanted against found
  void hold_what_is_wanted();
  void reconcile(InterfaceSlot slot);
  void remove_what_is_left_elsewhere();
  void execute(const netlink::Plan& plan);
  void answer_claims(InterfaceSlot slot, const std::set<IpAddress>& refused);
  void look_for_foreign(InterfaceSlot slot);
  void correct_neighbours();
  void leave(int index, const std::set<IpAddress>& known);
  [[nodiscard]] bool may_heal(InterfaceSlot slot, const netlink::Plan& plan);
  [[nodiscard]] static netlink::Plan releases_of(const netlink::Plan& plan,
                                                 const std::set<IpAddress>& wanted);
  void log(Severity severity, std::string text);

  struct Slot {
    std::unique_ptr<WatchedInterface> interface;
    std::set<IpAddress> failover_ips;  // of all routers, claimed or not
    std::set<IpAddress> known;         // what we have added and not yet removed
    int known_on = 0;                  // the index that `known` is about
    bool dirty = false;                // wanted and found may differ
    bool awaiting = false;             // a claim is not complete: our own changes count too
    Instant restores_since{};          // the window in which `restores` were counted
    int restores = 0;
  };
  [[nodiscard]] std::set<IpAddress> present_in(const Slot& slot) const;
  [[nodiscard]] std::set<IpAddress> carry_out(Slot& slot, const netlink::Plan& plan);
  struct Correction {  // neighbours to be told who has the addresses now
    int interface = 0;
    MacAddress own;
    MacAddress holder;
    std::vector<IpAddress> addresses;
  };

  Mailboxes& mailboxes_;
  netlink::Kernel& kernel_;
  LinkAccess& links_;
  const Clock& clock_;
  netlink::Found found_;
  std::map<InterfaceSlot, Slot> slots_;
  std::map<RouterId, HeldRouter> routers_;
  std::vector<Correction> corrections_;
  std::vector<RouterId> forgotten_;  // answered when their addresses are gone
  bool found_changed_ = true;
  bool dump_failed_ = false;
  bool cleaned_ = false;  // what an earlier life left is gone
  bool quit_ = false;
};

}  // namespace failover
