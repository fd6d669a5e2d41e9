#pragma once
// Explain: why a group has its role, by what that is known, and what would change it.
//
// A pure function of what is configured and published at a moment. It retells the election instead
// of asking the engine: the engine keeps no story, and an answer must not disturb it.

#include <string>
#include <vector>

#include "agent/control/view.hpp"

namespace failover::control {

struct RankPart {
  std::string name;   // "advskew", "track site"
  std::string value;  // "100", "50"
};

// What the router that leads advertises, or would.
struct ExplainedRank {
  std::string text = {};             // "1.391 s", "priority 150"; empty without a router
  std::vector<RankPart> parts = {};  // what it is made of
  std::string sum = {};              // "advskew 100 + track site 50 = 150"; empty when not demoted
};

struct ExplainedPeer {
  std::string router;
  IpAddress address;
  std::string said;  // of its rank
  PeerState state = PeerState::silent;
  Duration last_heard{};  // ago
};

struct Explanation {
  std::string group;
  router::Role role = router::Role::initialize;
  GroupState state = GroupState::down;
  RealTime since{};
  Reason reason = Reason::starting;
  std::string why;                    // one sentence
  std::vector<std::string> evidence;  // sentences
  ExplainedRank rank;
  std::vector<ExplainedPeer> peers;
  std::vector<std::string> would_change;  // each alone would
};

struct Moment {
  Instant now{};
  RealTime real{};
};

[[nodiscard]] Explanation explain(const GroupView& group, const Moment& at);

}  // namespace failover::control
