// Rules about whether the addresses move when something fails, found by letting each single failure
// happen to both nodes' real state machines (agent/rehearsal/). Where nobody says what the other
// node has, it is taken to be like this one and a little worse.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/lint/check.hpp"

namespace failover::lint {
namespace {

using rehearsal::Failure;
using rehearsal::Outcome;
using rehearsal::Side;
using rehearsal::Story;
using rehearsal::Where;

std::string node_text(Side side) { return side == Side::here ? "this node" : "the other node"; }

std::string failure_text(const Failure& failure) {
  if (!failure.side)
    return fmt::format("what track {} looks at fails for both nodes", failure.name);
  const std::string node = node_text(*failure.side);
  switch (failure.kind) {
    case Failure::Kind::nothing: return "nothing fails";
    case Failure::Kind::node: return node + " dies";
    case Failure::Kind::link: return fmt::format("{} of {} loses its link", failure.name, node);
    case Failure::Kind::track: return fmt::format("track {} of {} fails", failure.name, node);
  }
  return node;
}

// The group's place, or that of its track where that fails.
std::string place_in(const Scene& scene, const Story& story, const Outcome* outcome = nullptr) {
  const auto& groups = scene.ours.groups();
  const auto group = std::ranges::find_if(
      groups, [&](const Group& each) { return each.settings.name == story.group; });
  if (group == groups.end()) return "group." + story.group;
  if (outcome == nullptr || outcome->failure.kind != Failure::Kind::track ||
      outcome->failure.side == Side::there)
    return group->place;
  const auto& tracks = group->settings.tracks;
  const auto track = std::ranges::find(tracks, outcome->failure.name, &config::TrackSettings::name);
  return track == tracks.end() ? group->place : group->at(*track);
}

bool has_active(const Story& story) {
  return story.before == Where::here || story.before == Where::there;
}
Side active_side(const Story& story) {
  return story.before == Where::there ? Side::there : Side::here;
}
bool has_moved(const Story& story, const Outcome& outcome) {
  return outcome.where == (active_side(story) == Side::here ? Where::there : Where::here);
}

bool is_of_active(const Story& story, const Outcome& outcome) {
  return outcome.failure.side == active_side(story);
}

bool can_move(const Story& story) {
  return has_active(story) && std::ranges::any_of(story.outcomes, [&](const Outcome& outcome) {
           return is_of_active(story, outcome) && has_moved(story, outcome);
         });
}

std::string because(const Story& story) {
  return story.obstacle.empty() ? "" : fmt::format("; of the other node: {}", story.obstacle);
}

bool is_moved_by_persons(const Scene& scene, const Story& story) {
  return std::ranges::any_of(scene.ours.groups(), [&](const Group& group) {
    return group.settings.name == story.group && group.settings.mode == config::GroupMode::none;
  });
}

void nothing_moves_it(const Scene& scene, Report& report) {
  for (const Story& story : scene.stories) {
    // A person is to move it: 201 tells.
    if (is_moved_by_persons(scene, story)) continue;
    if (story.before == Where::nowhere)
      report.add(place_in(scene, story), "no node takes its addresses by itself" + because(story));
    else if (has_active(story) && !can_move(story))
      report.add(place_in(scene, story),
                 "whatever fails, its addresses do not move to the other node" + because(story));
  }
}

void track_moves_nothing(const Scene& scene, Report& report) {
  for (const Story& story : scene.stories)
    for (const Outcome& outcome : story.outcomes)
      if (outcome.failure.kind == Failure::Kind::track && is_of_active(story, outcome) &&
          outcome.where == story.before && can_move(story))
        report.add(place_in(scene, story, &outcome),
                   fmt::format("when {} and nothing else does, nothing moves",
                               failure_text(outcome.failure)));
}

void two_are_active(const Scene& scene, Report& report) {
  for (const Story& story : scene.stories) {
    if (story.before == Where::both)
      report.add(place_in(scene, story), "both nodes are active at once" + because(story));
    for (const Outcome& outcome : story.outcomes)
      if (outcome.where == Where::both)
        report.add(place_in(scene, story, &outcome),
                   fmt::format("when {}, both nodes are active at once{}",
                               failure_text(outcome.failure), because(story)));
  }
}

void never_at_rest(const Scene& scene, Report& report) {
  for (const Story& story : scene.stories) {
    if (story.before == Where::restless)
      report.add(place_in(scene, story), "it moves back and forth without an end");
    for (const Outcome& outcome : story.outcomes)
      if (outcome.where == Where::restless)
        report.add(place_in(scene, story, &outcome),
                   fmt::format("when {}, it moves back and forth without an end",
                               failure_text(outcome.failure)));
  }
}

void common_failure_loses_it(const Scene& scene, Report& report) {
  for (const Story& story : scene.stories)
    for (const Outcome& outcome : story.outcomes)
      if (!outcome.failure.side && outcome.where == Where::nowhere)
        report.add(
            place_in(scene, story, &outcome),
            fmt::format("when {}, no node has the addresses", failure_text(outcome.failure)));
}

constexpr std::array movability_rule_checks{
    Check{{601, "nothing-moves-it", Severity::warning,
           "No single failure moves the group to the other node.",
           "the same routers, passwords and groups on both nodes, and a mode that takes over"},
          nothing_moves_it},
    Check{
        {602, "track-moves-nothing", Severity::note,
         "A track of the active node fails alone, and the addresses stay where they are.",
         "no demote, so that the group yields, or a greater one than the other node is worse, and "
         "preempt = true there"},
        track_moves_nothing},
    Check{{603, "two-active", Severity::warning, "Both nodes are active at once.",
           "the same id, password, addresses and version on both nodes, and peers on both or none"},
          two_are_active},
    Check{
        {604, "never-at-rest", Severity::warning,
         "The group goes on moving back and forth, as far as damping lets it.",
         "one node with the better rank in every router of the group, and the same groups on both"},
        never_at_rest},
    Check{{605, "common-failure", Severity::note,
           "What both nodes look at fails, and both give the addresses up.",
           "a demote for the track, so that the better of two bad nodes keeps them"},
          common_failure_loses_it},
};

}  // namespace

std::span<const Check> movability_checks() { return movability_rule_checks; }

}  // namespace failover::lint
