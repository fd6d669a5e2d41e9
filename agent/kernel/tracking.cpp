// What groups track of the machine's own network: told to the engine as soon as it changes.

#include <iterator>
#include <utility>

#include "agent/kernel/kernel_thread.hpp"

namespace failover {

void KernelThread::watch(const KernelGroup& group) {
  for (auto at = watched_.begin(); at != watched_.end();) {
    const auto entry = at++;
    if (entry->second.group != group.id) continue;
    watches_.remove(entry->first);
    watched_.erase(entry);
  }
  for (const KernelGroup::WatchedTrack& track : group.watched) {
    watched_.emplace(next_watch_, Watched{.group = group.id, .track = track.track});
    watches_.add(next_watch_++, track.watch);
  }
}

// Routes that are there already come with the next dump.
void KernelThread::watch_routes() {
  std::set<Prefix> destinations = watches_.destinations();
  destinations.merge(group_routes_.destinations());
  if (destinations == watched_routes_) return;
  watched_routes_ = std::move(destinations);
  kernel_.watch_routes(watched_routes_);
  dump();
}

void KernelThread::report_tracks() {
  for (const WatchReport& report : watches_.look(found_)) {
    const auto watched = watched_.find(report.id);
    if (watched == watched_.end()) continue;
    const auto [group, track] = watched->second;
    const bool good = report.state == WatchState::good;
    mailboxes_.kernel_to_engine.post(TrackReported{
        .id = group,
        .report = {.track = track, .health = good ? group::Health::good : group::Health::bad}});
    (void)mailboxes_.kernel_to_control.offer(
        TrackTold{.id = group, .track = track, .detail = report.detail});
  }
}

}  // namespace failover
