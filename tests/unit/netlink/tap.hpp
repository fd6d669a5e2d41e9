#pragma once
// Tap: a packet socket on one end of a wire, to see what leaves the other and to put frames in.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "protocol/address.hpp"

namespace failover::netlink {

using Frame = std::vector<std::uint8_t>;

[[nodiscard]] MacAddress source_of(const Frame& frame);
// EtherType and what is behind it, in hexadecimal: to read it in a failure.
[[nodiscard]] std::string text_of(const Frame& frame);

// "Who has target? Tell sender": to everybody, or to one.
[[nodiscard]] Frame arp_request(const MacAddress& to, const MacAddress& from,
                                const IpAddress& sender, const IpAddress& target);
// Whom an ARP request asks to be told; nothing when the frame is none.
[[nodiscard]] std::optional<IpAddress> asker_in(const Frame& frame);
// The MAC address that the frame gives for an address; all zero when it is no such ARP reply.
[[nodiscard]] MacAddress holder_in(const Frame& frame, const IpAddress& target);

// What the namespace's own end sends out is not seen, only what comes in.
class Tap {
 public:
  explicit Tap(const std::string& interface);
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;
  ~Tap();

  void send(const Frame& frame) const;
  // Collects what comes in until the condition holds; false when it does not within 10 s.
  [[nodiscard]] bool wait_until(const std::function<bool()>& holds);
  std::vector<Frame> seen;

  [[nodiscard]] std::vector<Frame> seen_from(const MacAddress& mac) const;

 private:
  int descriptor_;
};

}  // namespace failover::netlink
