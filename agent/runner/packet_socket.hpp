#pragma once
// PacketSocket: one end of a connection between agent and runner. It never waits.

#include <deque>
#include <optional>
#include <string>

#include "agent/descriptor.hpp"

namespace failover::runner {

class PacketSocket {
 public:
  explicit PacketSocket(Descriptor socket) : socket_(std::move(socket)) {}

  // Whether the process that made or listens to the other end is the same user's as we are.
  [[nodiscard]] bool is_of_our_user() const;
  // Now, or later by flush(): in order.
  void send(std::string packet);
  void flush();
  [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }
  // Nothing when there is none now.
  [[nodiscard]] std::optional<std::string> receive();
  // Nobody is there any more, or nobody who is in order.
  [[nodiscard]] bool is_broken() const { return broken_; }
  void give_up() { broken_ = true; }
  [[nodiscard]] int number() const { return socket_.number(); }

 private:
  Descriptor socket_;
  std::deque<std::string> waiting_;
  bool broken_ = false;
};

}  // namespace failover::runner
