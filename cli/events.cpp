#include "cli/events.hpp"

#include <algorithm>
#include <ostream>

#include "cli/record.hpp"
#include "protocol/limits.hpp"

namespace failover::cli {
namespace {

// "2026-11-20T09:00:00.000Z  group  web  ..."; a line that is no event is left as it is.
std::string event_text(const Command& command, std::string_view line, const Record& event) {
  if (command.arguments.format == Format::json || event.names.empty()) return std::string(line);
  std::string text = text_at(event, "at");
  for (const auto* part : {"kind", "text"}) {
    const std::string told = text_at(event, part);
    if (!told.empty()) text += (text.empty() ? "" : "  ") + told;
  }
  return text;
}

// What happened before `begin` is left out.
class Printer {
 public:
  Printer(const Command& command, std::optional<WallTime> begin)
      : command_(command), begin_(begin) {}

  void print(std::string_view line) const {
    if (line.empty()) return;
    const auto event = parse_record(line).value_or(Record{});
    const auto at = parse_time(text_at(event, "at"));
    if (begin_ && at && *at < *begin_) return;
    command_.out << printable(event_text(command_, line, event)) << '\n';
  }

 private:
  const Command& command_;
  std::optional<WallTime> begin_;
};

ExitStatus print_all(const Command& command, const Printer& printer) {
  const auto answer = command.agent.read("/v1/events", limits::cli_patience);
  if (!answer) return report_unreachable(command, answer.error());
  if (exit_status_of(answer->status) != ExitStatus::done) return report_refusal(command, *answer);
  std::string_view rest = answer->body;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    printer.print(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return ExitStatus::done;
}

ExitStatus follow(const Command& command, const Printer& printer) {
  const auto take = [&](std::string_view lines) {
    while (!lines.empty()) {
      const auto end = lines.find('\n');
      printer.print(lines.substr(0, end));
      lines.remove_prefix(end + 1);
    }
    command.out.flush();
    return command.out.good() ? Following::goes_on : Following::ends;
  };
  const auto answer = command.agent.follow("/v1/events?follow=1", take);
  if (!answer) return report_unreachable(command, answer.error());
  if (exit_status_of(answer->status) != ExitStatus::done) return report_refusal(command, *answer);
  return ExitStatus::done;
}

}  // namespace

ExitStatus show_events(const Command& command) {
  const Arguments& arguments = command.arguments;
  std::optional<WallTime> begin;
  if (arguments.since) {
    const auto now = std::chrono::system_clock::now();
    begin = std::chrono::floor<std::chrono::milliseconds>(now - *arguments.since);
  }
  const Printer printer(command, begin);
  return arguments.follow ? follow(command, printer) : print_all(command, printer);
}

}  // namespace failover::cli
