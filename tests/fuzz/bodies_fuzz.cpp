// JSON: what the agent takes from a request's body, and what others' words become in its documents.
// What the agent writes failoverctl reads, and the other way round.

#include <algorithm>

#include "agent/control/command_body.hpp"
#include "agent/control/documents.hpp"
#include "agent/http/http_server.hpp"
#include "cli/documents.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

using control::OperationKind;

std::optional<std::string_view> role_of(const control::Command& command) {
  if (command.hold == group::Hold::none) return std::nullopt;
  return command.hold == group::Hold::active ? "active" : "backup";
}

std::optional<std::string> reason_in(const std::string& body) {
  const auto command = control::command_in(OperationKind::switchover, body);
  return command ? std::optional(command->reason) : std::nullopt;
}

// A reason goes from failoverctl to the agent, into an operation, and back.
void check_reason(const std::string& reason) {
  const auto received = reason_in(cli::wish_body({.reason = reason}));
  must(received.has_value(), "the agent takes any reason that failoverctl sends", reason);
  must(reason_in(cli::wish_body({.reason = *received})) == received, "a reason arrives as it is");
  control::Operation operation;
  operation.id = 7;
  operation.target = "eth0.carp.10";
  operation.reason = *received;
  operation.ended = RealTime(Duration(1'700'000'000s));
  const auto shown = cli::parse_operation(control::operation_document(operation));
  must(shown && shown->id == 7 && shown->target == operation.target && shown->state == "done",
       "failoverctl reads the agent's operations");
}

// What the agent makes of any body for any operation, it makes of what it understood as well.
void check_body(const std::string& json) {
  for (const OperationKind kind : {OperationKind::switchover, OperationKind::drain,
                                   OperationKind::hold, OperationKind::freeze}) {
    const auto command = control::command_in(kind, json);
    if (!command) continue;
    const auto again = control::command_in(
        kind, cli::wish_body({.role = role_of(*command),
                              .lasting = command->lasts,
                              .force = command->unclaimed == group::Unclaimed::let_go,
                              .reason = command->reason}));
    must(again && again->reason == command->reason && again->lasts == command->lasts &&
             again->hold == command->hold && again->unclaimed == command->unclaimed,
         "failoverctl can ask for all that the agent understands", json);
  }
}

// Whatever a client asked for is in the problem that it gets.
void check_problem(const std::string& text) {
  const auto response = http::problem_response({.status = 404,
                                                .code = "no-such-path",
                                                .title = "There is nothing here",
                                                .detail = text,
                                                .path = text,
                                                .hint = text});
  const auto problem = cli::parse_problem(response.body);
  must(problem && problem->title == "There is nothing here" && problem->hint == problem->detail &&
           std::ranges::count(response.body, '\n') == 1,
       "failoverctl reads the agent's problems", response.body);
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(failover::fuzz::text_of({data, size}));
  failover::fuzz::check_reason(text);
  failover::fuzz::check_body(text);
  failover::fuzz::check_problem(text);
  return 0;
}
