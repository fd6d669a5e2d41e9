#include "agent/engine/failover_group.hpp"

#include <algorithm>
#include <utility>

namespace failover {

FailoverGroup::FailoverGroup(std::unique_ptr<EngineGroup> setup, const Clock& clock)
    : setup_(std::move(setup)),
      clock_(clock),
      machine_(setup_->settings, setup_->overrides, setup_->start, clock.monotonic()),
      tracks_(setup_->settings.tracks.size()) {
  status_.since = clock_.real();
  for (TrackStatus& track : tracks_) track.since = clock_.real();
  publish();
}

// What is known of a track that stays, stays.
void FailoverGroup::replace_setup(std::unique_ptr<EngineGroup> setup) {
  std::vector<TrackStatus> tracks;
  const auto& before = setup_->settings.tracks;
  for (const group::TrackSettings& track : setup->settings.tracks) {
    const auto known = std::ranges::find(before, track.number, &group::TrackSettings::number);
    tracks.push_back(known == before.end()
                         ? TrackStatus{.since = clock_.real()}
                         : tracks_[static_cast<std::size_t>(known - before.begin())]);
  }
  tracks_ = std::move(tracks);
  setup_ = std::move(setup);
  changed = true;
}

bool FailoverGroup::keep_waiting(RouterId router) {
  if (std::ranges::find(waiting_, router) == waiting_.end()) waiting_.push_back(router);
  return waiting_.size() == 1;
}

std::vector<RouterId> FailoverGroup::stop_waiting() { return std::exchange(waiting_, {}); }

void FailoverGroup::moved(const group::Moved& moved) {
  if (moved.from != moved.to) status_.since = clock_.real();
  if (moved.to != router::Role::active) {
    services_run_ = false;
    waiting_.clear();
  }
  changed = true;
}

void FailoverGroup::track_moved(const group::TrackMoved& moved) {
  const auto& settings = setup_->settings.tracks;
  const auto track = std::ranges::find(settings, moved.track, &group::TrackSettings::number);
  if (track == settings.end()) return;
  TrackStatus& status = tracks_[static_cast<std::size_t>(track - settings.begin())];
  status.state = moved.state;
  status.since = clock_.real();
  ++status.changes;
  changed = true;
}

GroupState FailoverGroup::state() const {
  if (machine_.is_down() && machine_.role() != router::Role::active) return GroupState::down;
  if (machine_.overrides().frozen) return GroupState::frozen;
  if (machine_.overrides().hold != group::Hold::none) return GroupState::held;
  switch (machine_.role()) {
    case router::Role::initialize: return GroupState::down;
    case router::Role::backup: return GroupState::ready;
    case router::Role::active: return GroupState::up;
  }
  return GroupState::down;
}

void FailoverGroup::publish() {
  status_.state = state();
  status_.role = machine_.role();
  status_.reason = machine_.reason();
  status_.leader = machine_.leader();
  status_.overrides = machine_.overrides();
  status_.yielded = machine_.yielded();
  status_.handing_over = machine_.leaving();
  status_.demotion = machine_.demotion();
  status_.unplanned_moves = static_cast<std::uint32_t>(machine_.unplanned_moves());
  status_.damped_until = machine_.damped_until();
  status_.contested_until = machine_.contested_until();
  status_.preempts_from = machine_.preempts_from();
  status_.starts_at = machine_.starts_at();
  status_.not_again_before = machine_.not_again_before();
  setup_->status->write(status_);
  for (std::size_t i = 0; i < tracks_.size() && i < setup_->tracks.size(); ++i) {
    tracks_[i].in_a_row = machine_.tracks().in_a_row(i);
    setup_->tracks[i]->write(tracks_[i]);
  }
  changed = false;
}

}  // namespace failover
