#pragma once
// Can this group ever fail over? Each thing that can break alone is broken in a rehearsal, and it
// is looked where the addresses are then.

#include <string>
#include <vector>

#include "agent/rehearsal/rehearsal.hpp"

namespace failover::rehearsal {

// Where a group of ours ends, seen over all its routers and their twins.
enum class Where : std::uint8_t {
  here,
  there,
  nowhere,   // no node has all of them
  both,      // two are active for one of them
  restless,  // it goes on moving
};

struct Outcome {
  Failure failure;
  Where where = Where::nowhere;
};

struct Story {  // of one group of ours
  std::string group;
  Where before = Where::nowhere;       // with nothing broken
  std::vector<Outcome> outcomes = {};  // of each failure; none when it was nowhere before
  // Why the other node does not take over, as far as it can be told: "it has no eth0.carp.10".
  std::string obstacle = {};
};

// By our groups, in their order. Takes about a millisecond for each failure of a group.
[[nodiscard]] std::vector<Story> single_failures(const config::Configuration& ours,
                                                 const config::Configuration& theirs);

// What the other node's adverts have said, of a router by our name of it.
struct HeardRank {
  std::string router;
  router::Rank rank;
};
// The other node as one has to assume it, when nobody has its configuration: like ours, with the
// ranks and intervals that were heard, or a little worse.
[[nodiscard]] config::Configuration assumed_peer(config::Configuration ours,
                                                 const std::vector<HeardRank>& heard = {});

}  // namespace failover::rehearsal
