#pragma once
// A kernel's links and addresses in virtual time, as the agent sees them through netlink: requests
// that may be refused, notifications that come later or get lost, other people's hands.

#include <cerrno>
#include <deque>
#include <vector>

#include "netlink/kernel.hpp"
#include "tests/sim/surroundings.hpp"

namespace failover::sim {

class FakeKernel final : public netlink::Kernel {
 public:
  FakeKernel(Surroundings& surroundings, std::size_t node);

  [[nodiscard]] Result<netlink::Snapshot, netlink::KernelError> dump() override;
  void watch_routes(const std::set<Prefix>&) override {}  // all are told
  [[nodiscard]] std::vector<netlink::KernelError> execute(const netlink::Plan& plan) override;
  [[nodiscard]] Result<std::string, netlink::KernelError> setting(
      const std::string& path) override {
    return failure(netlink::KernelError{.error = ENOENT, .operation = "read " + path});
  }
  [[nodiscard]] int descriptor() const override { return -1; }
  [[nodiscard]] std::vector<netlink::Notification> notifications() override;
  [[nodiscard]] std::uint32_t own_port() const override { return own; }

  // When notifications() will have something.
  [[nodiscard]] std::optional<Instant> next() const;
  // Whether the address is there and its notification has been read.
  [[nodiscard]] bool has_confirmed(const IpAddress& address) const;
  [[nodiscard]] const netlink::Link& link(std::size_t segment) const { return links_[segment]; }
  [[nodiscard]] std::optional<std::size_t> segment_of(int index) const;

  // Another process: what its predecessor has not read is gone.
  void reopen();

  // --- Faults ---
  void reboot();
  void refuse(int error) { refuses_ = error; }
  void set_notification_delay(Duration delay) { notification_delay_ = delay; }
  void lose_notifications();
  void somebody_removes(const IpAddress& address);
  void somebody_adds(std::size_t segment, const IpAddress& address);
  void somebody_takes_back(const IpAddress& address);  // what somebody has added
  void change_link(std::size_t segment, const netlink::Link& link);

 private:
  static constexpr std::uint32_t own = 42;
  static constexpr std::uint32_t somebody = 7;
  struct Waiting {
    Instant at;
    netlink::Notification notification;
  };
  using By = Oracles::By;
  [[nodiscard]] int carry_out(const netlink::AddAddress& step);
  [[nodiscard]] int carry_out(const netlink::ReplaceAddress& step);
  [[nodiscard]] int carry_out(const netlink::RemoveAddress& step);
  [[nodiscard]] int carry_out(const netlink::KeepSecondaries& step);
  // Nobody sends packets to the addresses here.
  [[nodiscard]] int carry_out(const netlink::DropPackets&) { return 0; }
  [[nodiscard]] int carry_out(const netlink::AddRoute& step);
  [[nodiscard]] int carry_out(const netlink::RemoveRoute& step);
  [[nodiscard]] int carry_out(const netlink::AddRule& step);
  [[nodiscard]] int carry_out(const netlink::RemoveRule& step);
  // No macvlans and no settings here: routers hold their addresses on the interfaces.
  template <class OfLinks>
  [[nodiscard]] int carry_out(const OfLinks&) {
    return EOPNOTSUPP;
  }
  void add(netlink::Address address, std::uint32_t port);
  void remove(std::size_t at, std::uint32_t port);
  void remove_or_promote_secondaries(const netlink::Address& primary, std::uint32_t port);
  void notify(netlink::Notification notification);
  void tell(const netlink::Address& address, bool there, std::uint32_t port);

  Surroundings& surroundings_;
  std::size_t node_;
  std::vector<netlink::Link> links_;         // by segment
  std::vector<netlink::Address> addresses_;  // primaries before secondaries
  std::vector<netlink::Route> routes_;
  std::vector<netlink::Rule> rules_;
  std::vector<IpAddress> unconfirmed_;
  std::deque<Waiting> waiting_;
  int refuses_ = 0;
  bool keeps_secondaries_ = false;
  bool overflowed_ = false;
  Duration notification_delay_ = 100us;
};

}  // namespace failover::sim
