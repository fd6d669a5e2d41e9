// Rules about one group: when it moves, what it takes along, and what it costs.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "agent/config/key_path.hpp"
#include "agent/lint/check.hpp"
#include "netlink/route_words.hpp"

namespace failover::lint {
namespace {

using config::GroupMode;
using config::RouterSettings;

// --- Modes ---

void never_by_itself(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups())
    if (group.settings.mode == GroupMode::none)
      report.add(group.at("mode"), "this node becomes active only when a person says so");
}

void nobody_takes_over(const Scene& scene, Report& report) {
  const auto& groups = scene.ours.groups();
  const bool none_does = std::ranges::all_of(
      groups, [](const Group& group) { return group.settings.mode == GroupMode::none; });
  if (!groups.empty() && none_does)
    report.add(groups.front().at("mode"), "no group of this node takes over by itself");
}

void hot_reaches_itself(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups())
    if (group.settings.mode == GroupMode::hot)
      report.add(group.at("mode"),
                 "while this node is backup, its own programs reach its own copy of a service at "
                 "the failover IPs, not the active node's");
}

void cold_without_follow(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups())
    if (group.settings.mode == GroupMode::cold && group.settings.follow.empty())
      report.add(group.at("mode"), "nothing is started on taking over, so this is \"warm\"");
}

void cold_and_preempting(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups())
    if (group.settings.mode == GroupMode::cold && group.settings.preempt == Preempt::on &&
        !group.settings.follow.empty())
      report.add(group.place,
                 "each move costs as long as the services take to start, and the better node "
                 "takes the role back when it returns");
}

// --- Services ---

void unit_of_two_groups(const Scene& scene, Report& report) {
  std::map<std::string_view, const Group*> owners;
  for (const Group& group : scene.ours.groups())
    for (const std::string& unit : group.settings.follow) {
      const auto [owner, is_new] = owners.emplace(unit, &group);
      if (!is_new)
        report.add(group.at("follow"),
                   fmt::format("{} is stopped when this group becomes backup, though {} may be "
                               "active",
                               unit, owner->second->place));
    }
}

// --- When it moves ---

void no_damping(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups())
    if (group.settings.damping.moves == 0)
      report.add(group.at("damping.moves"),
                 "a group whose checks come and go takes the role back without end");
}

// With other elements it is also the pause between two tries.
void delay_without_preemption(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups())
    if (group.settings.preempt == Preempt::off && group.settings.preempt_delay > Duration{0} &&
        group.routers.size() == 1)
      report.add(group.at("preempt_delay"), "delays nothing, because preempt is false");
}

constexpr Duration long_silence = 60s;

void long_start_delay(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups())
    if (group.settings.start_delay >= long_silence)
      report.add(group.at("start_delay"),
                 fmt::format("when all nodes start at once, as after a power failure, nobody "
                             "answers for {}",
                             seconds_text(group.settings.start_delay)));
}

enum class End : std::uint8_t { best, middle, worst };

// What people write for the node that shall be active, and for the one that shall not.
End end_of(const RouterSettings& router) {
  if (const auto* const carp = carp_in(router)) {
    if (carp->advskew.value() <= 20) return End::best;
    return carp->advskew.value() >= 150 ? End::worst : End::middle;
  }
  const auto priority = vrrp_in(router)->priority.value();
  if (priority >= 200) return End::best;
  return priority <= 50 ? End::worst : End::middle;
}

const RouterSettings* router_at(const Group& group, End end) {
  const auto found = std::ranges::find_if(
      group.routers, [end](const RouterSettings* router) { return end_of(*router) == end; });
  return found == group.routers.end() ? nullptr : *found;
}

// With the peer's ranks there is no need to guess: 522.
void ranks_look_crossed(const Scene& scene, Report& report) {
  if (scene.peer) return;
  for (const Group& group : scene.ours.groups()) {
    const RouterSettings* const best = router_at(group, End::best);
    const RouterSettings* const worst = router_at(group, End::worst);
    if (best != nullptr && worst != nullptr)
      report.add(rank_place(*worst),
                 fmt::format("looks like the worse node's, and that of {} like the better one's",
                             best->name()));
  }
}

void only_death_moves_it(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups())
    if (group.routers.size() == 1 && group.settings.tracks.empty() &&
        group.settings.mode != GroupMode::none)
      report.add(group.place, fmt::format("moves when the node or {} fails, not when what is "
                                          "reached through it does",
                                          group.routers.front()->interface));
}

// --- Routes ---

bool is_in_prefix_of(const Group& group, const IpAddress& gateway) {
  return std::ranges::any_of(group.routers, [&](const RouterSettings* router) {
    return std::ranges::any_of(router->addresses, [&](const config::AddressSettings& address) {
      return address.prefix.contains(gateway);
    });
  });
}

void gateway_out_of_reach(const Scene& scene, Report& report) {
  for (const Group& group : scene.ours.groups())
    for (std::size_t i = 0; i < group.settings.routes.size(); ++i) {
      const auto route = netlink::parse_route(group.settings.routes[i]);
      if (!route || !route->gateway || route->onlink || route->gateway->is_link_local()) continue;
      if (!is_in_prefix_of(group, *route->gateway))
        report.add(group.at(fmt::format("routes[{}]", i)),
                   route->gateway->text() +
                       " is in no prefix of the group's failover IPs; unless "
                       "another address of this node reaches it, the kernel "
                       "refuses the route");
    }
}

constexpr std::array group_rule_checks{
    Check{{201, "never-by-itself", Severity::note,
           "A group never becomes active by itself, also when nobody else is.",
           "mode = \"warm\", unless the group is a third node's"},
          never_by_itself},
    Check{{202, "nobody-takes-over", Severity::warning,
           "No group of the node ever becomes active by itself.",
           "mode = \"warm\" for those that shall take over"},
          nobody_takes_over},
    Check{{203, "hot-reaches-itself", Severity::note,
           "A hot backup reaches its own copy of a service at the failover IPs.",
           "mode = \"warm\" where programs on the nodes are clients of the service"},
          hot_reaches_itself},
    Check{{204, "cold-without-follow", Severity::warning,
           "The mode is cold and there is nothing to start.",
           "follow with the units to start, or mode = \"warm\""},
          cold_without_follow},
    Check{{205, "unit-of-two-groups", Severity::warning,
           "Two groups follow the same unit: the one that becomes backup stops it for both.",
           "one group for what the unit serves"},
          unit_of_two_groups},
    Check{{206, "no-damping", Severity::note, "Damping is switched off.",
           "damping.moves = 10, or leave it out"},
          no_damping},
    Check{{207, "delay-without-preemption", Severity::note,
           "preempt_delay is set for a group of one router that does not preempt.",
           "leave preempt_delay out, or preempt = true"},
          delay_without_preemption},
    Check{{208, "ranks-look-crossed", Severity::note,
           "One router of a group has a rank like the better node's, another one like the worse "
           "node's; so the two nodes may take the role from each other.",
           "ranks that are better, or worse, than the other node's in all routers of the group"},
          ranks_look_crossed},
    Check{{209, "only-death-moves-it", Severity::note,
           "A group has one router and no track: it stays where the node lives and the link is up, "
           "whatever else has failed.",
           "a track of what the addresses are there for"},
          only_death_moves_it},
    Check{{210, "gateway-out-of-reach", Severity::note,
           "A route of a group has a gateway that is in no prefix of the group's failover IPs.",
           "a gateway in one of them, or onlink with dev"},
          gateway_out_of_reach},
    Check{{211, "long-start-delay", Severity::note,
           "After a start the group stays backup for a minute or more, also when nobody is active.",
           "a shorter start_delay, or preempt_delay, which delays only the taking back"},
          long_start_delay},
    Check{{212, "cold-and-preempting", Severity::note,
           "A cold group takes the role back from a node that serves, and each move is an outage.",
           "preempt = false"},
          cold_and_preempting},
};

}  // namespace

std::span<const Check> group_checks() { return group_rule_checks; }

}  // namespace failover::lint
