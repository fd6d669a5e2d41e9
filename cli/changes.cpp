#include "cli/changes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <ostream>

#include "cli/asking.hpp"
#include "cli/record.hpp"
#include "cli/record_table.hpp"
#include "cli/value_path.hpp"
#include "protocol/limits.hpp"

namespace failover::cli {
namespace {

constexpr std::string_view candidate = "/v1/candidate";

constexpr std::array revision_columns{
    Column{"REVISION", "revision"}, Column{"AT", "at"},
    Column{"SOURCE", "source"},     Column{"OWNER", "owner"},
    Column{"CHANGES", "changes"},   Column{"IN FORCE", "in_force", Shown::yes_or_no},
    Column{"REASON", "reason"},
};

Result<Record, ExitStatus> ask_for_record(const Command& command, const std::string& target) {
  const auto body = ask(command, {.method = "GET", .target = target, .body = ""});
  if (!body) return failure(body.error());
  auto record = parse_record(*body);
  if (!record) return failure(report_unreadable(command, record.error()));
  return std::move(*record);
}

// Asks for what changes something; with --dry-run only tells what would be asked.
Result<std::string, ExitStatus> ask_to_change(const Command& command, const Call& call) {
  if (command.arguments.dry_run) return failure(report_dry_run(command, call));
  return ask(command, call);
}

bool has(const Record& record, std::string_view name) {
  return std::ranges::find(record.names, name) != record.names.end();
}

// "[a, b]", "{...}", or the scalar.
std::string shown(const Record& value) {
  if (!value.names.empty()) return "{...}";
  if (value.elements.empty()) return value.text;
  std::string list;
  for (const Record& element : value.elements) list += (list.empty() ? "" : ", ") + shown(element);
  return "[" + list + "]";
}

std::string value_of(const Record& change, std::string_view name) {
  return has(change, name) ? shown(field(change, name)) : "(not set)";
}

void tell_values(const Command& command, const Record& document) {
  const auto& changes = list_in(document, "changes");
  if (changes.empty()) command.out << "nothing changes\n";
  for (const Record& change : changes)
    command.out << printable(text_at(change, "path") + ": " + value_of(change, "before") + " -> " +
                             value_of(change, "after"))
                << '\n';
}

void tell_groups(const Command& command, const Record& document) {
  for (const Record& group : list_in(document, "groups")) {
    const std::string effect = text_at(group, "effect");
    if (effect == "unchanged") continue;
    const std::string why = text_at(group, "why");
    std::string line = "group " + text_at(group, "group") + ": " + effect;
    if (effect == "updated") line += " in place";
    if (!why.empty()) line += " (" + why + ")";
    if (effect == "moves" || effect == "removed") line += ", outage: " + text_at(group, "outage");
    command.out << printable(line) << '\n';
  }
}

void tell_way_back(const Command& command, const Record& document) {
  const std::string revision = text_at(document, "revision");
  const std::string previous = text_at(document, "previous");
  if (revision.empty() || revision == previous) return;
  const std::string until = text_at(document, "confirm_until");
  if (until.empty())
    command.out << "undo: failoverctl rollback " << printable(previous) << '\n';
  else
    command.out << "rolled back at " << printable(until)
                << " unless confirmed: failoverctl confirm\nundo: failoverctl rollback\n";
}

ExitStatus report_change(const Command& command, const Result<std::string, ExitStatus>& body) {
  const auto document = to_be_told(command, body);
  if (!document) return document.error();
  tell_values(command, *document);
  tell_groups(command, *document);
  tell_way_back(command, *document);
  return ExitStatus::done;
}

std::string query_of(const Command& command) {
  std::string query;
  if (command.arguments.dry_run) query += "?dry_run=true";
  if (command.arguments.reason)
    query += (query.empty() ? "?reason=" : "&reason=") + percent_encoded(*command.arguments.reason);
  return query;
}

// Whether somebody has a draft, or the exit status after the failure has been told.
Result<bool, ExitStatus> has_draft(const Command& command) {
  const auto pending = ask_for_record(command, "/v1/pending");
  if (!pending) return failure(pending.error());
  return text_at(*pending, "candidate") == "true";
}

// Nothing, or the exit status after the failure has been told.
std::optional<ExitStatus> draft_file(const Command& command,
                                     const std::optional<std::string>& name) {
  Call call{.method = "PUT", .target = std::string(candidate) + "?from=file", .body = ""};
  if (name) {
    auto text = text_of_file(command, *name);
    if (!text) return complain(command, ExitStatus::no_such_object, text.error());
    call = {.method = "PUT",
            .target = std::string(candidate),
            .body = std::move(*text),
            .content_type = "application/toml"};
  }
  const auto drafted = ask(command, call);
  return drafted ? std::nullopt : std::optional(drafted.error());
}

std::optional<std::string> file_named(const Command& command) {
  const auto& operands = command.arguments.operands;
  return operands.empty() ? std::nullopt : std::optional(operands.front());
}

ExitStatus refuse_over_draft(const Command& command) {
  return complain(command, ExitStatus::conflict,
                  "there is a draft already, which this would replace\n"
                  "look at it with: failoverctl plan; drop it with: failoverctl api DELETE "
                  "/v1/candidate");
}

ExitStatus drop_draft(const Command& command, ExitStatus status) {
  const auto dropped =
      ask(command, {.method = "DELETE", .target = std::string(candidate), .body = ""});
  return dropped ? status : dropped.error();
}

// As in a file, or with --json for programs.
ExitStatus show_configuration(const Command& command) {
  if (command.arguments.operands.size() > 1)
    return complain(command, ExitStatus::usage, "'config show' shows all of it; see 'get'");
  const bool json = command.arguments.format == Format::json;
  const std::string tree = command.arguments.candidate ? std::string(candidate) : "/v1/config";
  const std::string view = command.arguments.defaults ? "&view=defaults" : "";
  const auto body = ask(command, {.method = "GET",
                                  .target = tree + (json ? "?format=json" : "?format=toml") + view,
                                  .body = ""});
  if (!body) return body.error();
  command.out << (json ? pretty(*body) : *body);
  return ExitStatus::done;
}

ExitStatus show_plan(const Command& command) {
  return report_change(
      command,
      ask(command, {.method = "GET", .target = std::string(candidate) + "/plan", .body = ""}));
}

}  // namespace

ExitStatus read_value(const Command& command) {
  const auto path = parse_value_path(command.arguments.operands.front());
  if (!path) return complain(command, ExitStatus::usage, path.error());
  const bool drafted = command.arguments.candidate;
  const auto body =
      ask(command, {.method = "GET",
                    .target = drafted ? std::string(candidate)
                                      : "/v1/config" + target_of(*path) +
                                            (command.arguments.defaults ? "?view=defaults" : ""),
                    .body = ""});
  if (!body) return body.error();
  const auto value = drafted ? json_at(*body, *path) : std::optional(*body);
  if (!value)
    return complain(command, ExitStatus::no_such_object,
                    printable(command.arguments.operands.front()) + " is not set in the draft");
  command.out << (command.arguments.format == Format::json ? pretty(*value) : bare_text(*value));
  return ExitStatus::done;
}

ExitStatus change_value(const Command& command) {
  const auto& operands = command.arguments.operands;
  const auto path = parse_value_path(operands.front());
  if (!path) return complain(command, ExitStatus::usage, path.error());
  const bool removes = command.arguments.verb == Verb::unset;
  const std::string value = removes ? "null" : json_value(operands[1]);
  if (!command.arguments.candidate)
    return report_change(
        command, ask(command, {.method = removes ? "DELETE" : "PUT",
                               .target = "/v1/config" + target_of(*path) + query_of(command),
                               .body = removes ? "" : value}));
  const auto drafted = ask_to_change(
      command,
      {.method = "PATCH", .target = std::string(candidate), .body = nested_body(*path, value)});
  return drafted ? show_plan(command) : drafted.error();
}

ExitStatus manage_configuration(const Command& command) {
  static constexpr std::array<std::string_view, 2> actions{"show", "save"};
  const auto& operands = command.arguments.operands;
  const auto action = resolve("action", operands.front(), actions, command.abbreviations);
  if (!action) return complain(command, ExitStatus::usage, action.error().text);
  if (*action == "show") return show_configuration(command);
  if (command.arguments.candidate || command.arguments.defaults)
    return complain(command, ExitStatus::usage, "what is in force is saved; see 'apply'");
  const std::string file =
      operands.size() > 1 ? file_body(std::filesystem::absolute(operands[1]).string()) : "";
  const auto saved = to_be_told(
      command,
      ask_to_change(command, {.method = "POST", .target = "/v1/exec/agent/save", .body = file}));
  if (!saved) return saved.error();
  command.out << "saved to " << printable(text_at(*saved, "file")) << '\n';
  if (const std::string backup = text_at(*saved, "backup"); !backup.empty())
    command.out << "what was there: " << printable(backup) << '\n';
  return ExitStatus::done;
}

// Of a file, the draft is only there for the plan.
ExitStatus plan_change(const Command& command) {
  const auto file = file_named(command);
  if (!file) return show_plan(command);
  const auto drafted = has_draft(command);
  if (!drafted) return drafted.error();
  if (*drafted) return refuse_over_draft(command);
  if (const auto failed = draft_file(command, file)) return *failed;
  return drop_draft(command, show_plan(command));
}

// The file that is named; else the draft; else the file that the agent reads at a start.
ExitStatus apply_change(const Command& command) {
  const auto file = file_named(command);
  const auto drafted = has_draft(command);
  if (!drafted) return drafted.error();
  if (file && *drafted) return refuse_over_draft(command);
  const bool drafts = file || !*drafted;
  if (drafts)
    if (const auto failed = draft_file(command, file)) return *failed;
  const std::string wish = apply_body({.confirm = command.arguments.confirm,
                                       .gate = command.arguments.gate,
                                       .reason = command.arguments.reason});
  const ExitStatus status =
      command.arguments.dry_run
          ? show_plan(command)
          : report_change(command, ask(command, {.method = "POST",
                                                 .target = std::string(candidate) + "/apply",
                                                 .body = wish}));
  const bool stays = status == ExitStatus::done && !command.arguments.dry_run;
  return drafts && !stays ? drop_draft(command, status) : status;
}

ExitStatus confirm_change(const Command& command) {
  const auto document = to_be_told(
      command,
      ask_to_change(command,
                    {.method = "POST", .target = std::string(candidate) + "/confirm", .body = ""}));
  if (!document) return document.error();
  command.out << "revision " << printable(text_at(*document, "revision")) << " is confirmed\n";
  return ExitStatus::done;
}

ExitStatus roll_back(const Command& command) {
  std::optional<unsigned long> revision;
  if (const auto written = file_named(command)) {
    unsigned long number = 0;
    const auto [end, error] =
        std::from_chars(written->data(), written->data() + written->size(), number);
    if (error != std::errc{} || end != written->data() + written->size() || number == 0)
      return complain(command, ExitStatus::usage,
                      "'" + printable(*written) + "' is no revision; accepted: 1 and more");
    revision = number;
  }
  return report_change(
      command, ask_to_change(command, {.method = "POST",
                                       .target = std::string(candidate) + "/rollback",
                                       .body = rollback_body(revision, command.arguments.reason)}));
}

ExitStatus show_revisions(const Command& command) {
  const auto& operands = command.arguments.operands;
  const bool one = command.arguments.verb == Verb::show && operands.size() > 1;
  const auto document = to_be_told(
      command, ask(command, {.method = "GET",
                             .target = one ? "/v1/revisions/" + percent_encoded(operands[1])
                                           : "/v1/revisions",
                             .body = ""}));
  if (!document) return document.error();
  if (one) {
    const std::string reason = text_at(*document, "reason");
    command.out << printable("revision " + text_at(*document, "revision") + ", " +
                             text_at(*document, "at") + ", " + text_at(*document, "source") +
                             " by " + text_at(*document, "owner") +
                             (reason.empty() ? "" : ": " + reason))
                << '\n';
    tell_values(command, *document);
    return ExitStatus::done;
  }
  command.out << record_table(records_in(*document, "revisions"), revision_columns,
                              command.arguments.legend, {}, command.colour);
  return ExitStatus::done;
}

}  // namespace failover::cli
