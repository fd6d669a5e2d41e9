// The rank as a sum: what is configured, and what each thing that is down costs.

#include <fmt/format.h>

#include <algorithm>

#include "agent/control/findings.hpp"
#include "agent/control/words.hpp"

namespace failover::control {
namespace {

// In the order in which they are added up.
std::vector<RankPart> costs_of(const Findings& found) {
  std::vector<RankPart> costs;
  unsigned of_tracks = 0;
  for (const TrackView* track : found.costs) {
    costs.push_back({.name = "track " + track->settings.name,
                     .value = std::to_string(*track->settings.demote)});
    of_tracks += *track->settings.demote;
  }
  const unsigned all = found.leader->status.demotion;
  if (all > of_tracks)
    costs.push_back({.name = "send errors", .value = std::to_string(all - of_tracks)});
  return costs;
}

// What is advertised may be other than the sum: it has an end, and who is held active or comes
// along with its group advertises the best.
std::string sum_text(std::string text, std::string_view sign, const std::vector<RankPart>& costs,
                     long sum, long advertised) {
  if (costs.empty()) return {};
  for (const RankPart& cost : costs) text += fmt::format(" {} {} {}", sign, cost.name, cost.value);
  text += fmt::format(" = {}", sum);
  return sum == advertised ? text : fmt::format("{}, advertised as {}", text, advertised);
}

long total(const std::vector<RankPart>& costs) {
  long sum = 0;
  for (const RankPart& cost : costs) sum += std::stol(cost.value);
  return sum;
}

struct Parts {
  const Findings& found;

  ExplainedRank operator()(const config::CarpSettings& carp) const {
    const auto* said = std::get_if<carp::Rank>(&found.leader->status.rank);
    const auto costs = costs_of(found);
    const long configured = carp.advskew.value();
    const long advertised = said != nullptr ? said->advskew : configured;
    return whole({{.name = "advbase", .value = fmt::format("{} s", carp.advbase.value())},
                  {.name = "advskew", .value = std::to_string(configured)}},
                 costs, advertised != configured + total(costs),
                 fmt::format("advskew {}", advertised),
                 sum_text(fmt::format("advskew {}", configured), "+", costs,
                          configured + total(costs), advertised));
  }
  ExplainedRank operator()(const config::VrrpSettings& vrrp) const {
    const auto* said = std::get_if<vrrp::Rank>(&found.leader->status.rank);
    const auto costs = costs_of(found);
    const long configured = vrrp.priority.value();
    const long advertised = said != nullptr ? said->priority : configured;
    return whole({{.name = "priority", .value = std::to_string(configured)}}, costs,
                 advertised != configured - total(costs), fmt::format("priority {}", advertised),
                 sum_text(fmt::format("priority {}", configured), "-", costs,
                          configured - total(costs), advertised));
  }

  ExplainedRank whole(std::vector<RankPart> parts, const std::vector<RankPart>& costs,
                      bool is_other, std::string advertised, std::string sum) const {
    parts.insert(parts.end(), costs.begin(), costs.end());
    if (is_other) parts.push_back({.name = "advertised", .value = std::move(advertised)});
    return {.text = short_rank_text(found.leader->status.rank),
            .parts = std::move(parts),
            .sum = std::move(sum)};
  }
};

}  // namespace

ExplainedRank explained_rank(const Findings& found) {
  if (found.leader == nullptr) return {};
  return std::visit(Parts{found}, found.leader->settings.protocol);
}

}  // namespace failover::control
