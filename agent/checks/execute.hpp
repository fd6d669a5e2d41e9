#pragma once
// Execute: the seam to who runs commands, which is another process: the agent executes nothing.

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "agent/config/group_settings.hpp"
#include "protocol/time.hpp"

namespace failover::checks {

struct Command {
  config::ArgumentVector arguments;
  std::string user = {};  // empty: as failoverd was started
  Duration timeout{};     // after it the command and all that it started are ended
  std::vector<std::pair<std::string, std::string>> environment = {};  // beside the runner's own
  std::string input = {};                                             // on standard input
};

struct Exited {
  int status = 0;
};
struct Signalled {
  int signal = 0;
};
struct TimedOut {};
struct NotStarted {
  std::string why;  // "no such file", "not allowed"; a sentence without its end
};
// The runner died or is not there: nothing is known about the command.
struct Lost {};

struct Outcome {
  std::variant<Exited, Signalled, TimedOut, NotStarted, Lost> how = Lost{};
  std::string output = {};  // standard output and error together, with the end if not all of it
};

// Control thread only.
class Execute {
 public:
  using Ticket = std::uint64_t;
  using Ended = std::function<void(const Outcome&)>;

  Execute() = default;
  Execute(const Execute&) = delete;
  Execute& operator=(const Execute&) = delete;
  virtual ~Execute() = default;

  // `ended` comes once and never from within run(), unless the ticket is cancelled before.
  virtual Ticket run(Command command, Ended ended) = 0;
  // Ends the command. A ticket that is not under way any more is no error.
  virtual void cancel(Ticket ticket) = 0;
};

}  // namespace failover::checks
