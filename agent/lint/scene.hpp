#pragma once
// What the rules look at: routers with their groups, and whom the other node has for each.

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/lint/lint.hpp"

namespace failover::lint {

struct Group {
  const config::GroupSettings& settings;
  std::vector<const config::RouterSettings*> routers;
  std::string place;  // "group.web", or its only router's, which has the keys then
  [[nodiscard]] std::string at(std::string_view key) const {
    return place + "." + std::string(key);
  }
  [[nodiscard]] std::string at(const config::TrackSettings& track) const;
};

// The configuration outlives it.
class Node {
 public:
  explicit Node(const config::Configuration& configuration);
  [[nodiscard]] const config::Configuration& configuration() const { return configuration_; }
  [[nodiscard]] const std::vector<config::RouterSettings>& routers() const {
    return configuration_.routers;
  }
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  [[nodiscard]] const Group& group_of(const config::RouterSettings& router) const;

 private:
  const config::Configuration& configuration_;
  std::vector<Group> groups_;  // by name
};

// One virtual router on two nodes.
struct RouterPair {
  const config::RouterSettings& ours;
  const config::RouterSettings& theirs;
  const Group& our_group;
  const Group& their_group;
};

// A group with the one that the other node has its routers in: that of the first one that both
// have.
struct GroupPair {
  const Group& ours;
  const Group& theirs;
  std::vector<const RouterPair*> routers;  // of ours, at least one
};

// Looked at, not kept: pairs refer to what is in the same scene.
struct Scene {
  explicit Scene(const Subject& subject);
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  Node ours;
  std::optional<Node> peer;
  std::vector<RouterPair> pairs;
  std::vector<GroupPair> group_pairs;
  // What becomes of our groups when something fails.
  std::vector<rehearsal::Story> stories;
  // Those that the other node does not have.
  std::vector<const config::RouterSettings*> only_ours;
  std::vector<const config::RouterSettings*> only_theirs;

 private:
  void match_routers(const Node& theirs);
  void match_groups();
};

// "interface.eth0.carp.10"
[[nodiscard]] std::string place_of(const config::RouterSettings& router);
[[nodiscard]] std::string place_of(const config::RouterSettings& router, std::string_view key);

// Nothing when it is of the other protocol.
[[nodiscard]] const config::CarpSettings* carp_in(const config::RouterSettings& router);
[[nodiscard]] const config::VrrpSettings* vrrp_in(const config::RouterSettings& router);

// The settings of both, when they are of that protocol.
template <class Settings>
[[nodiscard]] std::optional<std::pair<const Settings&, const Settings&>> both(
    const RouterPair& pair) {
  const auto* const ours = std::get_if<Settings>(&pair.ours.protocol);
  const auto* const theirs = std::get_if<Settings>(&pair.theirs.protocol);
  if (ours == nullptr || theirs == nullptr) return std::nullopt;
  return std::pair<const Settings&, const Settings&>(*ours, *theirs);
}

// "advskew" or "priority"; and where that is.
[[nodiscard]] std::string_view rank_key(const config::RouterSettings& router);
[[nodiscard]] std::string rank_place(const config::RouterSettings& router);
// Of our rank, demoted by so much, compared with theirs: greater is better.
[[nodiscard]] std::strong_ordering our_rank(const RouterPair& pair, unsigned demotion = 0);

// After how long without an advert the router takes over, from peers with its own settings.
[[nodiscard]] Duration dead_time_of(const config::RouterSettings& router);
// "3.391 s"
[[nodiscard]] std::string seconds_text(Duration duration);

// By how much a router can be made worse.
[[nodiscard]] unsigned room_for_demotion(const config::RouterSettings& router);
// The sum of what the tracks cost.
[[nodiscard]] unsigned most_demotion(const config::GroupSettings& group);

}  // namespace failover::lint
