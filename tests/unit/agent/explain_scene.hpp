#pragma once
// A group of one router, put into a situation field by field.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "agent/control/explain.hpp"
#include "tests/unit/agent/fake_control.hpp"

namespace failover::tests {

enum class PeerLeft : std::uint8_t { no, yes };

struct ExplainScene {
  ExplainScene() {
    group.settings.name = "web";
    group.routers.push_back(
        {.settings = carp_settings("eth0", vhid_10, "203.0.113.10/24"), .status = RouterStatus{}});
    skew(0);
  }

  control::RouterView& router() { return group.routers.front(); }
  void skew(int advskew) {
    carp_of(router().settings).advskew = *carp::AdvSkew::from(advskew);
    router().status.rank = carp::Rank{.advbase = 1, .advskew = static_cast<std::uint8_t>(advskew)};
  }
  void use_vrrp(int priority) {
    router().settings = vrrp_settings("eth0", vrid_20, {"203.0.113.10/24"});
    vrrp_of(router().settings).priority = *vrrp::Priority::from(priority);
  }

  void active(Reason reason) { become(router::Role::active, GroupState::up, reason); }
  void backup(Reason reason) { become(router::Role::backup, GroupState::ready, reason); }
  void down(Reason reason) { become(router::Role::initialize, GroupState::down, reason); }
  void become(router::Role role, GroupState state, Reason reason) {
    group.status.role = router().status.role = role;
    group.status.reason = router().status.reason = reason;
    group.status.state = state;
  }

  void hear(std::string_view address, const carp::Rank& rank, Duration ago,
            PeerLeft left = PeerLeft::no) {
    RouterStatus& status = router().status;
    status.peers[status.peer_count++] = {.address = ip(address),
                                         .mac = peer_mac,
                                         .rank = rank,
                                         .heard = now - ago,
                                         .heard_at = real - ago,
                                         .leaving = left == PeerLeft::yes};
  }
  void track(std::string name, config::Tracked what, std::optional<unsigned> demote) {
    group.tracks.push_back(
        {.settings = {.name = std::move(name), .what = std::move(what), .demote = demote},
         .status = {.state = TrackState::down, .since = real}});
  }
  // Of root's, and for another 18 minutes.
  void override(control::Override wanted) {
    if (wanted.kind != control::OverrideKind::freeze) wanted.group = "web";
    wanted.owner = "root";
    wanted.since = real - 60s;
    wanted.until = real + 1080s;
    group.overrides.push_back(std::move(wanted));
  }

  [[nodiscard]] control::Explanation explain() const {
    return control::explain(group, {.now = now, .real = real});
  }

  Instant now = Instant{} + 3600s;
  RealTime real = noon;
  control::GroupView group;
};

[[nodiscard]] inline bool has(const std::vector<std::string>& sentences, std::string_view wanted) {
  return std::ranges::find(sentences, wanted) != sentences.end();
}

[[nodiscard]] inline std::string value_of(const control::ExplainedRank& rank,
                                          std::string_view part) {
  const auto found = std::ranges::find(rank.parts, part, &control::RankPart::name);
  return found == rank.parts.end() ? "" : found->value;
}

}  // namespace failover::tests
