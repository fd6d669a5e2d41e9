#pragma once
// CollisionWatch: does another machine have our addresses as well?
//
// Right after a move the answer is yes: the last active goes on answering until its hand-over is
// over. So who is active asks when that bound has passed, and whoever answers then has no business
// to. Somebody who claims an address later may be about to take over: it is asked again, too, after
// the bound.

#include <optional>

#include "protocol/limits.hpp"
#include "protocol/time.hpp"

namespace failover {

// Of one router. Engine thread.
class CollisionWatch {
 public:
  // The addresses are here. bound: for how long another one may answer for them.
  void start(Instant now, Duration bound) {
    bound_ = bound;
    ask_at_ = now + bound;
    asked_.reset();
  }
  void stop() { *this = {}; }

  // When to ask.
  [[nodiscard]] std::optional<Instant> due() const { return ask_at_; }
  void asked(Instant now) {
    asked_ = now;
    ask_at_.reset();
  }

  // Somebody else says that it has one of the addresses. True: it still does, after the bound.
  [[nodiscard]] bool is_collision(Instant heard) {
    if (!bound_) return false;
    const bool answer =
        asked_ && *asked_ <= heard && heard - *asked_ <= limits::collision_answer_time;
    if (answer) {
      ask_at_ = heard + limits::collision_recheck;
    } else if (!ask_at_) {
      ask_at_ = heard + *bound_;
    }
    return answer;
  }

 private:
  std::optional<Duration> bound_;  // nothing: the addresses are not here
  std::optional<Instant> ask_at_;
  std::optional<Instant> asked_;
};

}  // namespace failover
