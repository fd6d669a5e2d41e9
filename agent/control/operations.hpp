#pragma once
// Operations: what a person asked for and what became of it. An operation outlives the client that
// started it and can be waited for by any.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/clock.hpp"
#include "agent/mailbox/messages.hpp"

namespace failover::control {

enum class OperationKind : std::uint8_t {
  switchover,
  drain,
  undrain,
  hold,
  release,
  announce,
  freeze,
  thaw,
};
[[nodiscard]] std::string_view name(OperationKind kind);

// What is asked for.
struct Command {
  OperationKind kind = OperationKind::switchover;
  std::string reason = {};  // the operator's words; may be empty
  group::Unclaimed unclaimed = group::Unclaimed::take_back;
  group::Hold hold = group::Hold::none;            // of the kind hold
  std::optional<std::chrono::seconds> lasts = {};  // of drain, hold and freeze
};

// What it is asked for: one group, or all of the agent.
struct Target {
  std::string name;  // the group's, or "agent"
  bool is_agent = false;
  std::vector<GroupId> groups = {};
};

struct Asker {
  uid_t uid = 0;
  pid_t pid = 0;
};

struct Operation {
  OperationId id = 0;
  OperationKind kind = OperationKind::switchover;
  std::string target;
  bool of_agent = false;
  std::vector<GroupId> groups = {};
  std::set<GroupId> under_way = {};
  std::string reason = {};
  group::Unclaimed unclaimed = group::Unclaimed::take_back;
  group::Hold hold = group::Hold::none;
  uid_t uid = 0;
  pid_t pid = 0;
  RealTime started{};
  std::optional<RealTime> until = {};  // of the override that it began
  std::optional<RealTime> ended = {};
  // The worst of its groups.
  router::Outcome outcome = router::Outcome::done;
};

// The control thread only. The last limits::operations_remembered that have ended are kept.
class Operations {
 public:
  Operation& start(const Command& command, const Target& target, const Asker& asker);
  // Of one of its groups. The operation ends with the last one, and those who wait are told.
  // Unknown ids are those of the engine's own affairs.
  void finish(OperationId id, GroupId group, router::Outcome outcome);
  // Nothing comes of what was under way there.
  void group_gone(GroupId group);

  [[nodiscard]] const Operation* find(OperationId id) const;
  [[nodiscard]] const Operation* running_on(GroupId group) const;
  // That ended well.
  [[nodiscard]] const Operation* last_switchover_of(std::string_view group) const;
  [[nodiscard]] const std::deque<Operation>& all() const { return operations_; }

  // Called once when the operation ends, unless it is forgotten before. A waiter of one that has
  // ended already is never called.
  using Waiter = std::function<void()>;
  using Ticket = std::uint64_t;
  Ticket wait(OperationId id, Waiter waiter);
  void forget(Ticket ticket) { waiters_.erase(ticket); }

 private:
  void end_if_complete(Operation& operation);

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
