#include "cli/operations.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ostream>
#include <thread>

#include "protocol/limits.hpp"

namespace failover::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct Known {
  Operation operation;
  std::string json;
};

// An answer's operation, or the exit status after the failure has been told.
Result<Known, ExitStatus> read_operation(const Command& command,
                                         const Result<Answer, Unreachable>& answer) {
  if (!answer) return failure(report_unreachable(command, answer.error()));
  if (exit_status_of(answer->status) != ExitStatus::done) {
    return failure(report_refusal(command, *answer));
  }
  auto operation = parse_operation(answer->body);
  if (!operation) return failure(report_unreadable(command, operation.error()));
  return Known{std::move(*operation), answer->body};
}

std::string how_to_look(const Operation& operation) {
  return "look with: failoverctl show operation " + std::to_string(operation.id);
}

ExitStatus report_started(const Command& command, const Known& known) {
  if (command.arguments.format == Format::json) {
    command.out << pretty(known.json);
  } else {
    command.out << "operation " << known.operation.id << " has started; "
                << how_to_look(known.operation) << '\n';
  }
  return ExitStatus::done;
}

ExitStatus report_going_on(const Command& command, const Known& known) {
  if (command.arguments.format == Format::json) command.out << pretty(known.json);
  return complain(command, ExitStatus::timed_out,
                  "the operation goes on; " + how_to_look(known.operation));
}

ExitStatus outcome_of(const Operation& operation) {
  if (operation.state == "failed" && operation.exit == 0) return ExitStatus::failed;
  return static_cast<ExitStatus>(operation.exit);
}

ExitStatus report_end(const Command& command, const Known& known) {
  const Operation& operation = known.operation;
  const ExitStatus status = outcome_of(operation);
  if (command.arguments.format == Format::json) {
    command.out << pretty(known.json);
    return status;
  }
  const std::string detail = operation.detail.empty()
                                 ? operation.kind + " " + operation.target + ": " + operation.state
                                 : operation.detail;
  if (status == ExitStatus::done) {
    command.out << printable(detail) << '\n';
  } else {
    complain(command, status, printable(detail));
  }
  if (!operation.undo.empty()) command.out << "undo: " << printable(operation.undo) << '\n';
  return status;
}

std::string poll_target(const Operation& operation, Duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return "/v1/operation/" + std::to_string(operation.id) + "?wait=" + std::to_string(seconds);
}

// Polls until the operation has ended, or until `end`.
ExitStatus follow(const Command& command, Known known, Clock::time_point end) {
  while (known.operation.state == "running") {
    const auto left = end - Clock::now();
    if (left <= Duration::zero()) return report_going_on(command, known);
    const Duration wait = std::min<Duration>(limits::cli_poll, left);
    const Duration patience = std::min<Duration>(wait + limits::cli_patience, left);
    const auto answer = command.agent.read(poll_target(known.operation, wait), patience);
    const bool no_answer = !answer && answer.error().obstacle == Obstacle::no_answer;
    if (no_answer && Clock::now() >= end) return report_going_on(command, known);
    auto next = read_operation(command, answer);
    if (!next) return next.error();
    known = std::move(*next);
    // An agent that answers before its time must not be asked in a tight loop.
    if (known.operation.state == "running") std::this_thread::sleep_for(limits::cli_poll_pause);
  }
  return report_end(command, known);
}

std::optional<long> parse_number(const std::string& text) {
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

ExitStatus show_one(const Command& command, const std::string& name) {
  const auto number = parse_number(name);
  if (!number) {
    return complain(command, ExitStatus::usage, "'" + printable(name) + "' is no operation number");
  }
  const auto known = read_operation(
      command,
      command.agent.read("/v1/operation/" + std::to_string(*number), limits::cli_patience));
  if (!known) return known.error();
  if (command.arguments.format == Format::json) {
    command.out << pretty(known->json);
    return ExitStatus::done;
  }
  command.out << operations_text(std::span(&known->operation, 1), command.arguments.legend);
  if (!known->operation.undo.empty()) {
    command.out << "undo: " << printable(known->operation.undo) << '\n';
  }
  return ExitStatus::done;
}

ExitStatus show_all(const Command& command) {
  const auto answer = command.agent.read("/v1/operation", limits::cli_patience);
  if (!answer) return report_unreachable(command, answer.error());
  if (exit_status_of(answer->status) != ExitStatus::done) return report_refusal(command, *answer);
  const auto operations = parse_operations(answer->body);
  if (!operations) return report_unreadable(command, operations.error());
  command.out << (command.arguments.format == Format::json
                      ? pretty(answer->body)
                      : operations_text(*operations, command.arguments.legend));
  return ExitStatus::done;
}

}  // namespace

ExitStatus start_operation(const Command& command, const Call& call) {
  const Arguments& arguments = command.arguments;
  if (arguments.dry_run) return report_dry_run(command, call);
  const auto begin = Clock::now();
  auto known = read_operation(command, command.agent.call(call, limits::cli_patience));
  if (!known) return known.error();
  if (std::holds_alternative<NotAtAll>(arguments.waiting)) return report_started(command, *known);
  const auto* at_most = std::get_if<AtMost>(&arguments.waiting);
  const auto end = at_most != nullptr ? begin + at_most->bound : Clock::time_point::max();
  return follow(command, std::move(*known), end);
}

ExitStatus show_operations(const Command& command) {
  const auto& operands = command.arguments.operands;
  return operands.size() > 1 ? show_one(command, operands[1]) : show_all(command);
}

ExitStatus restart_agent(const Command& command) {
  const Call call{.method = "POST", .target = "/v1/exec/agent/restart", .body = ""};
  if (command.arguments.dry_run) return report_dry_run(command, call);
  const auto answer = command.agent.call(call, limits::cli_patience);
  if (!answer) return report_unreachable(command, answer.error());
  if (exit_status_of(answer->status) != ExitStatus::done) return report_refusal(command, *answer);
  if (std::holds_alternative<NotAtAll>(command.arguments.waiting)) return ExitStatus::done;
  const auto* bound = std::get_if<AtMost>(&command.arguments.waiting);
  const auto end = Clock::now() + (bound != nullptr ? bound->bound : limits::cli_patience);
  const long former = pid_in(answer->body);
  while (Clock::now() < end) {
    // While one goes and the next one comes, there may be no answer.
    const auto status = command.agent.read("/v1/status", limits::cli_patience);
    const auto document = status ? parse_status(status->body) : failure(DocumentError{});
    if (document && document->pid != former) {
      command.out << "agent " << document->pid << " goes on, failoverd "
                  << printable(document->version) << '\n';
      return ExitStatus::done;
    }
    std::this_thread::sleep_for(limits::cli_poll_pause);
  }
  return complain(command, ExitStatus::timed_out,
                  "no other agent has answered; look at the log of failoverd");
}

}  // namespace failover::cli
