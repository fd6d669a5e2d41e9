#include "agent/control/health.hpp"

#include "agent/control/router_document.hpp"

namespace failover::control {
namespace {

void add_ills(const RouterView& router, Instant now, std::set<std::string>& ills) {
  const std::string name = router.settings.name();
  const RouterStatus& status = router.status;
  if (!is_healthy(router, now)) ills.insert(name + " is not healthy");
  if (status.role != router::Role::active) return;
  if (!status.held) ills.insert(name + " does not hold its addresses");
  if (status.reason == Reason::no_response) ills.insert(name + " has lost its peer");
}

}  // namespace

std::set<std::string> ills_of(const View& view, Instant now) {
  std::set<std::string> ills;
  for (const GroupEntry* entry : view.directory.groups()) {
    const GroupView group = group_view(view, *entry);
    if (group.status.state == GroupState::down)
      ills.insert("group " + group.settings.name + " is down");
    for (const TrackView& track : group.tracks)
      if (track.status.state == TrackState::down)
        ills.insert("track " + track.settings.name + " of " + group.settings.name + " is down");
    for (const RouterView& router : group.routers) add_ills(router, now, ills);
  }
  return ills;
}

}  // namespace failover::control
