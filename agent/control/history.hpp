#pragma once
// History: the transitions of each group, the last limits::transitions_remembered.

#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "agent/clock.hpp"
#include "protocol/reason.hpp"
#include "protocol/router/events.hpp"

namespace failover::control {

struct GroupTransition {
  RealTime at{};
  router::Role from = router::Role::initialize;
  router::Role to = router::Role::initialize;
  Reason reason = Reason::starting;
  bool planned = false;     // an operator, a stop or a reload asked for it
  std::string leader = {};  // the router that took the group along; empty when it is not known
};

// The control thread only.
class History {
 public:
  void add(const std::string& group, GroupTransition transition);
  // The group is no more.
  void forget(const std::string& group) { groups_.erase(group); }
  // Oldest first.
  [[nodiscard]] const std::deque<GroupTransition>& of(std::string_view group) const;

 private:
  std::map<std::string, std::deque<GroupTransition>, std::less<>> groups_;
};

}  // namespace failover::control
