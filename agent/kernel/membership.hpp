#pragma once
// Membership in the adverts' multicast group on one interface: what makes the network card and a
// snooping switch let them through. Receives nothing; the capture does.

#include <string>

#include "agent/descriptor.hpp"
#include "protocol/result.hpp"

namespace failover {

// 224.0.0.18, joined by interface index, so that no address of ours has a say in it. Left when it
// goes. Takes the kernel's RTNL lock: kernel thread only.
class Membership {
 public:
  [[nodiscard]] static Result<Membership, std::string> join(int interface);

 private:
  explicit Membership(Descriptor socket) : socket_(std::move(socket)) {}
  Descriptor socket_;
};

}  // namespace failover
