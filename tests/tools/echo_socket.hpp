#pragma once
// ICMP echo to one address, of either family: what the probe sends, and what comes back.

#include <netinet/in.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace failover::probe {

using Nanoseconds = std::chrono::nanoseconds;

// An IPv4 or IPv6 address and the interface that it is behind.
struct Target {
  std::string interface;
  int family = AF_UNSPEC;
  in_addr ipv4{};
  in6_addr ipv6{};

  // Nothing when the text is no address.
  static std::optional<Target> parsed(const std::string& address, const std::string& interface);
};

// What one echo request carries; the reply brings it back unchanged.
struct Payload {
  std::uint64_t run = 0;  // tells our replies from those to another probe
  std::uint64_t sequence = 0;
};

// A raw socket that gets echo replies only, with the kernel's receive timestamps. What the machine
// refuses when it is made or told to forget is thrown as std::system_error.
class EchoSocket {
 public:
  explicit EchoSocket(const Target& target);
  EchoSocket(const EchoSocket&) = delete;
  EchoSocket& operator=(const EchoSocket&) = delete;
  ~EchoSocket();

  [[nodiscard]] int fd() const { return fd_; }

  // A refused send (no route, no neighbour) is a probe that nobody answers: lost, like others.
  void send(const Payload& payload) const;
  // One reply and how long ago the kernel had it; nothing when none is waiting.
  [[nodiscard]] std::optional<std::pair<Payload, Nanoseconds>> receive() const;
  // Forgets the target's neighbour entry, so that the next probe has to resolve it again.
  void forget_neighbour() const;

 private:
  [[nodiscard]] bool is_ipv6() const { return target_.family == AF_INET6; }

  Target target_;
  unsigned interface_index_;
  int fd_;
  int netlink_;
};

}  // namespace failover::probe
