#include "agent/changes/plan.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "agent/wire/configured.hpp"

namespace failover::changes {
namespace {

struct Group {
  const config::GroupSettings* settings = nullptr;
  std::map<std::string, const config::RouterSettings*> routers = {};
};
using Groups = std::map<std::string, Group>;

Groups groups_of(const config::Configuration& configuration) {
  Groups groups;
  for (const config::GroupSettings& group : configuration.groups)
    groups[group.name].settings = &group;
  for (const config::RouterSettings& router : configuration.routers)
    groups[router.group.empty() ? router.name() : router.group].routers[router.name()] = &router;
  return groups;
}

bool has_other_link(const config::RouterSettings& before, const config::RouterSettings& after) {
  return before.mac != after.mac;
}

bool has_other_rank(const config::RouterSettings& before, const config::RouterSettings& after) {
  return election_of(before) != election_of(after);
}

// What becomes of one group that is there before and afterwards.
class Comparison {
 public:
  Comparison(std::string name, const Group& before, const Group& after)
      : plan_{.group = std::move(name)} {
    for (const auto& [router, settings] : before.routers)
      if (!after.routers.contains(router)) note(GroupEffect::moves, router + " leaves it");
    for (const auto& [router, settings] : after.routers) {
      const auto known = before.routers.find(router);
      if (known == before.routers.end())
        note(GroupEffect::updated, router + " joins it");
      else if (*known->second != *settings)
        compare(router, *known->second, *settings);
    }
    if (before.settings != nullptr && after.settings != nullptr &&
        *before.settings != *after.settings)
      note(GroupEffect::updated, "its settings");
  }

  [[nodiscard]] GroupPlan plan() && { return std::move(plan_); }

 private:
  void compare(const std::string& router, const config::RouterSettings& before,
               const config::RouterSettings& after) {
    if (has_other_link(before, after))
      note(GroupEffect::moves, router + ": its addresses move to another link");
    else if (has_other_rank(before, after))
      note(GroupEffect::updated, router + ": its rank or its timing; a better peer takes over");
    else
      note(GroupEffect::updated, router + ": its settings");
  }

  void note(GroupEffect effect, std::string why) {
    plan_.effect = std::max(plan_.effect, effect);
    plan_.why.push_back(std::move(why));
  }

  GroupPlan plan_;
};

GroupPlan of_one(const std::string& name, const Groups& before, const Groups& after) {
  const auto had = before.find(name);
  const auto has = after.find(name);
  if (had == before.end())
    return {.group = name, .effect = GroupEffect::added, .why = {"it is new"}};
  if (has == after.end())
    return {.group = name, .effect = GroupEffect::removed, .why = {"it is no more configured"}};
  return Comparison(name, had->second, has->second).plan();
}

}  // namespace

std::string_view name(GroupEffect effect) {
  switch (effect) {
    case GroupEffect::unchanged: return "unchanged";
    case GroupEffect::updated: return "updated";
    case GroupEffect::added: return "added";
    case GroupEffect::removed: return "removed";
    case GroupEffect::moves: return "moves";
  }
  return "unchanged";
}

std::vector<GroupPlan> plan_of(const config::Configuration& before,
                               const config::Configuration& after, const IsActive& is_active) {
  const Groups old_groups = groups_of(before);
  const Groups new_groups = groups_of(after);
  std::set<std::string> names;
  for (const auto& [group, members] : old_groups) names.insert(group);
  for (const auto& [group, members] : new_groups) names.insert(group);
  std::vector<GroupPlan> plans;
  for (const std::string& group : names) {
    GroupPlan plan = of_one(group, old_groups, new_groups);
    const bool lets_go = plan.effect == GroupEffect::removed || plan.effect == GroupEffect::moves;
    if (lets_go && is_active(group))
      plan.outage = plan.effect == GroupEffect::removed
                        ? "none if a peer takes over, else from the end of the hand-over on"
                        : "none if a peer takes over, else until it is active here again";
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace failover::changes
