#pragma once
// WatchedInterface: an interface that routers are configured on, followed by its name through
// everything that can happen to it. Says what the routers wait for, opens their capture, joins
// their group, and knows which address their adverts leave from.

#include <optional>
#include <string>
#include <vector>

#include "agent/kernel/link_access.hpp"
#include "agent/mailbox/messages.hpp"
#include "netlink/found.hpp"

namespace failover {

// Kernel thread only. What the machine refuses is reported once, when it begins.
class WatchedInterface {
 public:
  WatchedInterface(const AddInterface& configured, Mailboxes& mailboxes, LinkAccess& links)
      : slot_(configured.slot), name_(configured.name), mailboxes_(mailboxes), links_(links) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  // 0 while there is none of that name.
  [[nodiscard]] int index() const { return told_.index; }
  [[nodiscard]] MacAddress mac() const { return told_.mac; }
  [[nodiscard]] bool can_send() const { return told_.waiting_for == WaitingFor::nothing; }

  // Compares what is found with what the engine was told, and tells it what is new. failover_ips:
  // addresses that are no source for adverts.
  void look(const netlink::Found& found, const std::set<IpAddress>& failover_ips);
  // The engine's capture is to be opened (again), with this filter, when the interface can have
  // one.
  void want_capture(CaptureScope scope);
  void capture_failed() { has_capture_ = false; }
  [[nodiscard]] bool waits_for_capture() const { return told_.waiting_for == WaitingFor::capture; }

 private:
  [[nodiscard]] WaitingFor state_of(const netlink::Link* link) const;
  void find_sources(const netlink::Found& found, const std::set<IpAddress>& failover_ips,
                    InterfaceChanged& seen);
  [[nodiscard]] bool open_capture();
  void join(int index);
  void forget();
  void complain(std::string& last, std::string text);

  InterfaceSlot slot_;
  std::string name_;
  Mailboxes& mailboxes_;
  LinkAccess& links_;
  InterfaceChanged told_;
  struct {
    PerFamily<std::optional<IpAddress>> sources;
    std::optional<IpAddress> global6;
  } last_;
  std::unique_ptr<GroupMembership> membership_;
  CaptureScope scope_;
  bool has_capture_ = false;
  // The last ones, so that they are not repeated.
  std::string capture_complaint_;
  std::string join_complaint_;
};

}  // namespace failover
