#include "agent/lint/scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "agent/config/router_rules.hpp"
#include "agent/rehearsal/twins.hpp"
#include "agent/wire/configured.hpp"
#include "protocol/assert.hpp"
#include "protocol/carp/timing.hpp"
#include "protocol/vrrp/timing.hpp"

namespace failover::lint {
namespace {

using config::RouterSettings;

std::string place_of_group(const Group& group) {
  const bool is_routers_own =
      group.routers.size() == 1 && group.routers.front()->name() == group.settings.name;
  if (is_routers_own) return place_of(*group.routers.front());
  return "group." + config::key_text(group.settings.name);
}

using Routers = std::vector<const RouterSettings*>;

}  // namespace

std::string Group::at(const config::TrackSettings& track) const {
  return at("track." + config::key_text(track.name));
}

Node::Node(const config::Configuration& configuration) : configuration_(configuration) {
  std::map<std::string_view, Routers> members;
  for (const RouterSettings& router : configuration.routers)
    members[router.group].push_back(&router);
  for (const config::GroupSettings& settings : configuration.groups) {
    Group group{.settings = settings, .routers = std::move(members[settings.name]), .place = {}};
    group.place = place_of_group(group);
    groups_.push_back(std::move(group));
  }
}

const Group& Node::group_of(const RouterSettings& router) const {
  const auto name_of = [](const Group& group) -> const std::string& { return group.settings.name; };
  const auto found = std::ranges::lower_bound(groups_, router.group, {}, name_of);
  promise(found != groups_.end() && found->settings.name == router.group);
  return *found;
}

Scene::Scene(const Subject& subject)
    : ours(subject.ours),
      stories(rehearsal::single_failures(
          subject.ours, subject.peer != nullptr
                            ? *subject.peer
                            : rehearsal::assumed_peer(subject.ours, subject.heard))) {
  if (subject.peer == nullptr) return;
  peer.emplace(*subject.peer);
  match_routers(*peer);
  match_groups();
}

void Scene::match_routers(const Node& theirs) {
  std::set<const RouterSettings*> matched;
  for (const auto& [our, their] :
       rehearsal::twins_of(ours.configuration(), theirs.configuration())) {
    matched.insert({our, their});
    pairs.push_back({.ours = *our,
                     .theirs = *their,
                     .our_group = ours.group_of(*our),
                     .their_group = theirs.group_of(*their)});
  }
  for (const RouterSettings& router : ours.routers())
    if (!matched.contains(&router)) only_ours.push_back(&router);
  for (const RouterSettings& router : theirs.routers())
    if (!matched.contains(&router)) only_theirs.push_back(&router);
}

void Scene::match_groups() {
  std::map<const Group*, std::vector<const RouterPair*>> members;
  for (const RouterPair& pair : pairs) members[&pair.our_group].push_back(&pair);
  for (const Group& group : ours.groups())
    if (const auto found = members.find(&group); found != members.end())
      group_pairs.push_back(
          {.ours = group, .theirs = found->second.front()->their_group, .routers = found->second});
}

std::string place_of(const RouterSettings& router) {
  const config::KeyPath root;
  return config::router_key(config::KeyPath(root, "interface"), router);
}

std::string place_of(const RouterSettings& router, std::string_view key) {
  return place_of(router) + "." + std::string(key);
}

const config::CarpSettings* carp_in(const RouterSettings& router) {
  return std::get_if<config::CarpSettings>(&router.protocol);
}

const config::VrrpSettings* vrrp_in(const RouterSettings& router) {
  return std::get_if<config::VrrpSettings>(&router.protocol);
}

std::string_view rank_key(const RouterSettings& router) {
  return carp_in(router) != nullptr ? "advskew" : "priority";
}

std::string rank_place(const RouterSettings& router) { return place_of(router, rank_key(router)); }

std::strong_ordering our_rank(const RouterPair& pair, unsigned demotion) {
  if (const auto carp = both<config::CarpSettings>(pair)) {
    const auto& [ours, theirs] = *carp;
    const carp::Rank our{.advbase = ours.advbase.value(),
                         .advskew = carp::demoted_advskew(ours.advskew, demotion)};
    const carp::Rank their{.advbase = theirs.advbase.value(), .advskew = theirs.advskew.value()};
    return their.compared() <=> our.compared();
  }
  const auto vrrp = both<config::VrrpSettings>(pair);
  promise(vrrp.has_value());
  return vrrp::demoted_priority(vrrp->first.priority, demotion) <=> vrrp->second.priority.value();
}

Duration dead_time_of(const RouterSettings& router) { return router_settings(router).dead_time(); }

std::string seconds_text(Duration duration) {
  return fmt::format("{:.3f} s", std::chrono::duration<double>(duration).count());
}

unsigned room_for_demotion(const RouterSettings& router) {
  constexpr unsigned any_cost = 254;
  if (const auto* const carp = carp_in(router))
    return carp::demoted_advskew(carp->advskew, any_cost) - carp->advskew.value();
  const auto priority = std::get<config::VrrpSettings>(router.protocol).priority;
  return priority.value() - vrrp::demoted_priority(priority, any_cost);
}

unsigned most_demotion(const config::GroupSettings& group) {
  unsigned sum = 0;
  for (const config::TrackSettings& track : group.tracks) sum += track.demote.value_or(0);
  return sum;
}

}  // namespace failover::lint
