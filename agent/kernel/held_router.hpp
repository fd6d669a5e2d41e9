#pragma once
// HeldRouter: a virtual router as the kernel thread sees it: addresses to have or not to have.

#include <memory>
#include <string>
#include <vector>

#include "agent/mailbox/messages.hpp"

namespace failover {

struct HeldRouter {
  KernelRouter wanted;
  bool claimed = false;   // the engine wants the addresses held
  bool awaiting = false;  // it has not been told yet that they are there
  bool barred = false;    // somebody else's address is in the way

  [[nodiscard]] std::vector<IpAddress> addresses() const {
    std::vector<IpAddress> list;
    list.reserve(wanted.addresses.size());
    for (const netlink::WantedAddress& address : wanted.addresses)
      list.push_back(address.prefix.address());
    return list;
  }
};

}  // namespace failover
