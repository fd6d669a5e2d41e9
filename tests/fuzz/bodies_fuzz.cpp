// JSON: what the agent takes from a request's body, and what others' words become in its documents.
// What the agent writes failoverctl reads, and the other way round.

#include <algorithm>

#include "agent/control/documents.hpp"
#include "agent/http/http_server.hpp"
#include "cli/documents.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

// A reason goes from failoverctl to the agent, into an operation, and back.
void check_reason(const std::string& reason) {
  const auto received = control::reason_in(cli::reason_body(reason));
  must(received.has_value(), "the agent takes any reason that failoverctl sends", reason);
  must(control::reason_in(cli::reason_body(*received)) == received, "a reason arrives as it is");
  control::Operation operation;
  operation.id = 7;
  operation.target = "eth0.carp.10";
  operation.reason = *received;
  operation.ended = RealTime(Duration(1'700'000'000s));
  const auto shown = cli::parse_operation(control::operation_document(operation));
  must(shown && shown->id == 7 && shown->target == operation.target && shown->state == "done",
       "failoverctl reads the agent's operations");
}

void check_body(const std::string& json) {
  const auto reason = control::reason_in(json);
  if (!reason) return;
  must(control::reason_in(cli::reason_body(*reason)) == reason, "a reason arrives as it is");
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
