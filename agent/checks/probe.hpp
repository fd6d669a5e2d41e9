#pragma once
// Probe: how one kind of thing is asked, once. When, how often and for how long is Check's.

#include <functional>

#include "agent/checks/finding.hpp"
#include "protocol/time.hpp"

namespace failover::checks {

// Control thread only, and never waits. Ending it ends the try under way.
class Probe {
 public:
  using Done = std::function<void(const Finding&)>;

  Probe() = default;
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  virtual ~Probe() = default;

  // One try; no other is under way. `done` is called once, now or later, unless give_up() comes
  // first. timeout: for those who have it judged by somebody else.
  virtual void ask(Duration timeout, Done done) = 0;
  // The time for the try is over: ends it. Says what that means.
  virtual Finding give_up(Duration timeout) = 0;
  // What asking may cost beyond the timeout without being the fault of who is asked.
  [[nodiscard]] virtual Duration own_time() const { return Duration{0}; }
};

}  // namespace failover::checks
