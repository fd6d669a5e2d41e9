#pragma once
// Many runs: from seeds, counted, the first failure minimised and told.

#include <chrono>
#include <optional>

#include "tests/sim/world.hpp"

namespace failover::sim {

// The least set of the scenario's faults with which the same promise is broken (delta debugging).
[[nodiscard]] Scenario minimised(const Scenario& scenario, const std::string& oracle,
                                 MailboxPool& mailboxes);

struct Campaign {
  std::uint64_t first = 1;
  std::uint64_t seeds = 0;                       // as many, or
  std::optional<std::chrono::minutes> duration;  // as long
  unsigned stop_after = 1;                       // failures
  Groups groups = Groups::none;                  // drawn: only the seeds that have one
  Sabotage sabotage = Sabotage::none;
};

// Prints what it did; the number of seeds that failed.
[[nodiscard]] unsigned run_campaign(const Campaign& campaign, MailboxPool& mailboxes);

// One scenario with its timeline; false when it fails.
[[nodiscard]] bool replay(const Scenario& scenario, MailboxPool& mailboxes);

}  // namespace failover::sim
