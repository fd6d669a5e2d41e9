#include "cli/reporting.hpp"

#include <ostream>

#include "cli/text.hpp"

namespace failover::cli {

ExitStatus complain(const Command& command, ExitStatus status, std::string_view text) {
  command.err << "failoverctl: " << text << '\n';
  return status;
}

ExitStatus report_unreachable(const Command& command, const Unreachable& unreachable) {
  return complain(command, ExitStatus::unreachable, explanation(unreachable));
}

ExitStatus report_refusal(const Command& command, const Answer& answer) {
  const ExitStatus status = exit_status_of(answer.status);
  const auto problem = parse_problem(answer.body);
  if (!problem) {
    return complain(command, status, "the agent answered " + std::to_string(answer.status));
  }
  std::string text = printable(problem->title);
  if (!problem->detail.empty()) text += ": " + printable(problem->detail);
  if (!problem->hint.empty()) text += "\n" + printable(problem->hint);
  return complain(command, status, text);
}

ExitStatus report_dry_run(const Command& command, const Call& call) {
  if (command.arguments.format == Format::json) {
    command.out << dry_run_document(call.method, call.target, call.body);
  } else {
    command.out << "would ask: " << call.method << ' ' << call.target
                << (call.body.empty() ? "" : " ") << printable(call.body) << '\n';
  }
  return ExitStatus::done;
}

ExitStatus report_unreadable(const Command& command, const DocumentError& error) {
  return complain(command, ExitStatus::failed, error.text);
}

}  // namespace failover::cli
