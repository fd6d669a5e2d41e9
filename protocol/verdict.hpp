#pragma once
// What the elections of both protocols are asked, and what they answer.

#include <cstdint>
#include <optional>

#include "protocol/reason.hpp"
#include "protocol/time.hpp"

namespace failover {

// What a node is worse by than it is configured.
struct Demotion {
  unsigned cost = 0;       // CARP: added to advskew; VRRP: taken from the priority
  std::uint8_t count = 0;  // CARP's byte 4, which OpenBSD understands
  friend bool operator==(const Demotion&, const Demotion&) = default;
};

// Whether a backup wants a worse active's role. yielded: an operator handed it over, so only the
// peer's leaving or death counts.
enum class Wish : std::uint8_t { preempt, stay, yielded };

// What an advert means to a backup.
struct BackupVerdict {
  enum class Do : std::uint8_t {
    follow,    // the sender is our active: wait for its silence anew
    ignore,    // the sender is nobody: its predecessor's time runs on
    count,     // the active has left: whoever is best goes first, after `wait`
    take_over  // now
  };
  Do what = Do::follow;
  Reason reason = Reason::listening;  // of take_over
  Duration wait{};                    // of count
};

// What an advert means to an active.
struct ActiveVerdict {
  std::optional<Reason> yields;  // nothing: it stays
  enum class Answer : std::uint8_t { none, announce, advertise, advertise_and_announce };
  Answer answer = Answer::none;  // of one that stays
};

}  // namespace failover
