#pragma once
// What documents are made from: a group as it is at a moment, with all that belongs to it.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/control/directory.hpp"
#include "agent/control/history.hpp"
#include "agent/control/operations.hpp"
#include "agent/control/overrides.hpp"
#include "agent/hooks/hooks.hpp"

namespace failover::control {

// What the last try of a track's check found, a short sentence; empty when nothing is known.
using TrackDetail = std::function<std::string(const std::string& group, const std::string& track)>;

// How the last run of a group's hook ended; nothing when none has.
using HookRun =
    std::function<std::optional<hooks::LastRun>(const std::string& group, config::HookKind kind)>;

// Where documents find what they tell. The control thread only.
struct View {
  const Directory& directory;
  const Overrides& overrides;
  const Operations& operations;
  const History& history;
  TrackDetail track_detail = [](const std::string&, const std::string&) { return std::string(); };
  HookRun hook_run = [](const std::string&, config::HookKind) {
    return std::optional<hooks::LastRun>();
  };
};

struct RouterView {
  config::RouterSettings settings;
  RouterStatus status;
};

struct TrackView {
  config::TrackSettings settings;
  TrackStatus status = {};
  std::string detail = {};  // "link eth2 down"; empty when there is nothing to say
};

// Who handed over with a switchover, as far as it is remembered.
struct YieldedBy {
  std::string owner;
  std::string reason;
  RealTime since{};
};

struct GroupView {
  config::GroupSettings settings;
  GroupStatus status = {};
  std::string leader = {};  // the router that took the group along; empty when it is not known
  std::vector<RouterView> routers = {};
  std::vector<TrackView> tracks = {};
  std::vector<Override> overrides = {};
  std::optional<YieldedBy> yielded_by = {};
  std::map<config::HookKind, hooks::LastRun> hooks = {};  // that have run
};

[[nodiscard]] GroupView group_view(const View& view, const GroupEntry& group);

// What is tracked, in a word: "eth2", "127.0.0.1:8443", "haproxy.service". Arguments of commands
// and queries of URLs are left out: they may be secrets.
[[nodiscard]] std::string what_of(const config::Tracked& tracked);

// As adverts show it: a backup never speaks, so a peer is active, has said farewell, or is silent.
enum class PeerState : std::uint8_t { active, leaving, silent };
[[nodiscard]] std::string_view word(PeerState state);
[[nodiscard]] PeerState peer_state(const PeerStatus& peer, const config::RouterSettings& router,
                                   Instant now);

// "root", or "uid 1000" when nobody is called so.
[[nodiscard]] std::string user_name(uid_t uid);

}  // namespace failover::control
