// failover_sim: the program's real state machines, engine and kernel thread through every bad day
// that a seed can draw, in virtual time.

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/sim/campaign.hpp"
#include "tests/sim/explore.hpp"

namespace failover::sim {
namespace {

namespace options = boost::program_options;

constexpr int usage = 2;

int replay_schedule(const std::string& file, MailboxPool& mailboxes) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  const auto scenario = parse_scenario(text.str());
  if (!in || !scenario) {
    fmt::print(stderr, "failover_sim: {} is not a schedule\n", file);
    return usage;
  }
  return replay(*scenario, mailboxes) ? 0 : 1;
}

std::optional<Bug> bug_named(const std::string& name) {
  if (name == "none") return Bug::none;
  if (name == "tie") return Bug::never_yields_on_tie;
  if (name == "rearm") return Bug::forgets_to_rearm;
  if (name == "release") return Bug::releases_before_peer_spoke;
  if (name == "farewell") return Bug::ignores_priority_zero;
  if (name == "turned") return Bug::turns_tie;
  return std::nullopt;
}

// A bug that was put back must be found.
int explore_with(const std::string& name, std::size_t states) {
  const auto bug = bug_named(name);
  if (!bug) {
    fmt::print(stderr, "failover_sim: no such bug: {}\n", name);
    return usage;
  }
  const bool right = explore(*bug, states);
  return right == (bug == Bug::none) ? 0 : 1;
}

std::optional<Sabotage> sabotage_named(const std::string& name) {
  if (name == "apart") return Sabotage::apart;
  if (name == "blind") return Sabotage::blind;
  return std::nullopt;
}

int act_on(const options::variables_map& chosen) {
  MailboxPool mailboxes;
  if (chosen.count("schedule") > 0)
    return replay_schedule(chosen["schedule"].as<std::string>(), mailboxes);
  const Groups groups = chosen.count("groups") > 0 ? Groups::drawn : Groups::none;
  if (chosen.count("seed") > 0)
    return replay(draw(chosen["seed"].as<std::uint64_t>(), groups), mailboxes) ? 0 : 1;
  if (chosen.count("explore") > 0)
    return explore_with(chosen["bug"].as<std::string>(), chosen["states"].as<std::size_t>());
  Campaign campaign;
  campaign.first = chosen["first"].as<std::uint64_t>();
  campaign.seeds = chosen["seeds"].as<std::uint64_t>();
  campaign.stop_after = chosen["failures"].as<unsigned>();
  if (chosen.count("minutes") > 0)
    campaign.duration = std::chrono::minutes(chosen["minutes"].as<unsigned>());
  campaign.groups = groups;
  const auto sabotage = sabotage_named(chosen["bug"].as<std::string>());
  if (sabotage) campaign.sabotage = *sabotage;
  const bool right = run_campaign(campaign, mailboxes) == 0;
  return right == !sabotage ? 0 : 1;
}

}  // namespace
}  // namespace failover::sim

int main(int argc, char** argv) {
  namespace options = boost::program_options;
  options::options_description described("failover_sim");
  auto add = described.add_options();
  add("help", "this text");
  add("seeds", options::value<std::uint64_t>()->default_value(5000), "run so many seeds");
  add("first", options::value<std::uint64_t>()->default_value(1), "the first of them");
  add("minutes", options::value<unsigned>(), "run seeds for so long instead");
  add("failures", options::value<unsigned>()->default_value(1), "stop after so many");
  add("seed", options::value<std::uint64_t>(), "replay one, with its timeline");
  add("schedule", options::value<std::string>(), "replay a schedule that was printed");
  add("explore", "explore two and three nodes exhaustively");
  add("states", options::value<std::size_t>()->default_value(20000), "so many each");
  add("bug", options::value<std::string>()->default_value("none"),
      "with a bug put back, which must be found: tie, rearm, release, farewell or turned; of "
      "groups "
      "in seeds: apart or blind");
  add("groups", "draw failover groups, and run only the seeds that have one");
  try {
    options::variables_map chosen;
    options::store(options::parse_command_line(argc, argv, described), chosen);
    options::notify(chosen);
    if (chosen.count("help") > 0) {
      std::cout << described;
      return 0;
    }
    return failover::sim::act_on(chosen);
  } catch (const options::error& error) {
    fmt::print(stderr, "failover_sim: {}\n", error.what());
    return failover::sim::usage;
  }
}
