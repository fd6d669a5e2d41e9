#include "cli/lint.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ostream>
#include <system_error>
#include <vector>

#include "cli/asking.hpp"
#include "cli/record.hpp"
#include "cli/record_table.hpp"
#include "protocol/limits.hpp"

namespace failover::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array columns{Column{"SEVERITY", "severity"}, Column{"RULE", "rule"},
                             Column{"PLACE", "place"}, Column{"FINDING", "message"},
                             Column{"BETTER", "hint"}};

std::optional<std::string> own_file(const Command& command) {
  const auto& operands = command.arguments.operands;
  return operands.empty() ? std::nullopt : std::optional(operands.front());
}

// Nothing where no file is named; the error is the exit status after the failure has been told.
Result<std::optional<std::string>, ExitStatus> text_of(const Command& command,
                                                       const std::optional<std::string>& file) {
  if (!file) return std::nullopt;
  auto text = text_of_file(command, *file);
  if (!text) return failure(complain(command, ExitStatus::no_such_object, text.error()));
  return std::move(*text);
}

// All that is wrong with the files, a line each, by the names that they have here.
ExitStatus report_invalid(const Command& command, const Answer& answer) {
  const auto problem = parse_record(answer.body);
  if (!problem || list_in(*problem, "errors").empty()) return report_refusal(command, answer);
  for (const Record& error : list_in(*problem, "errors")) {
    std::string text = text_at(error, "text");
    if (text.starts_with("toml:"))
      text.replace(0, 4, own_file(command).value_or("toml"));
    else if (text.starts_with("peer:"))
      text.replace(0, 4, command.arguments.peer.value_or("peer"));
    command.err << "failoverctl: " << printable(text) << '\n';
  }
  return exit_status_of(answer.status);
}

// What is in force is everybody's to look at; what is sent takes those who may write.
Result<std::string, ExitStatus> ask_for_findings(const Command& command) {
  const auto file = own_file(command);
  if (!file && !command.arguments.peer)
    return ask(command, {.method = "GET", .target = "/v1/lint", .body = ""});
  const auto ours = text_of(command, file);
  if (!ours) return failure(ours.error());
  const auto theirs = text_of(command, command.arguments.peer);
  if (!theirs) return failure(theirs.error());
  const auto answer = command.agent.call(
      {.method = "POST", .target = "/v1/lint", .body = lint_body(*ours, *theirs)},
      limits::cli_patience);
  if (!answer) return failure(report_unreachable(command, answer.error()));
  if (exit_status_of(answer->status) != ExitStatus::done)
    return failure(report_invalid(command, *answer));
  return answer->body;
}

// The exit status is that of `failoverd --lint`.
ExitStatus status_of(const Record& document) {
  for (const Record& finding : list_in(document, "findings"))
    if (text_at(finding, "severity") == "warning") return ExitStatus::predicate_false;
  return ExitStatus::done;
}

ExitStatus report_findings(const Command& command, const std::string& body) {
  const auto document = parse_record(body);
  if (!document) return report_unreadable(command, document.error());
  const auto& findings = list_in(*document, "findings");
  if (command.arguments.format == Format::json)
    command.out << pretty(body);
  else if (findings.empty())
    command.out << "nothing found\n";
  else
    command.out << record_table(findings, columns, command.arguments.legend, {}, command.colour);
  return status_of(*document);
}

// failoverd takes no "-".
std::string file_for_failoverd(const std::string& name) {
  return name == "-" ? "/dev/stdin" : name;
}

// Of a program that knows nothing of -q. Where it cannot be, there is more to read.
void silence_output() {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDOUT_FILENO);
}

// Goes on as failoverd, whose exit statuses are the same; returns only when that is not possible.
ExitStatus become_failoverd(const Command& command) {
  std::error_code unknown;
  const auto beside = failoverd_beside(fs::read_symlink("/proc/self/exe", unknown));
  std::vector<std::string> words{beside ? beside->string() : "failoverd", "--lint"};
  if (const auto file = own_file(command)) words.back() += "=" + file_for_failoverd(*file);
  if (const auto& peer = command.arguments.peer)
    words.push_back("--peer=" + file_for_failoverd(*peer));
  if (command.arguments.format == Format::json) words.emplace_back("--json");
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  command.out.flush();
  if (command.arguments.loudness == Loudness::quiet) silence_output();
  execvp(arguments.front(), arguments.data());
  return complain(command, ExitStatus::failed,
                  "cannot run " + words.front() + ": " + std::system_category().message(errno) +
                      "\ninstall failoverd, or ask an agent: failoverctl lint FILE");
}

}  // namespace

std::optional<fs::path> failoverd_beside(const fs::path& own_program) {
  const fs::path directory = own_program.parent_path();
  for (const auto* const place : {"failoverd", "../sbin/failoverd", "../agent/failoverd"}) {
    const fs::path program = (directory / place).lexically_normal();
    if (access(program.c_str(), X_OK) == 0) return program;
  }
  return std::nullopt;
}

ExitStatus lint(const Command& command) {
  if (command.arguments.off_box) return become_failoverd(command);
  const auto body = ask_for_findings(command);
  return body ? report_findings(command, *body) : body.error();
}

}  // namespace failover::cli
