#pragma once
// Execution: the runner as checks and hooks ask for it.

#include "agent/checks/execute.hpp"
#include "agent/runner/client.hpp"

namespace failover::control {

// The control thread only.
class Execution final : public checks::Execute {
 public:
  Execution(runner::Client& runner, runner::Kind kind) : runner_(runner), kind_(kind) {}

  Ticket run(checks::Command command, Ended ended) override;
  void cancel(Ticket ticket) override { runner_.cancel(ticket); }

 private:
  runner::Client& runner_;
  runner::Kind kind_;
};

}  // namespace failover::control
