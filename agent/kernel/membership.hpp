#pragma once
// Membership in the adverts' multicast group on one interface: what makes the network card and a
// snooping switch let them through. Receives nothing; the capture does.

#include <memory>
#include <string>

#include "agent/descriptor.hpp"
#include "agent/kernel/kept_memberships.hpp"
#include "agent/kernel/link_access.hpp"
#include "protocol/result.hpp"

namespace failover {

// 224.0.0.18 and ff02::12, joined by interface index, so that no address of ours has a say in it.
// Left when it goes, but for what is kept for the next agent. Without IPv6 on the interface the
// second is left out. Takes the kernel's RTNL lock: kernel thread only.
class Membership final : public GroupMembership {
 public:
  [[nodiscard]] static Result<std::unique_ptr<GroupMembership>, std::string> join(
      int interface, KeptMemberships& kept);

 private:
  Membership(Descriptor ipv4, Descriptor ipv6) : ipv4_(std::move(ipv4)), ipv6_(std::move(ipv6)) {}
  Descriptor ipv4_;
  Descriptor ipv6_;
};

}  // namespace failover
