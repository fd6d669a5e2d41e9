#include "cli/asking.hpp"

#include <fstream>
#include <istream>
#include <ostream>

#include "cli/record.hpp"
#include "protocol/limits.hpp"

namespace failover::cli {
namespace {

// All that is wrong with a configuration, a line each; of any other refusal its text.
ExitStatus report_refused_change(const Command& command, const Answer& answer) {
  const auto problem = parse_record(answer.body);
  if (!problem || list_in(*problem, "errors").empty()) return report_refusal(command, answer);
  for (const Record& error : list_in(*problem, "errors"))
    command.err << "failoverctl: " << printable(text_at(error, "text")) << '\n';
  return exit_status_of(answer.status);
}

}  // namespace

Result<std::string, ExitStatus> ask(const Command& command, const Call& call) {
  const auto answer = call.method == "GET" ? command.agent.read(call.target, limits::cli_patience)
                                           : command.agent.call(call, limits::cli_patience);
  if (!answer) return failure(report_unreachable(command, answer.error()));
  if (exit_status_of(answer->status) != ExitStatus::done)
    return failure(report_refused_change(command, *answer));
  return answer->body;
}

Result<Record, ExitStatus> to_be_told(const Command& command,
                                      const Result<std::string, ExitStatus>& body) {
  if (!body) return failure(body.error());
  if (command.arguments.format == Format::json) {
    command.out << pretty(*body);
    return failure(ExitStatus::done);
  }
  auto document = parse_record(*body);
  if (!document) return failure(report_unreadable(command, document.error()));
  return std::move(*document);
}

Result<std::string, std::string> text_of_file(const Command& command, const std::string& name) {
  std::ifstream file;
  if (name != "-") {
    file.open(name, std::ios::binary);
    if (!file) return failure("cannot read " + printable(name));
  }
  std::istream& input = name == "-" ? command.in : file;
  std::string text(limits::api_body_bytes + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (input.bad()) return failure("cannot read " + printable(name));
  text.resize(static_cast<std::size_t>(input.gcount()));
  return text;
}

}  // namespace failover::cli
