#pragma once
// The world: runs one scenario from its beginning to its end, or to the first promise that is
// broken.

#include <deque>
#include <memory>

#include "agent/mailbox/messages.hpp"
#include "tests/sim/node.hpp"
#include "tests/sim/surroundings.hpp"

namespace failover::sim {

// What one run came to.
struct Verdict {
  std::optional<Violation> violation;
  std::vector<std::string> timeline;
  Duration virtual_time{};
  std::uint64_t events = 0;
  std::uint64_t transitions = 0;
  std::array<std::uint64_t, fault_kinds> faults{};
};

// Mailboxes are big, and nodes many: they are lent, and come back empty.
using MailboxPool = std::deque<Mailboxes>;

[[nodiscard]] Verdict run(const Scenario& scenario, MailboxPool& mailboxes, Timeline::Keep keep);

}  // namespace failover::sim
