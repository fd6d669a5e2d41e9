#include "tests/sim/campaign.hpp"

#include <fmt/format.h>

#include <map>

namespace failover::sim {
namespace {

struct Totals {
  std::uint64_t seeds = 0;
  unsigned failures = 0;
  Duration virtual_time{};
  std::uint64_t events = 0;
  std::uint64_t transitions = 0;
  std::array<std::uint64_t, fault_kinds> faults{};
  std::map<std::string, unsigned> broken;

  void add(const Verdict& verdict) {
    ++seeds;
    virtual_time += verdict.virtual_time;
    events += verdict.events;
    transitions += verdict.transitions;
    for (std::size_t kind = 0; kind < fault_kinds; ++kind) faults[kind] += verdict.faults[kind];
    if (verdict.violation) ++broken[verdict.violation->oracle], ++failures;
  }
};

void print(const Totals& totals, std::uint64_t first, std::uint64_t last, double seconds) {
  const double hours = std::chrono::duration<double>(totals.virtual_time).count() / 3600;
  fmt::print("seeds {}..{}: {} failed\n", first, last, totals.failures);
  fmt::print("virtual time {:.1f} h in {:.1f} s, {} events ({:.0f}/s), {} transitions\n", hours,
             seconds, totals.events, static_cast<double>(totals.events) / seconds,
             totals.transitions);
  fmt::print("faults:");
  for (std::size_t kind = 0; kind < fault_kinds; ++kind)
    fmt::print(" {} {}", name(static_cast<FaultKind>(kind)), totals.faults[kind]);
  fmt::print("\n");
  for (const auto& [oracle, times] : totals.broken) fmt::print("broken: {} ({})\n", oracle, times);
}

void tell_failure(const Scenario& scenario, const Violation& violation, MailboxPool& mailboxes) {
  fmt::print("seed {} breaks a promise: {}: {}\n", scenario.seed, violation.oracle,
             violation.detail);
  fmt::print("replay: failover_sim --seed {}{}\n", scenario.seed,
             scenario.group ? " --groups" : "");
  const Scenario least = minimised(scenario, violation.oracle, mailboxes);
  fmt::print("the least schedule, for failover_sim --schedule FILE:\n{}", least.text());
  const Verdict again = run(least, mailboxes, Timeline::Keep::everything);
  fmt::print("what happens then:\n");
  for (const std::string& line : again.timeline) fmt::print("{}\n", line);
}

}  // namespace

unsigned run_campaign(const Campaign& campaign, MailboxPool& mailboxes) {
  using Clock = std::chrono::steady_clock;
  const auto began = Clock::now();
  Totals totals;
  std::uint64_t seed = campaign.first;
  const auto goes_on = [&] {
    if (totals.failures >= campaign.stop_after) return false;
    if (campaign.duration) return Clock::now() - began < *campaign.duration;
    return seed < campaign.first + campaign.seeds;
  };
  for (; goes_on(); ++seed) {
    Scenario scenario = draw(seed, campaign.groups);
    if (campaign.groups == Groups::drawn && !scenario.group) continue;
    scenario.sabotage = campaign.sabotage;
    const Verdict verdict = run(scenario, mailboxes, Timeline::Keep::nothing);
    totals.add(verdict);
    if (!verdict.violation) continue;
    if (totals.failures >= campaign.stop_after) {
      tell_failure(scenario, *verdict.violation, mailboxes);
    } else {
      fmt::print("seed {}: {}: {}\n", seed, verdict.violation->oracle, verdict.violation->detail);
    }
  }
  print(totals, campaign.first, seed - 1,
        std::chrono::duration<double>(Clock::now() - began).count());
  return totals.failures;
}

bool replay(const Scenario& scenario, MailboxPool& mailboxes) {
  fmt::print("{}", scenario.text());
  const Verdict verdict = run(scenario, mailboxes, Timeline::Keep::everything);
  for (const std::string& line : verdict.timeline) fmt::print("{}\n", line);
  if (!verdict.violation) {
    fmt::print("every promise holds\n");
    return true;
  }
  fmt::print("broken: {}: {}\n", verdict.violation->oracle, verdict.violation->detail);
  return false;
}

}  // namespace failover::sim
