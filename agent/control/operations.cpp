#include "agent/control/operations.hpp"

#include <algorithm>

#include "protocol/assert.hpp"

namespace failover::control {
namespace {

using router::Outcome;

// For who takes a machine out of service, one that is still active is worse than one that failed.
int badness(Outcome outcome) {
  switch (outcome) {
    case Outcome::done: return 0;
    case Outcome::not_active: return 1;
    case Outcome::interrupted: return 2;
    case Outcome::taken_back: return 3;
  }
  broken_promise();
}

// An override does not need the group to be active: it is in force from now on.
bool needs_active(OperationKind kind) {
  return kind == OperationKind::switchover || kind == OperationKind::announce;
}

}  // namespace

std::string_view name(OperationKind kind) {
  switch (kind) {
    case OperationKind::switchover: return "switchover";
    case OperationKind::drain: return "drain";
    case OperationKind::undrain: return "undrain";
    case OperationKind::hold: return "hold";
    case OperationKind::release: return "release";
    case OperationKind::announce: return "announce";
    case OperationKind::freeze: return "freeze";
    case OperationKind::thaw: return "thaw";
  }
  broken_promise();
}

Operation& Operations::start(const Command& command, const Target& target, const Asker& asker) {
  // What runs is kept in any case; there is at most one on each group.
  if (operations_.size() >= limits::operations_remembered)
    if (const auto oldest = std::ranges::find_if(
            operations_, [](const Operation& operation) { return operation.ended.has_value(); });
        oldest != operations_.end())
      operations_.erase(oldest);
  const RealTime now = real_now();
  Operation& started =
      operations_.emplace_back(Operation{.id = next_++,
                                         .kind = command.kind,
                                         .target = target.name,
                                         .of_agent = target.is_agent,
                                         .groups = target.groups,
                                         .under_way = {target.groups.begin(), target.groups.end()},
                                         .reason = command.reason,
                                         .unclaimed = command.unclaimed,
                                         .hold = command.hold,
                                         .uid = asker.uid,
                                         .pid = asker.pid,
                                         .started = now});
  if (command.lasts) started.until = now + *command.lasts;
  end_if_complete(started);
  return started;
}

void Operations::finish(OperationId id, GroupId group, Outcome outcome) {
  const auto operation = std::ranges::find(operations_, id, &Operation::id);
  if (operation == operations_.end() || operation->under_way.erase(group) == 0) return;
  if (outcome == Outcome::not_active && !needs_active(operation->kind)) outcome = Outcome::done;
  if (badness(outcome) > badness(operation->outcome)) operation->outcome = outcome;
  end_if_complete(*operation);
}

void Operations::group_gone(GroupId group) {
  if (const Operation* running = running_on(group); running != nullptr)
    finish(running->id, group, Outcome::interrupted);
}

void Operations::end_if_complete(Operation& operation) {
  if (!operation.under_way.empty()) return;
  operation.ended = real_now();
  std::vector<Waiter> called;
  std::erase_if(waiters_, [&](auto& entry) {
    if (entry.second.operation != operation.id) return false;
    called.push_back(std::move(entry.second.waiter));
    return true;
  });
  for (const Waiter& waiter : called) waiter();
}

const Operation* Operations::find(OperationId id) const {
  const auto operation = std::ranges::find(operations_, id, &Operation::id);
  return operation == operations_.end() ? nullptr : &*operation;
}

const Operation* Operations::running_on(GroupId group) const {
  const auto running = std::ranges::find_if(
      operations_, [&](const Operation& operation) { return operation.under_way.contains(group); });
  return running == operations_.end() ? nullptr : &*running;
}

const Operation* Operations::last_switchover_of(std::string_view group) const {
  const auto last = std::find_if(operations_.rbegin(), operations_.rend(), [&](const auto& known) {
    return known.kind == OperationKind::switchover && known.ended &&
           known.outcome == Outcome::done && known.target == group;
  });
  return last == operations_.rend() ? nullptr : &*last;
}

Operations::Ticket Operations::wait(OperationId id, Waiter waiter) {
  waiters_.emplace(next_ticket_, Waiting{.operation = id, .waiter = std::move(waiter)});
  return next_ticket_++;
}

}  // namespace failover::control
