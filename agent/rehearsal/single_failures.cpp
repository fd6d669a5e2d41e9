#include "agent/rehearsal/single_failures.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace failover::rehearsal {
namespace {

using Numbers = std::vector<std::size_t>;

// What somebody else than the node answers for: when it fails, both nodes see it.
bool is_common(const config::Tracked& tracked) {
  const auto asked = config::asked_address(tracked);
  return asked && !asked->is_loopback() && !asked->is_unspecified();
}

// One cast, and how each failure ends in it.
class Stage {
 public:
  explicit Stage(const Cast& cast) : cast_(cast) {}

  Story story_of(std::size_t group) {
    routers_ = members(group);
    Story story{.group = cast_.groups[group].settings->name};
    story.before = end_of({});
    story.obstacle = obstacle(group);
    if (story.before != Where::here && story.before != Where::there) return story;
    for (const Failure& failure : failures())
      story.outcomes.push_back({.failure = failure, .where = end_of(failure)});
    return story;
  }

 private:
  [[nodiscard]] Numbers members(std::size_t group) const {
    Numbers numbers;
    for (std::size_t router = 0; router < cast_.routers.size(); ++router)
      if (cast_.routers[router].group == group) numbers.push_back(router);
    return numbers;
  }

  // What the group's routers and their twins stand on, on either node.
  [[nodiscard]] std::vector<Failure> failures() const {
    std::vector<Failure> all;
    for (const Side side : {Side::here, Side::there}) {
      std::set<std::string> interfaces;
      std::set<std::size_t> groups;
      for (const std::size_t number : routers_) {
        const auto router = on(side, number);
        if (!router) continue;
        interfaces.insert(cast_.routers[*router].settings->interface);
        groups.insert(cast_.routers[*router].group);
      }
      all.push_back({.kind = Failure::Kind::node, .side = side});
      for (const std::string& interface : interfaces)
        all.push_back({.kind = Failure::Kind::link, .side = side, .name = interface});
      for (const std::size_t group : groups) add_tracks(side, *cast_.groups[group].settings, all);
    }
    return all;
  }

  static void add_tracks(Side side, const config::GroupSettings& group, std::vector<Failure>& all) {
    for (const config::TrackSettings& track : group.tracks) {
      all.push_back(
          {.kind = Failure::Kind::track, .side = side, .name = track.name, .group = group.name});
      if (side == Side::here && is_common(track.what))
        all.push_back({.kind = Failure::Kind::track, .name = track.name, .group = group.name});
    }
  }

  [[nodiscard]] std::optional<std::size_t> on(Side side, std::size_t router) const {
    return side == Side::here ? std::optional(router) : cast_.routers[router].twin;
  }

  [[nodiscard]] Where end_of(const Failure& failure) const {
    Rehearsal rehearsal(cast_);
    bool rests = rehearsal.settle();
    if (failure.kind != Failure::Kind::nothing) {
      rehearsal.happen(failure);
      rests = rehearsal.settle();
    }
    return rests ? where(rehearsal) : Where::restless;
  }

  [[nodiscard]] Where where(const Rehearsal& rehearsal) const {
    std::size_t here = 0;
    std::size_t there = 0;
    for (const std::size_t router : routers_) {
      const auto twin = cast_.routers[router].twin;
      const bool is_here = rehearsal.is_active(router);
      const bool is_there = twin && rehearsal.is_active(*twin);
      if (is_here && is_there) return Where::both;
      if (!is_here && !is_there) return Where::nowhere;
      ++(is_here ? here : there);
    }
    return there == 0 ? Where::here : here == 0 ? Where::there : Where::nowhere;
  }

  [[nodiscard]] std::string obstacle(std::size_t group) const {
    for (const std::size_t number : routers_) {
      const Cast::Router& router = cast_.routers[number];
      if (!router.twin) return "it has no " + router.settings->name();
      const Cast::Router& twin = cast_.routers[*router.twin];
      if (!router.refusal.empty() || !twin.refusal.empty())
        return "they do not accept each other's adverts of " + router.settings->name() + ": " +
               std::string(router.refusal.empty() ? twin.refusal : router.refusal);
      if (cast_.groups[twin.group].settings->mode == config::GroupMode::none)
        return "its mode is none";
    }
    return cast_.groups[group].settings->mode == config::GroupMode::none ? "the mode is none" : "";
  }

  const Cast& cast_;
  Numbers routers_;  // of the group that is looked at
};

// By the least that there is, or not at all when it is the worst already.
struct Worse {
  void operator()(config::CarpSettings& carp) const {
    carp.advskew = carp::AdvSkew::from(carp.advskew.value() + 1).value_or(carp.advskew);
  }
  void operator()(config::VrrpSettings& vrrp) const {
    vrrp.priority = vrrp::Priority::from(vrrp.priority.value() - 1).value_or(vrrp.priority);
  }
};

struct AsHeard {
  void operator()(config::CarpSettings& carp, const carp::Rank& rank) const {
    carp.advbase = carp::AdvBase::from(rank.advbase).value_or(carp.advbase);
    carp.advskew = carp::AdvSkew::from(rank.advskew).value_or(carp.advskew);
  }
  void operator()(config::VrrpSettings& vrrp, const vrrp::Rank& rank) const {
    vrrp.priority = vrrp::Priority::from(rank.priority).value_or(vrrp.priority);
  }
  template <class Settings, class Rank>
  void operator()(Settings&, const Rank&) const {}
};

}  // namespace

std::vector<Story> single_failures(const config::Configuration& ours,
                                   const config::Configuration& theirs) {
  std::vector<Story> stories;
  for (const Cast& cast : casts_of(ours, theirs)) {
    Stage stage(cast);
    for (std::size_t group = 0; group < cast.groups.size(); ++group)
      if (cast.groups[group].side == Side::here) stories.push_back(stage.story_of(group));
  }
  std::ranges::sort(stories, {}, &Story::group);
  return stories;
}

config::Configuration assumed_peer(config::Configuration ours,
                                   const std::vector<HeardRank>& heard) {
  for (config::RouterSettings& router : ours.routers) {
    const auto said = std::ranges::find(heard, router.name(), &HeardRank::router);
    if (said == heard.end() || router::is_farewell(said->rank))
      std::visit(Worse{}, router.protocol);
    else
      std::visit(AsHeard{}, router.protocol, said->rank);
  }
  return ours;
}

}  // namespace failover::rehearsal
