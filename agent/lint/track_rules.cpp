// Rules about what groups depend on: tracks that move nothing, that move too much, and that are
// down just where the group is to go.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "agent/lint/check.hpp"
#include "protocol/carp/timing.hpp"

namespace failover::lint {
namespace {

using config::RouterSettings;
using config::TrackSettings;

// Goes through all tracks of the node.
template <class Look>
void for_each_track(const Scene& scene, const Look& look) {
  for (const Group& group : scene.ours.groups())
    for (const TrackSettings& track : group.settings.tracks) look(group, track);
}

bool is_asked_over_network(const config::Tracked& what) { return asked_address(what).has_value(); }

// --- Demotion ---

// CARP: a backup takes over from an active node whose interval is longer than its own dead time,
// whether it preempts or not; with advbase 0 that does not take much.
bool becomes_too_slow(const RouterSettings& router, const RouterSettings& others,
                      unsigned demotion) {
  const auto* const carp = carp_in(router);
  if (carp == nullptr) return false;
  const carp::Rank demoted{.advbase = carp->advbase.value(),
                           .advskew = carp::demoted_advskew(carp->advskew, demotion)};
  return demoted.compared() > dead_time_of(others);
}

void report_demotion_in_vain(const Group& group, Report& report) {
  report.add(group.at("track"),
             "what demotes this node moves nothing: a node that does not preempt leaves the role "
             "with one that has become worse");
}

// Without the peer's configuration it is taken to be like this one.
void demotion_in_vain(const Scene& scene, Report& report) {
  if (!scene.peer)
    for (const Group& group : scene.ours.groups()) {
      const unsigned most = most_demotion(group.settings);
      const bool is_slow = std::ranges::any_of(group.routers, [most](const RouterSettings* router) {
        return becomes_too_slow(*router, *router, most);
      });
      if (most > 0 && group.settings.preempt == Preempt::off && !is_slow)
        report_demotion_in_vain(group, report);
    }
  for (const GroupPair& group : scene.group_pairs) {
    const unsigned most = most_demotion(group.ours.settings);
    const bool is_slow = std::ranges::any_of(group.routers, [most](const RouterPair* pair) {
      return becomes_too_slow(pair->ours, pair->theirs, most);
    });
    if (most > 0 && group.theirs.settings.preempt == Preempt::off && !is_slow)
      report_demotion_in_vain(group.ours, report);
  }
}

void demotion_of_zero(const Scene& scene, Report& report) {
  for_each_track(scene, [&](const Group& group, const TrackSettings& track) {
    if (track.demote == 0U)
      report.add(group.at(track) + ".demote",
                 "costs nothing: the track is shown and moves nothing");
  });
}

void no_room_for_demotion(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups()) {
    if (most_demotion(group.settings) == 0) continue;
    for (const RouterSettings* router : group.routers)
      if (room_for_demotion(*router) == 0)
        report.add(rank_place(*router),
                   "cannot be made worse, so the group's tracks with demote do nothing to it");
  }
}

void demotions_saturate(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups()) {
    const unsigned most = most_demotion(group.settings);
    const auto demoting = std::ranges::count_if(
        group.settings.tracks, [](const auto& track) { return track.demote.value_or(0) > 0; });
    const auto worst = std::ranges::min_element(
        group.routers, {}, [](const RouterSettings* router) { return room_for_demotion(*router); });
    if (demoting < 2 || worst == group.routers.end()) continue;
    if (const unsigned room = room_for_demotion(**worst); room > 0 && room < most)
      report.add(group.at("track"),
                 fmt::format("all together they cost {}, and {} can be made worse by {} only: from "
                             "there on one failure more makes no difference",
                             most, (*worst)->name(), room));
  }
}

// --- How soon ---

bool may_lose_one(const config::Tracked& what) {
  return is_asked_over_network(what) || std::holds_alternative<config::CommandTrack>(what);
}

void one_failure_moves(const Scene& scene, Report& report) {
  for_each_track(scene, [&](const Group& group, const TrackSettings& track) {
    if (track.fall == 1 && may_lose_one(track.what))
      report.add(group.at(track) + ".fall", "one lost packet, or one slow answer, is a failure");
  });
}

constexpr Duration slow = 30s;

void slow_to_notice(const Scene& scene, Report& report) {
  for_each_track(scene, [&](const Group& group, const TrackSettings& track) {
    if (config::is_told_by_kernel(track.what)) return;
    const Duration needed = track.fall * track.interval + track.timeout;
    if (needed > slow)
      report.add(group.at(track),
                 fmt::format("a failure is noticed after up to {}", seconds_text(needed)));
  });
}

void up_again_at_once(const Scene& scene, Report& report) {
  for_each_track(scene, [&](const Group& group, const TrackSettings& track) {
    const bool takes_back_at_once =
        group.settings.preempt == Preempt::on && group.settings.preempt_delay == Duration{0};
    if (track.rise == 1 && takes_back_at_once && !config::is_told_by_kernel(track.what))
      report.add(group.at(track) + ".rise",
                 "one good answer brings the role back; what fails every now and then moves it "
                 "each time");
  });
}

// --- What is looked at ---

std::optional<IpAddress> looked_at(const config::Tracked& what) {
  if (const auto* const address = std::get_if<config::AddressTrack>(&what)) return address->address;
  return asked_address(what);
}

std::set<IpAddress> failover_ips(const Node& node) {
  std::set<IpAddress> addresses;
  for (const RouterSettings& router : node.routers())
    for (const auto& address : router.addresses) addresses.insert(address.prefix.address());
  return addresses;
}

void track_of_failover_ip(const Scene& scene, Report& report) {
  const auto failovers = failover_ips(scene.ours);
  for_each_track(scene, [&](const Group& group, const TrackSettings& track) {
    const auto address = looked_at(track.what);
    if (address && failovers.contains(*address))
      report.add(group.at(track), address->text() +
                                      " is a failover IP, which only the active node "
                                      "has: the track is down when this one is to "
                                      "take over");
  });
}

// As far as the configurations tell.
std::set<IpAddress> peer_addresses(const Scene& scene) {
  std::set<IpAddress> addresses;
  for (const RouterSettings& router : scene.ours.routers())
    addresses.insert(router.peers.begin(), router.peers.end());
  for (const RouterPair& pair : scene.pairs)
    addresses.insert(pair.theirs.sources.begin(), pair.theirs.sources.end());
  return addresses;
}

void track_of_peer(const Scene& scene, Report& report) {
  const auto peers = peer_addresses(scene);
  for_each_track(scene, [&](const Group& group, const TrackSettings& track) {
    const auto address = asked_address(track.what);
    if (address && peers.contains(*address))
      report.add(group.at(track), address->text() +
                                      " is the other node: when that dies, this one "
                                      "counts as failed too");
  });
}

void link_is_routers_own(const Scene& scene, Report& report) {
  for_each_track(scene, [&](const Group& group, const TrackSettings& track) {
    const auto* const link = std::get_if<config::LinkTrack>(&track.what);
    if (link != nullptr && std::ranges::find(group.routers, link->interface,
                                             &RouterSettings::interface) != group.routers.end())
      report.add(group.at(track),
                 "a router of the group is on " + link->interface + ", and fails with it anyway");
  });
}

void same_thing_twice(const Scene& scene, Report& report) {
  for_each_track(scene, [&](const Group& group, const TrackSettings& track) {
    const auto first = std::ranges::find(group.settings.tracks, track.what, &TrackSettings::what);
    if (&*first != &track) report.add(group.at(track), "looks at the same as " + group.at(*first));
  });
}

void track_of_followed_unit(const Scene& scene, Report& report) {
  for_each_track(scene, [&](const Group& group, const TrackSettings& track) {
    const auto* const unit = std::get_if<config::UnitTrack>(&track.what);
    if (unit != nullptr && std::ranges::count(group.settings.follow, unit->unit) > 0)
      report.add(group.at(track), unit->unit +
                                      " runs on the active node only, because the group "
                                      "follows it: a backup is never ready");
  });
}

void local_check_with_follow(const Scene& scene, Report& report) {
  for_each_track(scene, [&](const Group& group, const TrackSettings& track) {
    const auto address = asked_address(track.what);
    if (address && address->is_loopback() && !group.settings.follow.empty())
      report.add(group.at(track), "asks this machine itself; if " + group.settings.follow.front() +
                                      " is what answers, it does not run on a backup, which is "
                                      "never ready then");
  });
}

void shared_fate(const Scene& scene, Report& report) {
  const auto failovers = failover_ips(scene.ours);
  const auto peers = peer_addresses(scene);
  for_each_track(scene, [&](const Group& group, const TrackSettings& track) {
    const auto address = asked_address(track.what);
    if (!address || track.demote || address->is_loopback()) return;
    if (failovers.contains(*address) || peers.contains(*address)) return;  // 306, 307
    report.add(group.at(track), "when " + address->text() +
                                    " itself is down, the group is down on "
                                    "all nodes, and nobody answers");
  });
}

constexpr std::array track_rule_checks{
    Check{{301, "demotion-in-vain", Severity::warning,
           "Tracks have demote, and the other node does not preempt: it never takes over from a "
           "node that has only become worse.",
           "tracks without demote, or preempt = true"},
          demotion_in_vain},
    Check{{302, "demotion-of-zero", Severity::note, "A track costs nothing while it is down.",
           "a demote that makes the other node better, or leave demote out to yield"},
          demotion_of_zero},
    Check{{303, "no-room-for-demotion", Severity::warning,
           "Tracks have demote, and a router of the group cannot be made worse: it owns its "
           "addresses (priority 255), or has the worst rank already.",
           "a priority of 2..254, or an advskew below 240"},
          no_room_for_demotion},
    Check{{304, "demotions-saturate", Severity::note,
           "The tracks of a group cost more together than a router can be made worse by.",
           "lower demotes"},
          demotions_saturate},
    Check{{305, "one-failure-moves", Severity::warning,
           "One failed check of a port, a URL, a ping or a command is enough for the track to be "
           "down.",
           "fall = 3"},
          one_failure_moves},
    Check{{306, "track-of-failover-ip", Severity::warning,
           "A track looks at a failover IP, which is there on the active node only.",
           "an address that is the node's own, or 127.0.0.1"},
          track_of_failover_ip},
    Check{{307, "track-of-peer", Severity::warning,
           "A track asks the other node, so that this one counts as failed just when the other one "
           "dies.",
           "no track of the peer; the adverts tell whether it lives"},
          track_of_peer},
    Check{{308, "link-is-routers-own", Severity::note,
           "A track looks at the link that a router of the group is on; without the link the group "
           "is down anyway.",
           "leave the track out"},
          link_is_routers_own},
    Check{{309, "slow-to-notice", Severity::note, "A track needs more than 30 s to notice.",
           "a shorter interval, or a lower fall"},
          slow_to_notice},
    Check{{310, "same-thing-twice", Severity::note, "Two tracks of a group look at the same thing.",
           "one of them, with the demote of both"},
          same_thing_twice},
    Check{{311, "track-of-followed-unit", Severity::warning,
           "A track looks at a unit that the group starts and stops with the role.",
           "the unit in follow or in the track, not in both"},
          track_of_followed_unit},
    Check{{312, "local-check-with-follow", Severity::note,
           "A track asks a service of this machine, and the group starts services with the role.",
           "a track of what runs on a backup too, or no follow"},
          local_check_with_follow},
    Check{{313, "shared-fate", Severity::warning,
           "A track asks something beyond the nodes, and makes the group yield: when that itself "
           "fails, the addresses are nowhere.",
           "demote, so that of two nodes that fail alike one goes on"},
          shared_fate},
    Check{{314, "up-again-at-once", Severity::note,
           "One good check is enough for a track to be up, and the group preempts without delay.",
           "rise = 2 or more, or a preempt_delay"},
          up_again_at_once},
};

}  // namespace

std::span<const Check> track_checks() { return track_rule_checks; }

}  // namespace failover::lint
