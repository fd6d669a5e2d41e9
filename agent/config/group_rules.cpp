#include "agent/config/group_rules.hpp"

#include <set>

#include "agent/config/nearest.hpp"

namespace failover::config {
namespace {

const Member* member_of(const Node& node, std::string_view name) {
  const auto* const table = std::get_if<Table>(&node.value);
  return table == nullptr ? nullptr : find(*table, name);
}

// What routers have as their `group`, also those that are refused for something else: a group must
// not be blamed for that.
std::set<std::string_view> named_groups(const Node& node, unsigned levels_above_routers) {
  std::set<std::string_view> names;
  const auto* const table = std::get_if<Table>(&node.value);
  if (table == nullptr) return names;
  if (levels_above_routers == 0) {
    const Member* const group = find(*table, "group");
    const auto* const text = group == nullptr ? nullptr : std::get_if<Secret>(&group->node.value);
    if (text != nullptr) names.insert(characters(*text));
    return names;
  }
  for (const Member& member : *table)
    names.merge(named_groups(member.node, levels_above_routers - 1));
  return names;
}

// A group, written by itself or in its only router, with where its keys stand.
struct Home {
  const GroupSettings& settings;
  const Node& node;
};

class Joining {
 public:
  Joining(const Value& root, std::vector<PlacedGroup> groups)
      : errors_(root.errors),
        interfaces_(root.path, "interface"),
        groups_path_(root.path, "group"),
        groups_(std::move(groups)) {
    if (const Member* const interfaces = member_of(root.node, "interface"))
      named_ = named_groups(interfaces->node, 3);
  }

  void join(PlacedRouter& router) {
    const Member* const named = member_of(*router.node, "group");
    if (named == nullptr)
      make_group(router);
    else if (!router.settings.group.empty())
      enter_group(*named, router);
    if (named == nullptr || router.settings.group != router.settings.name())
      refuse_name_of(router.settings);
  }

  [[nodiscard]] std::vector<GroupSettings> finish() && {
    for (PlacedGroup& group : groups_) {
      if (!named_.contains(group.member->name)) reject_empty(group);
      made_.push_back(std::move(group.settings));
    }
    std::ranges::sort(made_, {}, &GroupSettings::name);
    return std::move(made_);
  }

 private:
  // Nothing when there is no [group.NAME].
  [[nodiscard]] const PlacedGroup* written(std::string_view name) const {
    const auto name_of = [](const PlacedGroup& group) -> std::string_view {
      return group.member->name;
    };
    const auto found = std::ranges::lower_bound(groups_, name, {}, name_of);
    return found != groups_.end() && found->member->name == name ? &*found : nullptr;
  }

  // It is alone in a group that is called like it.
  void make_group(PlacedRouter& router) {
    router.settings.group = router.settings.name();
    router.settings.preempt = router.own_group.preempt;
    router.own_group.name = router.settings.group;
    require_virtual_mac({router.own_group, *router.node}, router);
    made_.push_back(std::move(router.own_group));
  }

  void enter_group(const Member& named, PlacedRouter& router) {
    const PlacedGroup* const group = written(router.settings.group);
    if (group == nullptr) {
      reject_unknown_group(named, router.settings);
      return;
    }
    refuse_group_keys(router);
    router.settings.preempt = group->settings.preempt;
    const Home home{group->settings, group->member->node};
    require_virtual_mac(home, router);
    require_preempt_of_owner(home, router.settings);
  }

  [[nodiscard]] std::string key_in(const RouterSettings& router, std::string_view key) const {
    return router_key(interfaces_, router) + "." + std::string(key);
  }

  void reject_unknown_group(const Member& named, const RouterSettings& router) {
    std::vector<std::string_view> names;
    for (const PlacedGroup& group : groups_) names.push_back(group.member->name);
    std::string message = in_quotes(router.group) + " is no group; ";
    if (const auto near = nearest(router.group, names)) {
      named_.insert(*near);  // which is not without routers then
      message += "did you mean " + in_quotes(*near) + "?";
    } else {
      message += "add [group." + key_text(router.group) +
                 "], or leave it out for a group of the router alone";
    }
    errors_.add(named.node.place, key_in(router, "group"), std::move(message));
  }

  void refuse_group_keys(const PlacedRouter& router) {
    for (const auto& key : group_keys())
      if (const Member* const member = member_of(*router.node, key.name))
        errors_.add(member->place, key_in(router.settings, key.name),
                    "belongs to the group, which other routers may be in; move it to [group." +
                        key_text(router.settings.group) + "]");
  }

  // What moves a hot group is that its macvlans are let loose.
  void require_virtual_mac(const Home& group, const PlacedRouter& router) {
    if (group.settings.mode != GroupMode::hot || router.settings.mac == MacMode::virtual_mac)
      return;
    const std::string why = "mode = \"hot\" at " +
                            errors_.place_text(member_of(group.node, "mode")->node.place) +
                            " needs mac = \"virtual\"; set it, or use mode = \"warm\"";
    if (const Member* const mac = member_of(*router.node, "mac"))
      errors_.add(mac->node.place, key_in(router.settings, "mac"), why);
    else
      errors_.add(router.node->place, router_key(interfaces_, router.settings),
                  "mac is missing; " + why);
  }

  // RFC 9568 6.1, as for a router that is alone.
  void require_preempt_of_owner(const Home& group, const RouterSettings& router) {
    const auto* const vrrp = std::get_if<VrrpSettings>(&router.protocol);
    if (vrrp == nullptr || vrrp->priority.value() != vrrp::Priority::max) return;
    if (group.settings.preempt == Preempt::on) return;
    const KeyPath path(groups_path_, group.settings.name);
    errors_.add(member_of(group.node, "preempt")->node.place, KeyPath(path, "preempt").text(),
                router.name() + " is the owner of its addresses (priority 255), which always " +
                    "preempts; leave it out, or use a priority of 1..254");
  }

  // Commands and paths of the API could mean either.
  void refuse_name_of(const RouterSettings& router) {
    const auto name = router.name();
    const PlacedGroup* const group = written(name);
    if (group == nullptr) return;
    named_.insert(group->member->name);
    errors_.add(group->member->place, KeyPath(groups_path_, name).text(),
                "is the name of a router that is not in the group; use another name, or set " +
                    ("group = " + in_quotes(name)) + " in the router");
  }

  void reject_empty(const PlacedGroup& group) {
    const std::string& name = group.member->name;
    errors_.add(
        group.member->place, KeyPath(groups_path_, name).text(),
        "no router names it; add group = " + in_quotes(name) + " to a router, or leave it out");
  }

  ErrorList& errors_;
  KeyPath interfaces_;
  KeyPath groups_path_;
  std::vector<PlacedGroup> groups_;   // as written, by name
  std::set<std::string_view> named_;  // by routers
  std::vector<GroupSettings> made_;   // of the routers that name none
};

}  // namespace

std::vector<GroupSettings> join_groups(const Value& root, std::vector<PlacedGroup> groups,
                                       std::vector<PlacedRouter>& routers) {
  Joining joining(root, std::move(groups));
  for (PlacedRouter& router : routers) joining.join(router);
  return std::move(joining).finish();
}

}  // namespace failover::config
