#pragma once
// The words between agent and runner: one JSON document in each packet of a Unix socket.
//
// The runner greets who connects, so that the agent can tell a runner that is there from a socket
// that only waits for one. Then the agent sends requests and cancellations, the runner replies.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "agent/runner/command.hpp"
#include "protocol/result.hpp"

namespace failover::runner {

// Chosen by the agent, each once on one connection.
using Ticket = std::uint64_t;

struct Greeting {};
struct Request {
  Ticket id = 0;
  Command command;
};
struct Cancel {
  Ticket id = 0;
};
struct Reply {
  Ticket id = 0;
  Finished finished;
};

using Message = std::variant<Greeting, Request, Cancel, Reply>;

// Why nobody may ask for this: a bound, a timeout or a name out of range; empty when all is right.
[[nodiscard]] std::string why_refused(const Command& command);

// A packet of limits::runner_packet_bytes at most, else an error. Bytes that are no UTF-8 are
// replaced.
[[nodiscard]] Result<std::string, std::string> encode(const Message& message);
// The error says what is wrong with the packet. A request is within the bounds.
[[nodiscard]] Result<Message, std::string> decode(std::string_view packet);

}  // namespace failover::runner
