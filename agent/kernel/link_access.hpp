#pragma once
// LinkAccess: what the kernel thread does on a link beside netlink: captures, group membership,
// announcements. A seam: the simulation has links of its own.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/kernel/announcer.hpp"
#include "agent/kernel/kept_memberships.hpp"
#include "agent/mailbox/capture.hpp"
#include "agent/mailbox/status.hpp"
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
      const std::string& interface, const CaptureScope& scope) = 0;
  // 224.0.0.18 and ff02::12 on the interface of that index.
  [[nodiscard]] virtual Result<std::unique_ptr<GroupMembership>, std::string> join(
      int interface) = 0;
  // A gratuitous ARP or an unsolicited neighbour advertisement for each address. own: the frames'
  // source; holder: who has the addresses, which is somebody else when a leaving node corrects
  // neighbours that asked it last.
  virtual void announce(int interface, MacAddress own, MacAddress holder,
                        std::span<const IpAddress> addresses) = 0;
  // Whose netlink port that is. At once: who has asked for one thing only ends right after it.
  [[nodiscard]] virtual Culprit owner_of(std::uint32_t port) const = 0;
  // Asks who else has the addresses.
  virtual void probe(int interface, MacAddress own, std::span<const IpAddress> addresses) = 0;
};

// The machine's.
class MachineLinks final : public LinkAccess {
 public:
  MachineLinks(Announcer announcer, KeptMemberships kept)
      : announcer_(std::move(announcer)), kept_(std::move(kept)) {}
  [[nodiscard]] Result<std::unique_ptr<Capture>, std::string> open_capture(
      const std::string& interface, const CaptureScope& scope) override;
  [[nodiscard]] Result<std::unique_ptr<GroupMembership>, std::string> join(int interface) override;
  void announce(int interface, MacAddress own, MacAddress holder,
                std::span<const IpAddress> addresses) override;
  void probe(int interface, MacAddress own, std::span<const IpAddress> addresses) override;
  [[nodiscard]] Culprit owner_of(std::uint32_t port) const override;

 private:
  Announcer announcer_;
  KeptMemberships kept_;
};

}  // namespace failover
