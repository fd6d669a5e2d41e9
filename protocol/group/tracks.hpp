#pragma once
// Tracks: what a group depends on beside its routers, counted: it takes some failures in a row to
// be down, and some successes to be up again, so that one lost packet moves nothing.

#include <optional>
#include <vector>

#include "protocol/group/events.hpp"
#include "protocol/time.hpp"

namespace failover::group {

// Part of Group.
class Tracks {
 public:
  explicit Tracks(const std::vector<TrackSettings>& settings);

  // What has not changed keeps what is known of it. Nothing is known of the others yet.
  void change(const std::vector<TrackSettings>& settings);

  // Both in the configuration's order.
  [[nodiscard]] TrackState state(std::size_t track) const { return tracks_[track].state; }
  [[nodiscard]] unsigned in_a_row(std::size_t track) const { return tracks_[track].in_a_row; }
  [[nodiscard]] std::size_t size() const { return tracks_.size(); }

  // The new state, when it is another one. A number that there is no track of says nothing.
  [[nodiscard]] std::optional<TrackState> report(const TrackReport& report, Instant now);
  // What has been well for long enough by now: at most one, to be asked again.
  [[nodiscard]] std::optional<TrackNumber> settle(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;

  // One of those that make the group yield is down; or not known yet.
  [[nodiscard]] bool yields() const;
  [[nodiscard]] bool is_waited_for() const;
  // The sum over all that are down.
  [[nodiscard]] unsigned demotion() const;

 private:
  struct Track {
    TrackSettings settings;
    TrackState state = TrackState::unknown;
    unsigned in_a_row = 0;  // reports that say the contrary of the state
    std::optional<Instant> up_at = {};
  };
  [[nodiscard]] Track* find(TrackNumber number);
  [[nodiscard]] static TrackState after(Track& track, Health health);
  [[nodiscard]] static TrackState after_telling(Track& track, Health health, Instant now);

  std::vector<Track> tracks_;
};

}  // namespace failover::group
