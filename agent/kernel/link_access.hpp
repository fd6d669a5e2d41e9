#pragma once
// LinkAccess: what the kernel thread does on a link beside netlink: captures, group membership,
// announcements. A seam: the simulation has links of its own.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/engine/capture.hpp"
#include "agent/kernel/announcer.hpp"
#include "protocol/address.hpp"
#include "protocol/result.hpp"

namespace failover {

// Held as long as the membership is wanted.
class GroupMembership {
 public:
  GroupMembership() = default;
  GroupMembership(const GroupMembership&) = delete;
  GroupMembership& operator=(const GroupMembership&) = delete;
  virtual ~GroupMembership() = default;
};

// Kernel thread only. Errors are sentences.
class LinkAccess {
 public:
  LinkAccess() = default;
  LinkAccess(const LinkAccess&) = delete;
  LinkAccess& operator=(const LinkAccess&) = delete;
  virtual ~LinkAccess() = default;

  [[nodiscard]] virtual Result<std::unique_ptr<Capture>, std::string> open_capture(
      const std::string& interface, const std::vector<IpAddress>& addresses) = 0;
  // 224.0.0.18 on the interface of that index.
  [[nodiscard]] virtual Result<std::unique_ptr<GroupMembership>, std::string> join(
      int interface) = 0;
  // One gratuitous ARP for each IPv4 address. own: the frames' source; holder: who has the
  // addresses, which is somebody else when a leaving node corrects neighbours that asked it last.
  virtual void announce(int interface, MacAddress own, MacAddress holder,
                        std::span<const IpAddress> addresses) = 0;
};

// The machine's.
class MachineLinks final : public LinkAccess {
 public:
  explicit MachineLinks(Announcer announcer) : announcer_(std::move(announcer)) {}
  [[nodiscard]] Result<std::unique_ptr<Capture>, std::string> open_capture(
      const std::string& interface, const std::vector<IpAddress>& addresses) override;
  [[nodiscard]] Result<std::unique_ptr<GroupMembership>, std::string> join(int interface) override;
  void announce(int interface, MacAddress own, MacAddress holder,
                std::span<const IpAddress> addresses) override;

 private:
  Announcer announcer_;
};

}  // namespace failover
