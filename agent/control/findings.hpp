#pragma once
// Findings: what explain() looks at again and again, found once.

#include <optional>
#include <string>
#include <vector>

#include "agent/control/explain.hpp"

namespace failover::control {

enum class Comparison : std::uint8_t { better, equal, worse };
// Of what a peer said with what we say.
[[nodiscard]] Comparison compare(const router::Rank& peer, const router::Rank& own);

struct FoundPeer {
  const RouterView* router = nullptr;
  const PeerStatus* peer = nullptr;
  PeerState state = PeerState::silent;
  Comparison comparison = Comparison::equal;

  [[nodiscard]] std::string address() const { return peer->address.text(); }
  [[nodiscard]] std::string said() const;  // "1.391 s"
  [[nodiscard]] std::string ours() const;
  // After how long without an advert of it the router takes over.
  [[nodiscard]] Duration dead_time() const;
};

struct Findings {
  Findings(const GroupView& group, const Moment& at);

  const GroupView& group;
  Moment at;
  const RouterView* leader = nullptr;  // else the first router; nullptr when there is none
  std::vector<FoundPeer> peers;        // the last heard first
  std::vector<const RouterView*> down_routers;
  std::vector<const TrackView*> down_tracks;  // that the group cannot be without
  std::vector<const TrackView*> costs;        // down, and only demoting

  [[nodiscard]] bool is_down() const;
  // The last heard of those that are active and compare so; nullptr when there is none.
  [[nodiscard]] const FoundPeer* active(Comparison comparison) const;
  [[nodiscard]] const FoundPeer* any_active() const;
  [[nodiscard]] const FoundPeer* active_that_stays() const;  // better, or equal
  [[nodiscard]] const RouterView* with_reason(Reason reason) const;
  [[nodiscard]] const RouterView* with_two_active() const;
  [[nodiscard]] const Override* override_of(OverrideKind kind) const;
  [[nodiscard]] bool is_held(group::Hold hold) const { return group.status.overrides.hold == hold; }
};

// "link eth2 down", or "track site is down: connection refused".
[[nodiscard]] std::string down_text(const TrackView& track);

// The parts of explain().
[[nodiscard]] std::string why(const Findings& found);
[[nodiscard]] std::vector<std::string> evidence(const Findings& found, const ExplainedRank& rank);
[[nodiscard]] ExplainedRank explained_rank(const Findings& found);
[[nodiscard]] std::vector<std::string> would_change(const Findings& found);

}  // namespace failover::control
