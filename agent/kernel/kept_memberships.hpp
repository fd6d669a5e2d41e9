#pragma once
// KeptMemberships: an agent's end is no leave. The kernel tells the network that nobody listens to
// the adverts' groups any more when the last socket that has joined is closed, and a switch that
// snoops may act on it before the next agent has joined: for ff02::12 it does.
//
// So each socket that has joined is also put into a pair of connected sockets, which the parent
// holds and nobody reads: what waits in there is open. It is taken out only to make room.

#include <span>

#include "agent/descriptor.hpp"
#include "protocol/result.hpp"

namespace failover {

// Kernel thread only. Without a parent nothing is kept.
class KeptMemberships {
 public:
  struct Ends {
    Descriptor in;
    Descriptor out;
  };
  // For a parent to hold. Closed when another program is run, unless told otherwise.
  [[nodiscard]] static Ends make();

  KeptMemberships() = default;
  explicit KeptMemberships(Ends ends) : ends_(std::move(ends)) {}

  // The sockets, two at most, that have joined on the interface of that index. When it is full,
  // what is of interfaces that have gone makes room, and all but the latest of each other; what
  // does not fit all the same is not kept (from some 200 interfaces, with the default of the sysctl
  // net.core.wmem_default).
  void keep(int interface, std::span<const int> sockets);

 private:
  void make_room();
  [[nodiscard]] bool put(int interface, std::span<const int> sockets) const;

  Ends ends_;
};

}  // namespace failover
