#pragma once
// Healing: how often a router's addresses may be put back that somebody else removes.
//
// Who removes one by mistake gets it back at once. A program that removes it in a loop would make
// of that a busy machine and a storm of gratuitous ARP, and the address would be of no use to
// anybody all the same. So after some restores in a short time it is a contest: each one waits
// twice as long as the last, and when that does not end it either, a peer is to have the addresses.

#include <cstdint>
#include <optional>

#include "agent/mailbox/status.hpp"
#include "protocol/time.hpp"

namespace failover {

// Kernel thread only; one for each router.
class Healing {
 public:
  // Something of it has to be put back: whether that may be done now. One answer for all of a look.
  [[nodiscard]] bool may_restore(std::uint64_t look, Instant now);
  // It holds nothing any more that could be removed.
  void end();
  // When it should be looked at again.
  [[nodiscard]] std::optional<Instant> deadline() const;
  // What the engine has not been told yet. `lost` is told again as long as nothing changes.
  [[nodiscard]] std::optional<Contest> news(Instant now);

 private:
  [[nodiscard]] bool restore(Instant now);
  void restored(Instant now);

  Contest contest_ = Contest::none;
  Contest told_ = Contest::none;
  std::uint64_t look_ = 0;  // the last one, and what was answered
  bool allowed_ = false;
  bool waits_ = false;  // for next_
  Instant since_{};     // the first of those that are counted
  int restores_ = 0;
  Instant last_{};
  Instant next_{};  // not before
  Duration pause_{};
  Instant offered_{};
};

}  // namespace failover
