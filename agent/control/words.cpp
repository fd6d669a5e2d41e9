#include "agent/control/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "protocol/assert.hpp"

namespace failover::control {
namespace {

double seconds_of(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

std::string_view word(router::Role role) {
  switch (role) {
    case router::Role::initialize: return "initialize";
    case router::Role::backup: return "backup";
    case router::Role::active: return "active";
  }
  broken_promise();
}

std::string_view word(GroupState state) {
  switch (state) {
    case GroupState::down: return "down";
    case GroupState::ready: return "ready";
    case GroupState::up: return "up";
    case GroupState::held: return "held";
    case GroupState::frozen: return "frozen";
  }
  broken_promise();
}

std::string_view word(TrackState state) {
  switch (state) {
    case TrackState::unknown: return "unknown";
    case TrackState::up: return "up";
    case TrackState::down: return "down";
  }
  broken_promise();
}

std::string_view word(group::Hold hold) {
  switch (hold) {
    case group::Hold::none: return "none";
    case group::Hold::active: return "active";
    case group::Hold::backup: return "backup";
  }
  broken_promise();
}

std::string_view word(Stranger kind) {
  switch (kind) {
    case Stranger::other_protocol: return "id-conflict";
    case Stranger::other_key: return "wrong-authentication";
    case Stranger::has_address: return "collision";
  }
  broken_promise();
}

std::string_view word(Contest contest) {
  switch (contest) {
    case Contest::none: return "none";
    case Contest::slowed: return "slowed";
    case Contest::lost: return "lost";
  }
  broken_promise();
}

std::string_view status_text(GroupState state) {
  switch (state) {
    case GroupState::down: return "Down";
    case GroupState::ready: return "Ready (standby)";
    case GroupState::up: return "Up (active)";
    case GroupState::held: return "Held";
    case GroupState::frozen: return "Frozen";
  }
  broken_promise();
}

std::string_view sentence(Reason reason) {
  switch (reason) {
    case Reason::starting: return "nothing has happened yet";
    case Reason::listening: return "it waits for an active node, or for its silence";
    case Reason::no_response: return "no advert came within the dead time";
    case Reason::peer_left: return "the active node said farewell";
    case Reason::slow_peer: return "the active node's interval is longer than our dead time";
    case Reason::owner: return "the addresses are this node's own (priority 255)";
    case Reason::priority: return "it preempted a worse active node";
    case Reason::demoted_peer: return "the active node was demoted more than this one";
    case Reason::preempted: return "a better advert was heard";
    case Reason::tie: return "an equal advert came from the address that wins ties";
    case Reason::demoted: return "this node was demoted more than the active one";
    case Reason::half_deaf: return "the active node is heard in one of IPv4 and IPv6 only";
    case Reason::op: return "an operator asked for it";
    case Reason::no_successor: return "nobody claimed the addresses in a hand-over";
    case Reason::element_down: return "what it stands on is missing";
    case Reason::foreign_address: return "somebody else's address is in the way";
    case Reason::kernel_refused: return "the kernel would not give it an address";
    case Reason::stall: return "it was stopped, and somebody else is active since";
    case Reason::stopping: return "the agent stops, or it was taken out of the configuration";
    case Reason::group: return "another element of the group took it along";
    case Reason::start_delay: return "the agent has not run for start_delay yet";
    case Reason::drain: return "an operator drains it";
    case Reason::held: return "an operator holds it";
    case Reason::frozen: return "an operator has frozen it";
    case Reason::mode_none: return "its mode is none: it never takes over by itself";
    case Reason::not_again: return "another element took a move back a moment ago";
    case Reason::services: return "the services that it needs did not start";
    case Reason::contested: return "somebody on this node keeps removing its addresses";
  }
  broken_promise();
}

std::string rank_text(const router::Rank& rank) {
  if (const auto* carp = std::get_if<carp::Rank>(&rank))
    return fmt::format("advbase {}, advskew {}", carp->advbase, carp->advskew);
  const auto& vrrp = std::get<vrrp::Rank>(rank);
  return fmt::format("priority {}, interval {} s", vrrp.priority, seconds_of(vrrp.interval()));
}

std::string short_rank_text(const router::Rank& rank) {
  if (const auto* carp = std::get_if<carp::Rank>(&rank)) return seconds_text(carp->compared());
  return fmt::format("priority {}", std::get<vrrp::Rank>(rank).priority);
}

std::string timestamp(RealTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t seconds_since_epoch = whole.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds_since_epoch, &parts);
  const auto fraction = std::chrono::duration_cast<std::chrono::milliseconds>(time - whole);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     fraction.count());
}

std::string seconds_text(Duration duration) {
  return fmt::format("{:.3f} s", seconds_of(duration));
}

std::string span_text(Duration duration) {
  const auto whole = std::chrono::ceil<std::chrono::seconds>(std::max(duration, Duration{0}));
  const std::int64_t total = whole.count();
  const std::int64_t minutes = total / 60;
  if (minutes == 0) return fmt::format("{}s", total);
  if (minutes < 60) return fmt::format("{}m", minutes);
  const std::int64_t hours = minutes / 60;
  if (hours < 24)
    return minutes % 60 == 0 ? fmt::format("{}h", hours)
                             : fmt::format("{}h {}m", hours, minutes % 60);
  return hours % 24 == 0 ? fmt::format("{}d", hours / 24)
                         : fmt::format("{}d {}h", hours / 24, hours % 24);
}

}  // namespace failover::control
