#pragma once
// Membership in the adverts' multicast group on one interface: what makes the network card and a
// snooping switch let them through. Receives nothing; the capture does.

#include <memory>
#include <string>

#include "agent/descriptor.hpp"
#include "agent/kernel/link_access.hpp"
#include "protocol/result.hpp"

namespace failover {

// 224.0.0.18, joined by interface index, so that no address of ours has a say in it. Left when it
// goes. Takes the kernel's RTNL lock: kernel thread only.
class Membership final : public GroupMembership {
 public:
  [[nodiscard]] static Result<std::unique_ptr<GroupMembership>, std::string> join(int interface);

 private:
  explicit Membership(Descriptor socket) : socket_(std::move(socket)) {}
  Descriptor socket_;
};

}  // namespace failover
