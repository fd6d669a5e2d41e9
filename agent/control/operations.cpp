#include "agent/control/operations.hpp"

#include <algorithm>

#include "protocol/assert.hpp"

namespace failover::control {

std::string_view name(OperationKind kind) {
  switch (kind) {
    case OperationKind::switchover: return "switchover";
    case OperationKind::announce: return "announce";
    case OperationKind::release: return "release";
  }
  broken_promise();
}

Operation& Operations::start(OperationKind kind, const RouterId& router, std::string target) {
  // What runs is kept in any case; there is at most one on each router.
  if (operations_.size() >= limits::operations_remembered)
    if (const auto oldest = std::ranges::find_if(
            operations_, [](const Operation& operation) { return operation.ended.has_value(); });
        oldest != operations_.end())
      operations_.erase(oldest);
  operations_.push_back({.id = next_++,
                         .kind = kind,
                         .router = router,
                         .target = std::move(target),
                         .reason = {},
                         .started = real_now(),
                         .ended = std::nullopt});
  return operations_.back();
}

void Operations::finish(OperationId id, router::Outcome outcome) {
  const auto operation = std::ranges::find(operations_, id, &Operation::id);
  if (operation == operations_.end() || operation->ended) return;
  operation->ended = real_now();
  operation->outcome = outcome;
  std::vector<Waiter> called;
  std::erase_if(waiters_, [&](auto& entry) {
    if (entry.second.operation != id) return false;
    called.push_back(std::move(entry.second.waiter));
    return true;
  });
  for (const Waiter& waiter : called) waiter();
}

const Operation* Operations::find(OperationId id) const {
  const auto operation = std::ranges::find(operations_, id, &Operation::id);
  return operation == operations_.end() ? nullptr : &*operation;
}

const Operation* Operations::running_on(RouterId router) const {
  const auto running = std::ranges::find_if(operations_, [&](const Operation& operation) {
    return operation.router == router && !operation.ended;
  });
  return running == operations_.end() ? nullptr : &*running;
}

Operations::Ticket Operations::wait(OperationId id, Waiter waiter) {
  waiters_.emplace(next_ticket_, Waiting{.operation = id, .waiter = std::move(waiter)});
  return next_ticket_++;
}

}  // namespace failover::control
