#include "agent/kernel/healing.hpp"

#include <algorithm>
#include <utility>

#include "protocol/limits.hpp"

namespace failover {

bool Healing::may_restore(std::uint64_t look, Instant now) {
  if (std::exchange(look_, look) != look) allowed_ = restore(now);
  return allowed_;
}

bool Healing::restore(Instant now) {
  if (contest_ == Contest::none) {
    if (now - since_ > limits::contest_window) {
      since_ = now;
      restores_ = 0;
    }
    if (restores_ < limits::contest_restores) return restored(now), true;
    contest_ = Contest::slowed;
    pause_ = limits::contest_pause_shortest;
    next_ = now + pause_;
  }
  waits_ = now < next_;
  if (waits_) return false;
  restored(now);
  pause_ = std::min(2 * pause_, limits::contest_pause_longest);
  next_ = now + pause_;
  return true;
}

void Healing::restored(Instant now) {
  ++restores_;
  last_ = now;
}

void Healing::end() {
  const Contest told = told_;
  *this = {};
  told_ = told;
}

std::optional<Instant> Healing::deadline() const {
  if (waits_) return next_;
  if (contest_ != Contest::none) return last_ + limits::contest_calm;
  return std::nullopt;
}

std::optional<Contest> Healing::news(Instant now) {
  if (contest_ != Contest::none && !waits_ && now >= last_ + limits::contest_calm) end();
  const bool hopeless =
      contest_ != Contest::none && (restores_ >= limits::contest_restores_until_offer ||
                                    now - since_ >= limits::contest_until_offer);
  if (hopeless) contest_ = Contest::lost;
  const bool again = contest_ == Contest::lost && now - offered_ >= limits::contest_until_offer;
  if (!again && contest_ == told_) return std::nullopt;
  if (contest_ == Contest::lost) offered_ = now;
  told_ = contest_;
  return contest_;
}

}  // namespace failover
