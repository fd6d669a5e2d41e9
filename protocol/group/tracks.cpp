#include "protocol/group/tracks.hpp"

#include <algorithm>

namespace failover::group {

Tracks::Tracks(const std::vector<TrackSettings>& settings) { change(settings); }

void Tracks::change(const std::vector<TrackSettings>& settings) {
  std::vector<Track> tracks;
  for (const TrackSettings& wanted : settings) {
    const Track* known = find(wanted.number);
    Track& track = tracks.emplace_back(known != nullptr ? *known : Track{});
    track.settings = wanted;
  }
  tracks_ = std::move(tracks);
}

Tracks::Track* Tracks::find(TrackNumber number) {
  const auto track = std::ranges::find(
      tracks_, number, [](const Track& candidate) { return candidate.settings.number; });
  return track == tracks_.end() ? nullptr : &*track;
}

std::optional<TrackState> Tracks::report(const TrackReport& report, Instant now) {
  Track* track = find(report.track);
  if (track == nullptr) return std::nullopt;
  const TrackState next = track->settings.well_for ? after_telling(*track, report.health, now)
                                                   : after(*track, report.health);
  if (next == track->state) return std::nullopt;
  track->state = next;
  track->in_a_row = 0;
  return next;
}

// One that is asked again and again. The first success is enough where nothing is known; a failure
// is not: an agent that has only been restarted must not give up for one that would not have
// counted before.
TrackState Tracks::after(Track& track, Health health) {
  const bool good = health == Health::good;
  if (good && track.state == TrackState::unknown) return TrackState::up;
  const bool known = track.state != TrackState::unknown;
  if (known && good == (track.state == TrackState::up)) {
    track.in_a_row = 0;
    return track.state;
  }
  const unsigned enough = good ? track.settings.rise : track.settings.fall;
  if (++track.in_a_row < enough) return track.state;
  return good ? TrackState::up : TrackState::down;
}

// One that the kernel tells of falls at once, and rises when it has been well for a while.
TrackState Tracks::after_telling(Track& track, Health health, Instant now) {
  if (health == Health::bad) {
    track.up_at.reset();
    return TrackState::down;
  }
  if (track.state != TrackState::down) return TrackState::up;
  if (!track.up_at) track.up_at = now + *track.settings.well_for;
  return TrackState::down;
}

std::optional<TrackNumber> Tracks::settle(Instant now) {
  for (Track& track : tracks_) {
    if (!track.up_at || now < *track.up_at) continue;
    track.up_at.reset();
    track.state = TrackState::up;
    return track.settings.number;
  }
  return std::nullopt;
}

std::optional<Instant> Tracks::deadline() const {
  std::optional<Instant> soonest;
  for (const Track& track : tracks_)
    if (track.up_at && (!soonest || *track.up_at < *soonest)) soonest = track.up_at;
  return soonest;
}

bool Tracks::yields() const {
  return std::ranges::any_of(tracks_, [](const Track& track) {
    return track.state == TrackState::down && !track.settings.demote;
  });
}

bool Tracks::is_waited_for() const {
  return std::ranges::any_of(tracks_, [](const Track& track) {
    return track.state == TrackState::unknown && !track.settings.demote;
  });
}

unsigned Tracks::demotion() const {
  unsigned sum = 0;
  for (const Track& track : tracks_)
    if (track.state == TrackState::down) sum += track.settings.demote.value_or(0);
  return sum;
}

}  // namespace failover::group
