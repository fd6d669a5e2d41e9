// Delta debugging over the list of faults: halves, quarters, ... are left out as long as the same
// promise is still broken; then the nodes' drift, and the group.

#include <algorithm>

#include "tests/sim/campaign.hpp"

namespace failover::sim {
namespace {

class Minimiser {
 public:
  Minimiser(std::string oracle, MailboxPool& mailboxes)
      : oracle_(std::move(oracle)), mailboxes_(mailboxes) {}

  [[nodiscard]] bool still_fails(const Scenario& scenario) {
    const auto verdict = run(scenario, mailboxes_, Timeline::Keep::nothing);
    return verdict.violation && verdict.violation->oracle == oracle_;
  }

  void drop_faults(Scenario& scenario) {
    std::size_t chunk = std::max<std::size_t>(scenario.faults.size() / 2, 1);
    for (;;) {
      const bool dropped = drop_one_chunk(scenario, chunk);
      if (dropped) continue;
      if (chunk == 1) return;
      chunk /= 2;
    }
  }
  void drop_drift(Scenario& scenario) {
    Scenario without = scenario;
    for (NodePlan& node : without.nodes) node.drift = 0;
    if (still_fails(without)) scenario = without;
  }
  void drop_group(Scenario& scenario) {
    Scenario without = scenario;
    without.group.reset();
    std::erase_if(without.faults,
                  [](const Fault& fault) { return fault.kind == FaultKind::track_down; });
    if (still_fails(without)) scenario = without;
  }

 private:
  bool drop_one_chunk(Scenario& scenario, std::size_t chunk) {
    for (std::size_t at = 0; at < scenario.faults.size(); at += chunk) {
      Scenario without = scenario;
      const auto begin = without.faults.begin() + static_cast<std::ptrdiff_t>(at);
      const std::size_t count = std::min(chunk, scenario.faults.size() - at);
      without.faults.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
      if (!still_fails(without)) continue;
      scenario = std::move(without);
      return true;
    }
    return false;
  }

  std::string oracle_;
  MailboxPool& mailboxes_;
};

}  // namespace

Scenario minimised(const Scenario& scenario, const std::string& oracle, MailboxPool& mailboxes) {
  Scenario least = scenario;
  Minimiser minimiser(oracle, mailboxes);
  minimiser.drop_faults(least);
  minimiser.drop_drift(least);
  if (least.group) minimiser.drop_group(least);
  return least;
}

}  // namespace failover::sim
