#pragma once
// RtNetlink: the Kernel behind the seam that is a real one, over libnl.

#include <memory>

#include "netlink/kernel.hpp"

namespace failover::netlink {

class RtNetlink final : public Kernel {
 public:
  // notification_buffer: bytes of the receive buffer for notifications; tests make it small.
  [[nodiscard]] static Result<std::unique_ptr<RtNetlink>, KernelError> open(
      int notification_buffer);
  ~RtNetlink() override;

  [[nodiscard]] Result<Snapshot, KernelError> dump() override;
  void watch_routes(const std::set<Prefix>& destinations) override;
  [[nodiscard]] std::vector<KernelError> execute(const Plan& plan) override;
  [[nodiscard]] Result<std::string, KernelError> setting(const std::string& path) override;
  [[nodiscard]] int descriptor() const override;
  [[nodiscard]] std::vector<Notification> notifications() override;
  [[nodiscard]] std::uint32_t own_port() const override;

 private:
  struct Sockets;
  explicit RtNetlink(std::unique_ptr<Sockets> sockets);
  [[nodiscard]] int dump_routes(Snapshot& snapshot);
  [[nodiscard]] bool is_told(const Route& route) const;
  [[nodiscard]] bool is_told(const Notification& notification) const;

  std::unique_ptr<Sockets> sockets_;
  std::set<Prefix> watched_;
};

}  // namespace failover::netlink
