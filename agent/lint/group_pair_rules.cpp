// Rules about one group on two nodes: whether it moves as one, and whether it moves at all.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "agent/lint/check.hpp"

namespace failover::lint {
namespace {

using config::RouterSettings;

void groups_composed_otherwise(const Scene& scene, Report& report) {
  std::map<const RouterSettings*, const RouterPair*> by_theirs;
  for (const RouterPair& pair : scene.pairs) by_theirs.emplace(&pair.theirs, &pair);
  for (const GroupPair& group : scene.group_pairs) {
    for (const RouterPair* pair : group.routers)
      if (&pair->their_group != &group.theirs)
        report.add(group.ours.place, pair->ours.name() +
                                         " is in another group on the other node, "
                                         "and may become active without this one");
    for (const RouterSettings* router : group.theirs.routers) {
      const auto pair = by_theirs.find(router);
      if (pair != by_theirs.end() && &pair->second->our_group != &group.ours)
        report.add(group.ours.place,
                   fmt::format("the other node has {} in its group, and here it is in {}",
                               pair->second->ours.name(), pair->second->our_group.place));
    }
  }
}

void ranks_cross_over(const Scene& scene, Report& report) {
  for (const GroupPair& group : scene.group_pairs) {
    const auto with = [&](std::strong_ordering rank) {
      return std::ranges::find_if(
          group.routers, [rank](const RouterPair* pair) { return our_rank(*pair) == rank; });
    };
    const auto better = with(std::strong_ordering::greater);
    const auto worse = with(std::strong_ordering::less);
    if (better != group.routers.end() && worse != group.routers.end())
      report.add(group.ours.place,
                 fmt::format("this node is better with {}, the other one with {}: they take the "
                             "group from each other",
                             (*better)->ours.name(), (*worse)->ours.name()));
  }
}

// Where the other node does not preempt, 301 has told already.
void demotion_too_small(const Scene& scene, Report& report) {
  for (const GroupPair& group : scene.group_pairs) {
    const unsigned most = most_demotion(group.ours.settings);
    if (most == 0 || group.theirs.settings.preempt == Preempt::off) continue;
    // A node preempts one that is worse, not one that is as good.
    const bool never_worse = std::ranges::all_of(group.routers, [most](const RouterPair* pair) {
      return our_rank(*pair, most) != std::strong_ordering::less;
    });
    if (never_worse)
      report.add(
          group.ours.at("track"),
          fmt::format("all of them together cost {}, and this node is no worse than the other one "
                      "then: they never move the role",
                      most));
  }
}

void preemption_differs(const Scene& scene, Report& report) {
  for (const GroupPair& group : scene.group_pairs)
    if (group.ours.settings.preempt != group.theirs.settings.preempt)
      report.add(group.ours.at("preempt"),
                 "is another one on the other node: whether a better node takes the role back "
                 "depends on which one it is");
}

void modes_differ(const Scene& scene, Report& report) {
  for (const GroupPair& group : scene.group_pairs)
    if (group.ours.settings.mode != group.theirs.settings.mode)
      report.add(group.ours.at("mode"),
                 "is another one on the other node: a move takes longer in one direction, or does "
                 "not happen");
}

bool has_track(const Group& group, const std::string& name) {
  return std::ranges::find(group.settings.tracks, name, &config::TrackSettings::name) !=
         group.settings.tracks.end();
}

void tracks_differ(const Scene& scene, Report& report) {
  for (const GroupPair& group : scene.group_pairs) {
    for (const config::TrackSettings& track : group.ours.settings.tracks)
      if (!has_track(group.theirs, track.name))
        report.add(group.ours.at(track),
                   "the other node does not look, and may take over though it fails there too");
    for (const config::TrackSettings& track : group.theirs.settings.tracks)
      if (!has_track(group.ours, track.name))
        report.add(group.ours.at(track),
                   "only the other node looks; this one may take over though it fails here too");
  }
}

void same_node_name(const Scene& scene, Report& report) {
  if (!scene.peer) return;
  const std::string& ours = scene.ours.configuration().agent.node;
  if (!ours.empty() && ours == scene.peer->configuration().agent.node)
    report.add("agent.node",
               "is the other node's name too: nobody can tell the two apart in logs and events");
}

constexpr std::array group_pair_rule_checks{
    Check{{521, "groups-composed-otherwise", Severity::warning,
           "A group has not the same routers on both nodes.", "the same groups on all nodes"},
          groups_composed_otherwise},
    Check{{522, "ranks-cross-over", Severity::warning,
           "One node is better with one router of a group, the other node with another one.",
           "one node that is better in all routers of the group"},
          ranks_cross_over},
    Check{{523, "demotion-too-small", Severity::warning,
           "All tracks of a group together do not make this node worse than the other one.",
           "a demote that is greater than the distance of the ranks, or none, to yield"},
          demotion_too_small},
    Check{{524, "preemption-differs", Severity::note, "preempt is not the same on both nodes.",
           "the same on all nodes"},
          preemption_differs},
    Check{{525, "modes-differ", Severity::note,
           "The mode of a group is not the same on both nodes.", "the same on all nodes"},
          modes_differ},
    Check{{526, "tracks-differ", Severity::note, "Only one of the nodes has the track.",
           "the same tracks on all nodes"},
          tracks_differ},
    Check{{527, "same-node-name", Severity::warning, "Both nodes have the same name.",
           "another agent.node on each node, or none for the host name"},
          same_node_name},
};

}  // namespace

std::span<const Check> group_pair_checks() { return group_pair_rule_checks; }

}  // namespace failover::lint
