#include "agent/control/findings.hpp"

#include <algorithm>

#include "agent/control/words.hpp"
#include "agent/wire/configured.hpp"

namespace failover::control {
namespace {

template <class Value>
Comparison lower_is_better(const Value& peer, const Value& own) {
  if (peer == own) return Comparison::equal;
  return peer < own ? Comparison::better : Comparison::worse;
}

// For as long after the last sign of it as a peer needs to yield.
constexpr Duration two_active_lasts = 5s;

}  // namespace

Comparison compare(const router::Rank& peer, const router::Rank& own) {
  const auto* theirs = std::get_if<carp::Rank>(&peer);
  const auto* ours = std::get_if<carp::Rank>(&own);
  if (theirs == nullptr || ours == nullptr) {
    const auto* they = std::get_if<vrrp::Rank>(&peer);
    const auto* we = std::get_if<vrrp::Rank>(&own);
    if (they == nullptr || we == nullptr) return Comparison::equal;
    return lower_is_better(we->priority, they->priority);
  }
  // OpenBSD: who is demoted more is worse, whatever it advertises.
  if (theirs->demote != ours->demote) return lower_is_better(theirs->demote, ours->demote);
  return lower_is_better(theirs->compared(), ours->compared());
}

std::string FoundPeer::said() const { return short_rank_text(peer->rank); }
std::string FoundPeer::ours() const { return short_rank_text(router->status.rank); }

Duration FoundPeer::dead_time() const {
  return router::dead_time(election_of(router->settings), router->status.rank, peer->rank);
}

Findings::Findings(const GroupView& its_group, const Moment& moment)
    : group(its_group), at(moment) {
  for (const RouterView& router : group.routers) {
    if (leader == nullptr || router.settings.name() == group.leader) leader = &router;
    if (router.status.role == router::Role::initialize) down_routers.push_back(&router);
    for (std::uint32_t i = 0; i < router.status.peer_count; ++i) {
      const PeerStatus& peer = router.status.peers[i];
      peers.push_back({.router = &router,
                       .peer = &peer,
                       .state = peer_state(peer, router.settings, at.now),
                       .comparison = compare(peer.rank, router.status.rank)});
    }
  }
  std::ranges::stable_sort(peers, [](const FoundPeer& one, const FoundPeer& other) {
    return one.peer->heard > other.peer->heard;
  });
  for (const TrackView& track : group.tracks)
    if (track.status.state == TrackState::down)
      (track.settings.demote ? costs : down_tracks).push_back(&track);
}

bool Findings::is_down() const {
  return group.status.role == router::Role::initialize || group.status.state == GroupState::down;
}

const FoundPeer* Findings::active(Comparison comparison) const {
  const auto found = std::ranges::find_if(peers, [&](const FoundPeer& peer) {
    return peer.state == PeerState::active && peer.comparison == comparison;
  });
  return found == peers.end() ? nullptr : &*found;
}

const FoundPeer* Findings::any_active() const {
  const auto found = std::ranges::find(peers, PeerState::active, &FoundPeer::state);
  return found == peers.end() ? nullptr : &*found;
}

const FoundPeer* Findings::active_that_stays() const {
  const FoundPeer* better = active(Comparison::better);
  return better != nullptr ? better : active(Comparison::equal);
}

const RouterView* Findings::with_reason(Reason reason) const {
  const auto found = std::ranges::find_if(
      group.routers, [&](const RouterView& router) { return router.status.reason == reason; });
  return found == group.routers.end() ? nullptr : &*found;
}

const RouterView* Findings::with_two_active() const {
  const auto found = std::ranges::find_if(group.routers, [&](const RouterView& router) {
    return router.status.two_active > 0 &&
           at.real - router.status.two_active_at <= two_active_lasts;
  });
  return found == group.routers.end() ? nullptr : &*found;
}

const Override* Findings::override_of(OverrideKind kind) const {
  const auto found = std::ranges::find(group.overrides, kind, &Override::kind);
  return found == group.overrides.end() ? nullptr : &*found;
}

std::string down_text(const TrackView& track) {
  const auto* link = std::get_if<config::LinkTrack>(&track.settings.what);
  if (link != nullptr && track.detail.empty()) return "link " + link->interface + " down";
  if (track.detail.empty()) return "track " + track.settings.name + " is down";
  return "track " + track.settings.name + " is down: " + track.detail;
}

}  // namespace failover::control
