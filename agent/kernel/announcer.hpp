#pragma once
// Announcer: bursts of gratuitous ARP and unsolicited neighbour advertisements on any interface.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agent/descriptor.hpp"
#include "protocol/address.hpp"
#include "protocol/result.hpp"

namespace failover {

// Kernel thread only: a burst for thousands of addresses may take a while.
class Announcer {
 public:
  [[nodiscard]] static Result<Announcer, std::string> open();

  // One for each address. own: the frames' source; holder: who has the
  // addresses, which is somebody else when a leaving node corrects neighbours that asked it last.
  // A frame that cannot be sent is not repeated: the announcements that follow are the repetition.
  void announce(int interface, MacAddress own, MacAddress holder,
                std::span<const IpAddress> addresses) const;
  // Asks who else has the addresses; the answers come to whoever captures on the interface.
  void probe(int interface, MacAddress own, std::span<const IpAddress> addresses) const;

 private:
  explicit Announcer(Descriptor socket) : socket_(std::move(socket)) {}
  void send(int interface, std::span<const std::uint8_t> frame) const;
  Descriptor socket_;
};

}  // namespace failover
