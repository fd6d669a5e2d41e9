#include "agent/control/history.hpp"

#include "protocol/limits.hpp"

namespace failover::control {

void History::add(const std::string& group, GroupTransition transition) {
  auto& transitions = groups_[group];
  if (transitions.size() == limits::transitions_remembered) transitions.pop_front();
  transitions.push_back(std::move(transition));
}

const std::deque<GroupTransition>& History::of(std::string_view group) const {
  static const std::deque<GroupTransition> none;
  const auto found = groups_.find(group);
  return found == groups_.end() ? none : found->second;
}

}  // namespace failover::control
