#pragma once
// Replay protection of CARP. The digest covers neither the sender nor the rank, so an advert that
// somebody has heard can be sent again, from any address and as the best or the worst of all; no
// other implementation looks. What the digest does cover is the counter, and ours is a time: UTC in
// microseconds, or one more than the last. So an advert is worth something in its moment only,
// once, and from each sender in order.
//
// A counter has one digest, so to remember the counter is to remember the digest. Two nodes may
// have one microsecond in common: the later advert of the two is refused, and the next one is not.
//
// What this cannot do: an advert that did not get here is not known here. Whoever keeps one away
// from us, or hears the copy that a unicast peer gets, has one of his own for as long as the window
// lasts. And when our own clock is set back, a time comes twice, and what was sent in it can too.

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/limits.hpp"
#include "protocol/time.hpp"

namespace failover::carp {

enum class ReplayProtection : std::uint8_t {
  off,      // does not look
  monitor,  // accepts everything, counts what enforce would refuse
  enforce
};

struct ReplaySettings {
  ReplayProtection mode = ReplayProtection::monitor;
  // By how much a sender's clock may differ from ours.
  Duration window = limits::replay_window_default;
  // Between two adverts: the shorter, the more of them fit into the window.
  Duration interval = 1s;
};

enum class Freshness : std::uint8_t {
  fresh,
  // Farther from our clock than the window: a sender whose clock is wrong, or whose counters are no
  // times (ucarp, the BSDs: CARP.md 2.5, 5); or an old advert.
  stale,
  // Not newer than what its sender has sent, or heard before from anybody, or sent by ourselves.
  replayed
};

struct Judgement {
  Freshness freshness = Freshness::fresh;
  // By how much the counter, as a time, is ahead of our clock; at most a century.
  Duration ahead{};
};

// The counters that were accepted, of one router. Owned by the router, on its thread. Takes its
// memory when it is made.
//
// Both memories are bounded, and both are filled by who has the password only. A sender that is
// pushed out is known by its counters still. A counter that is pushed out takes with it all that
// are older: it fails closed, at the cost of senders whose clocks are behind ours, because it is
// they who could not be told from a replay.
class ReplayMemory {
 public:
  explicit ReplayMemory(const ReplaySettings& settings);

  // Judges the counter of an advert whose digest is right, and remembers it when it is fresh.
  // `now` is UTC.
  [[nodiscard]] Judgement judge(const IpAddress& source, std::uint64_t counter,
                                std::chrono::nanoseconds now_since_epoch);
  // An advert of our own: from another address it is a replay.
  void sent(std::uint64_t counter) { remember(counter); }
  // What `before` has remembered is known here too. Needs no memory.
  void continue_from(const ReplayMemory& before);

 private:
  struct Sender {
    IpAddress source;
    std::uint64_t last = 0;
  };
  [[nodiscard]] Freshness freshness(const IpAddress& source, std::uint64_t counter,
                                    std::uint64_t now);
  [[nodiscard]] Sender* known(const IpAddress& source);
  [[nodiscard]] bool is_remembered(std::uint64_t counter) const;
  void remember(std::uint64_t counter);
  void heard_last(const IpAddress& source, std::uint64_t counter);

  std::uint64_t window_;  // microseconds
  // A ring, and how much of it is in use.
  std::vector<std::uint64_t> counters_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::uint64_t forgotten_ = 0;  // the highest one that was pushed out
  // The one heard last comes first.
  std::array<Sender, limits::replay_senders> senders_{};
  std::size_t sender_count_ = 0;
};

}  // namespace failover::carp
