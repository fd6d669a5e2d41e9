#pragma once
// Operations: what a person asked for and what became of it. An operation outlives the client that
// started it and can be waited for by any.

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/clock.hpp"
#include "agent/mailbox/messages.hpp"

namespace failover::control {

enum class OperationKind : std::uint8_t { switchover, announce, release };
[[nodiscard]] std::string_view name(OperationKind kind);

struct Operation {
  OperationId id = 0;
  OperationKind kind = OperationKind::switchover;
  RouterId router = 0;
  std::string target;
  std::string reason;  // the operator's words; may be empty
  uid_t uid = 0;
  pid_t pid = 0;
  RealTime started{};
  std::optional<RealTime> ended;
  router::Outcome outcome = router::Outcome::done;  // once it has ended
};

// The control thread only. The last limits::operations_remembered that have ended are kept.
class Operations {
 public:
  Operation& start(OperationKind kind, const RouterId& router, std::string target);
  // Tells those who wait. Unknown ids are those of a router's own affairs.
  void finish(OperationId id, router::Outcome outcome);

  [[nodiscard]] const Operation* find(OperationId id) const;
  [[nodiscard]] const Operation* running_on(RouterId router) const;
  [[nodiscard]] const std::deque<Operation>& all() const { return operations_; }

  // Called once when the operation ends, unless it is forgotten before. A waiter of one that has
  // ended already is never called.
  using Waiter = std::function<void()>;
  using Ticket = std::uint64_t;
  Ticket wait(OperationId id, Waiter waiter);
  void forget(Ticket ticket) { waiters_.erase(ticket); }

 private:
  std::deque<Operation> operations_;  // by id
  OperationId next_ = 1;
  struct Waiting {
    OperationId operation = 0;
    Waiter waiter;
  };
  Ticket next_ticket_ = 1;
  std::map<Ticket, Waiting> waiters_;
};

}  // namespace failover::control
