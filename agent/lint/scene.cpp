#include "agent/lint/scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "agent/config/router_rules.hpp"
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

// The id on the same interface; or on any, because the other node's may be called otherwise.
using Place = std::tuple<std::string_view, std::size_t, std::uint8_t>;
Place exactly(const RouterSettings& router) {
  return {router.interface, router.protocol.index(), router.id()};
}
Place anywhere(const RouterSettings& router) { return {{}, router.protocol.index(), router.id()}; }

using Routers = std::vector<const RouterSettings*>;
using Matches = std::vector<std::pair<const RouterSettings*, const RouterSettings*>>;

std::map<Place, Routers> by(Place (*place)(const RouterSettings&), const Routers& routers) {
  std::map<Place, Routers> found;
  for (const RouterSettings* router : routers) found[place(*router)].push_back(router);
  return found;
}

// Takes out of both those that are alone at their place.
void take_matches(Place (*place)(const RouterSettings&), Routers& ours, Routers& theirs,
                  Matches& matches) {
  const auto our_places = by(place, ours);
  const auto their_places = by(place, theirs);
  const auto is_met_in = [&](const auto& others, const RouterSettings* router) {
    const auto found = others.find(place(*router));
    return found != others.end() && found->second.size() == 1;
  };
  const auto is_matched = [&](const RouterSettings* router) {
    return is_met_in(our_places, router) && is_met_in(their_places, router);
  };
  for (const RouterSettings* router : ours)
    if (is_matched(router)) matches.emplace_back(router, their_places.at(place(*router)).front());
  std::erase_if(ours, is_matched);
  std::erase_if(theirs, is_matched);
}

Routers routers_in(const Node& node) {
  Routers routers;
  for (const RouterSettings& router : node.routers()) routers.push_back(&router);
  return routers;
}

struct AskedAddress {
  std::optional<IpAddress> operator()(const config::TcpTrack& track) const { return track.address; }
  std::optional<IpAddress> operator()(const config::HttpTrack& track) const {
    return track.address;
  }
  std::optional<IpAddress> operator()(const config::IcmpTrack& track) const {
    return track.address;
  }
  template <class Other>
  std::optional<IpAddress> operator()(const Other&) const {
    return std::nullopt;
  }
};

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
  only_ours = routers_in(ours);
  only_theirs = routers_in(theirs);
  Matches matches;
  take_matches(exactly, only_ours, only_theirs, matches);
  take_matches(anywhere, only_ours, only_theirs, matches);
  for (const auto& [our, their] : matches)
    pairs.push_back({.ours = *our,
                     .theirs = *their,
                     .our_group = ours.group_of(*our),
                     .their_group = theirs.group_of(*their)});
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

Duration dead_time_of(const RouterSettings& router) {
  if (const auto* const carp = carp_in(router))
    return carp::dead_time(carp->advbase, carp->advskew, carp->dead_ratio);
  const auto& vrrp = std::get<config::VrrpSettings>(router.protocol);
  return vrrp::dead_time(vrrp.version, vrrp.priority.value(),
                         vrrp.interval.value() * Duration(10ms), vrrp.dead_ratio);
}

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

std::optional<IpAddress> asked_address(const config::Tracked& what) {
  return std::visit(AskedAddress{}, what);
}

}  // namespace failover::lint
