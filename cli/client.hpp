#pragma once
// One HTTP request to the agent over its Unix socket, and the answer.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/result.hpp"
#include "protocol/time.hpp"

namespace failover::cli {

struct Call {
  std::string method;
  std::string target;  // percent-encoded, with the query
  std::string body;    // or empty
  std::string content_type = "application/json";
};

struct Answer {
  unsigned status = 0;
  std::string content_type;
  std::string body;
};

enum class Obstacle : std::uint8_t {
  no_socket,   // no such file
  refused,     // a file, but nobody listens
  no_access,   // its permissions
  no_answer,   // nothing came in time
  broken_off,  // the connection ended before the answer did
  other,       // see error
};

struct Unreachable {
  Obstacle obstacle = Obstacle::other;
  std::string path;
  int error = 0;  // errno, for `other`
};

// A connection of its own each time: the agent closes idle ones, and a failoverctl lives shortly.
// Waits `patience` at most, connecting included.
[[nodiscard]] Result<Answer, Unreachable> call_agent(const std::string& socket_path,
                                                     const Call& call, Duration patience);

enum class Following : std::uint8_t { goes_on, ends };
// Takes one or more whole lines, each with its end.
using TakeLines = std::function<Following(std::string_view lines)>;

// An answer that stays open, its lines handed over as they come, without a bound in time from the
// first one on. Returns the answer when it is another than 2xx, or without a body when the reader
// has ended it; an answer that the agent has ended is broken off.
[[nodiscard]] Result<Answer, Unreachable> follow_agent(const std::string& socket_path,
                                                       const Call& call, Duration patience,
                                                       const TakeLines& take);

// What a path segment must look like in a target.
[[nodiscard]] std::string percent_encoded(std::string_view segment);

}  // namespace failover::cli
