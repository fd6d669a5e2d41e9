#pragma once
// GroupRoutes: routes and rules that come and go with the role of a failover group. What is found
// is kept equal to what the active groups want (netlink/reconcile_routes.hpp): a claim, a release,
// a route that somebody removed and one that an earlier life left behind are the same comparison.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/clock.hpp"
#include "agent/mailbox/messages.hpp"
#include "netlink/reconcile_routes.hpp"

namespace failover {

// Lives on the kernel thread, which reads notifications, hands them on, and then, in one wake-up:
//   remove_unwanted()   before addresses are removed that routes may have as their source
//   ...                 addresses (holding.cpp)
//   add_wanted()        when addresses are there
// Two groups may want the same route: it is there as long as one of them is active. What the kernel
// refuses is tried again when something changes, and once a second; it is logged once.
class GroupRoutes {
 public:
  // adopted: what an earlier life left and groups will go on with; the rest of it is removed.
  GroupRoutes(netlink::Kernel& kernel, const Clock& clock, netlink::WantedRoutes adopted = {});

  // A new group, or one that wants others from now on.
  void put(KernelGroup group);
  void forget(GroupId id);  // what it has is released
  void claim(GroupId id);
  void release(GroupId id);

  void take_notice(const netlink::Notification& notification);
  void dumped();   // everything was read again
  void overdue();  // a second has passed
  void remove_unwanted(const netlink::Found& found);
  void add_wanted(const netlink::Found& found);

  // What remove_unwanted() would remove.
  [[nodiscard]] netlink::Plan unwanted(const netlink::Found& found) const;
  // The kernel says that something is there which was not found: dump.
  [[nodiscard]] bool wants_dump() const { return wants_dump_; }
  // Wants overdue() in a second.
  [[nodiscard]] bool wants_retry() const { return retry_; }
  // What the kernel has to be asked to tell of: Kernel::watch_routes().
  [[nodiscard]] std::set<Prefix> destinations() const;
  // Why not everything that active groups want is there, as sentences, as of the last add_wanted().
  [[nodiscard]] const std::set<std::string>& problems() const { return problems_; }
  [[nodiscard]] std::vector<KernelLog> take_log();

 private:
  struct Held {
    KernelGroup group;
    bool claimed = false;
  };
  [[nodiscard]] netlink::WantedRoutes wanted() const;
  [[nodiscard]] bool may_heal();
  void carry_out(const netlink::Step& step, std::set<std::string>& problems);
  [[nodiscard]] std::string whose(const netlink::WantedRoute& route) const;
  [[nodiscard]] std::string whose(const netlink::WantedRule& rule) const;
  [[nodiscard]] std::string whose(const netlink::Step& step) const;
  void log(Severity severity, std::string text);

  netlink::Kernel& kernel_;
  const Clock& clock_;
  netlink::WantedRoutes adopted_;  // those whose groups are still to be put
  std::map<GroupId, Held> groups_;
  std::set<std::string> problems_;
  std::set<std::string> doubted_;  // refused because they are there, and a dump was asked for
  std::vector<KernelLog> log_;
  bool look_ = true;       // wanted and found may differ
  bool claiming_ = false;  // since the last add_wanted(): no healing
  bool retry_ = false;
  bool wants_dump_ = false;
  Instant restores_since_{};  // the window in which `restores_` were counted
  int restores_ = 0;
};

}  // namespace failover
