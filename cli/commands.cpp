#include "cli/commands.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iostream>

#include "cli/status_reading.hpp"
#include "protocol/limits.hpp"

namespace failover::cli {
namespace {

// What `-d` means: the text itself, a file, or standard input. At most one byte more than the agent
// takes, so that the agent says what the bound is.
Result<std::string, std::string> load_data(const Command& command) {
  const std::string data = command.arguments.data.value_or("");
  if (!data.starts_with('@')) return data;
  std::ifstream file;
  if (data != "@-") {
    file.open(data.substr(1), std::ios::binary);
    if (!file) return failure("cannot read " + data.substr(1));
  }
  std::istream& input = data == "@-" ? command.in : file;
  std::string text(limits::api_body_bytes + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (input.bad()) return failure("cannot read " + data.substr(1));
  text.resize(static_cast<std::size_t>(input.gcount()));
  return text;
}

std::optional<std::string> wrong_with(const Call& call) {
  const auto visible = [](unsigned char c) { return c > ' ' && c < 0x7f; };
  const auto letter = [](unsigned char c) { return c >= 'A' && c <= 'Z'; };
  if (call.method.empty() || !std::ranges::all_of(call.method, letter)) {
    return "'" + printable(call.method) + "' is no method; use GET, POST, PUT, PATCH or DELETE";
  }
  if (!call.target.starts_with('/') || !std::ranges::all_of(call.target, visible)) {
    return "'" + printable(call.target) +
           "' is no path; it begins with / and has its blanks as %20";
  }
  return std::nullopt;
}

}  // namespace

ExitStatus show_status(const Command& command) {
  auto status = read_status(command);
  if (!status) return status.error();
  const auto& names = command.arguments.operands;
  for (const auto& name : names) {
    if (find_group(status->document, name) == nullptr) {
      return report_unknown_group(command, name, status->document);
    }
  }
  if (command.arguments.format == Format::json) {
    command.out << (names.empty() ? pretty(status->json) : pretty_groups(status->json, names));
    return ExitStatus::done;
  }
  if (!names.empty()) {
    std::erase_if(status->document.groups, [&](const Group& group) {
      return std::ranges::find(names, group.name) == names.end();
    });
  }
  command.out << status_text(status->document, command.arguments.legend, command.colour);
  return ExitStatus::done;
}

ExitStatus is_active(const Command& command) {
  const auto status = read_status(command);
  if (!status) return status.error();
  const std::string& name = command.arguments.operands.front();
  const Group* group = find_group(status->document, name);
  if (group == nullptr) return report_unknown_group(command, name, status->document);
  if (command.arguments.format == Format::json) {
    command.out << pretty_groups(status->json, std::span(&name, 1));
  } else {
    command.out << printable(group->status) << '\n';
  }
  return group->role == "active" ? ExitStatus::done : ExitStatus::predicate_false;
}

ExitStatus is_healthy(const Command& command) {
  const auto status = read_status(command);
  if (!status) return status.error();
  const bool healthy = status->document.healthy.value_or(false);
  if (command.arguments.format == Format::json) {
    command.out << pretty(status->json);
  } else {
    command.out << (healthy ? "healthy\n" : "not healthy\n")
                << problems_text(status->document, command.colour);
  }
  return healthy ? ExitStatus::done : ExitStatus::predicate_false;
}

ExitStatus call_api(const Command& command) {
  Call call{
      .method = command.arguments.operands[0], .target = command.arguments.operands[1], .body = ""};
  std::ranges::transform(call.method, call.method.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (const auto wrong = wrong_with(call)) return complain(command, ExitStatus::usage, *wrong);
  auto data = load_data(command);
  if (!data) return complain(command, ExitStatus::usage, data.error());
  call.body = std::move(*data);
  if (command.arguments.dry_run) return report_dry_run(command, call);

  const auto answer = command.agent.call(call, limits::api_longest_wait + limits::cli_patience);
  if (!answer) return report_unreachable(command, answer.error());
  const ExitStatus exit = exit_status_of(answer->status);
  const bool told = exit != ExitStatus::done && parse_problem(answer->body).has_value();
  if (exit != ExitStatus::done) report_refusal(command, *answer);
  if (!told || command.arguments.format == Format::json) {
    const bool json = answer->content_type.find("json") != std::string::npos;
    command.out << (json && !answer->body.empty() ? pretty(answer->body) : answer->body);
  }
  return exit;
}

ExitStatus show_version(const Command& command, std::string_view own_version) {
  std::optional<std::string> agents;
  const auto answer = command.agent.read("/v1/status", limits::cli_patience);
  if (answer && exit_status_of(answer->status) == ExitStatus::done) {
    const auto status = parse_status(answer->body);
    if (status) agents = status->version;
  }
  if (command.arguments.format == Format::json) {
    command.out << version_document(own_version, agents);
    return ExitStatus::done;
  }
  command.out << "failoverctl " << own_version << '\n';
  if (agents) command.out << "failoverd " << printable(*agents) << '\n';
  return ExitStatus::done;
}

}  // namespace failover::cli
