#pragma once
// A kernel of our own: links and addresses as they are, notifications as they would come, and a
// journal of what was done to it. What its tests need to go wrong can be made to.

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/kernel/kernel_thread.hpp"
#include "tests/unit/agent/fake_engine.hpp"

namespace failover::tests {

using Journal = std::vector<std::string>;

class FakeKernel final : public netlink::Kernel {
 public:
  explicit FakeKernel(Journal& journal) : journal_(journal) {}

  [[nodiscard]] Result<netlink::Snapshot, netlink::KernelError> dump() override;
  void watch_routes(const std::set<Prefix>& destinations) override { watched = destinations; }
  [[nodiscard]] std::vector<netlink::KernelError> execute(const netlink::Plan& plan) override;
  [[nodiscard]] Result<std::string, netlink::KernelError> setting(const std::string& path) override;
  [[nodiscard]] int descriptor() const override { return -1; }
  [[nodiscard]] std::vector<netlink::Notification> notifications() override;
  [[nodiscard]] std::uint32_t own_port() const override { return 77; }

  // --- What others do ---
  void set_link(const netlink::Link& link);
  void delete_link(int index);
  void add(int interface, std::string_view prefix, std::optional<std::uint8_t> mark = std::nullopt);
  // An address that duplicate detection has not let go yet; settle() does.
  void add_tentative(int interface, std::string_view prefix);
  void remove(int interface, std::string_view prefix, std::uint32_t port = 1234);
  // In the words of `ip route`; with a protocol that is not ours it is somebody else's.
  void add_route(std::string_view words, std::uint8_t protocol = netlink::our_protocol);
  void remove_route(std::string_view words);
  // As the kernel takes IPv4 routes along with an interface: without a word.
  void remove_route_silently(std::string_view words);
  void add_rule(std::string_view words);
  void remove_rule(std::string_view words);
  // A sysctl; of an interface that the kernel tells of when it is not 0.
  void set(const std::string& path, std::string value, int interface = 0);
  [[nodiscard]] std::string value_of(const std::string& path) const;
  // The notifications that wait are lost, and the next one says so.
  void lose_notifications();

  // --- What it is ---
  [[nodiscard]] std::set<std::string> addresses(int interface) const;
  // Withholds the notifications of our own requests, as for IPv6 addresses that are tentative.
  bool withholds = false;
  void give_withheld();
  // What we add is tentative until it settles.
  bool tentative = false;
  void settle();
  std::map<IpAddress, int> refused;      // errno
  std::map<Prefix, int> refused_routes;  // errno, by destination
  // "203.0.113.0/24 table 100"; all of them, whosever.
  [[nodiscard]] std::set<std::string> routes() const;
  [[nodiscard]] std::set<std::string> rules() const;
  std::set<Prefix> watched;
  std::set<netlink::Destination> dropped;
  int filter_error = 0;  // errno, for what is to be dropped
  bool dump_fails = false;
  int dumps = 0;

 private:
  int step(const netlink::AddAddress& step);
  int step(const netlink::ReplaceAddress& step);
  int step(const netlink::RemoveAddress& step);
  int step(const netlink::KeepSecondaries& step);
  int step(const netlink::AddMacvlan& step);
  int step(const netlink::SetLink& step);
  int step(const netlink::SetMac& step);
  int step(const netlink::SetProtoDown& step);
  int step(const netlink::RemoveLink& step);
  int step(const netlink::AddRoute& step);
  int step(const netlink::RemoveRoute& step);
  int step(const netlink::AddRule& step);
  int step(const netlink::RemoveRule& step);
  [[nodiscard]] netlink::Route route_from(const netlink::WantedRoute& wanted) const;
  int step(const netlink::SetSetting& step);
  int step(const netlink::DropPackets& step);
  void put(netlink::Address address, std::uint32_t port);
  bool erase(int interface, const Prefix& prefix, std::uint32_t port);
  void notify(netlink::Notification notification, std::uint32_t port);

  Journal& journal_;
  std::map<int, netlink::Link> links_;
  std::map<std::string, std::string> settings_;
  std::vector<netlink::Address> addresses_;
  std::vector<netlink::Route> routes_;
  std::vector<netlink::Rule> rules_;
  std::vector<netlink::Notification> pending_;
  std::vector<netlink::Notification> withheld_;
};

class FakeLinks final : public LinkAccess {
 public:
  explicit FakeLinks(Journal& journal) : journal_(journal) {}
  [[nodiscard]] Result<std::unique_ptr<Capture>, std::string> open_capture(
      const std::string& interface, const CaptureScope& scope) override;
  [[nodiscard]] Result<std::unique_ptr<GroupMembership>, std::string> join(int interface) override;
  void probe(int interface, MacAddress own, std::span<const IpAddress> addresses) override;
  // "owner (PORT)"; 0 is nobody's.
  [[nodiscard]] Culprit owner_of(std::uint32_t port) const override;
  void announce(int interface, MacAddress own, MacAddress holder,
                std::span<const IpAddress> addresses) override;

  std::optional<std::string> capture_error;
  std::optional<std::string> join_error;

 private:
  Journal& journal_;
  Segment segment_;
};

// The kernel thread on both; eth0 is index 2, up, with 192.0.2.11/24.
class KernelScene {
 public:
  explicit KernelScene(std::set<IpAddress> adopted = {});

  void begin() {
    thread.begin();
    add_interface();
    turn();
    (void)to_engine();
    (void)log();
    journal.clear();
  }
  void add_interface(InterfaceSlot slot = 0, std::string name = "eth0");
  void add_router(RouterId id, std::vector<std::string_view> prefixes, InterfaceSlot slot = 0,
                  std::size_t longest_advert = 0);
  // The same of an earlier life, which has claimed them.
  void adopt_router(RouterId id, std::vector<std::string_view> prefixes);
  // The same with accept = false; `mac` makes it a virtual one.
  void add_gateway(RouterId id, std::vector<std::string_view> prefixes, InterfaceSlot slot = 0,
                   std::optional<MacAddress> mac = std::nullopt);
  // 192.0.2.1 and 2001:db8::1 with the virtual MAC of id 10, on the macvlan carp10.2.
  void add_hot(RouterId id);
  void become_hot(RouterId id);
  void become_warm(RouterId id);
  void change_gateway(RouterId id, std::vector<std::string_view> prefixes);
  void change_router(RouterId id, std::vector<std::string_view> prefixes, InterfaceSlot slot = 0,
                     std::size_t longest_advert = 0);
  void begin_change();
  void end_change(std::uint64_t number);
  void claim(RouterId id);
  void release(RouterId id, const PerFamily<std::optional<MacAddress>>& successors = {});
  void forget(RouterId id);
  void turn(KernelThread::Wake wake = KernelThread::Wake::called) { thread.turn(wake); }
  // begin(), a router 0 with the prefixes, claimed and answered.
  void begin_claimed(std::vector<std::string_view> prefixes);

  [[nodiscard]] std::vector<std::string> to_engine();
  [[nodiscard]] std::vector<std::string> log();
  [[nodiscard]] std::vector<RouterId> gone();
  [[nodiscard]] std::optional<ChangeTried> trial();
  [[nodiscard]] Journal done() { return std::exchange(journal, {}); }

  Journal journal;
  FakeClock clock;
  FakeKernel kernel{journal};
  FakeLinks links{journal};
  Mailboxes mailboxes;
  KernelThread thread;

 private:
  void read_control();
  std::vector<std::string> log_;
  std::vector<RouterId> gone_;
  std::optional<ChangeTried> trial_;
};

[[nodiscard]] netlink::Link link(int index, std::string name);

}  // namespace failover::tests
