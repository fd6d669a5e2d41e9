#include "agent/control/execution.hpp"

#include <utility>

#include "protocol/assert.hpp"

namespace failover::control {
namespace {

checks::Outcome outcome_of(const runner::Finished& finished) {
  const auto how = [&]() -> decltype(checks::Outcome::how) {
    switch (finished.outcome) {
      case runner::Outcome::exited: return checks::Exited{finished.status};
      case runner::Outcome::signalled: return checks::Signalled{finished.status};
      case runner::Outcome::timed_out: return checks::TimedOut{};
      case runner::Outcome::not_started: return checks::NotStarted{finished.error};
      case runner::Outcome::lost: return checks::Lost{};
    }
    broken_promise();
  };
  return {.how = how(), .output = finished.output};
}

}  // namespace

checks::Execute::Ticket Execution::run(checks::Command command, Ended ended) {
  runner::Command asked{.kind = kind_,
                        .arguments = std::move(command.arguments),
                        .user = std::move(command.user),
                        .environment = {},
                        .input = std::move(command.input),
                        .timeout = command.timeout};
  for (auto& [name, value] : command.environment)
    asked.environment.emplace(std::move(name), std::move(value));
  return runner_.run(asked, [ended = std::move(ended)](const runner::Finished& finished) {
    ended(outcome_of(finished));
  });
}

}  // namespace failover::control
