#include "cli/show.hpp"

#include <algorithm>
#include <array>
#include <ostream>

#include "cli/changes.hpp"
#include "cli/nearest.hpp"
#include "cli/operations.hpp"
#include "cli/record_table.hpp"
#include "protocol/limits.hpp"

namespace failover::cli {
namespace {

constexpr std::array group_columns{
    Column{"GROUP", "name"},
    Column{"STATUS", "status"},
    Column{"REASON", "reason"},
    Column{"SINCE", "since", Shown::age},
    Column{"MODE", "mode"},
    Column{"DEMOTION", "demotion"},
    Column{"ROUTERS", "routers.name"},
    Column{"TRACKS", "tracks.name"},
    Column{"OVERRIDES", "overrides.kind"},
};
constexpr std::array router_columns{
    Column{"ROUTER", "name"},
    Column{"GROUP", "group"},
    Column{"STATE", "state"},
    Column{"REASON", "reason"},
    Column{"SINCE", "since", Shown::age},
    Column{"INTERVAL", "rank.interval_s"},
    Column{"ADDRESSES", "addresses"},
};
constexpr std::array ip_columns{
    Column{"ADDRESS", "address"}, Column{"GROUP", "group"},
    Column{"ROUTER", "router"},   Column{"INTERFACE", "interface"},
    Column{"ROLE", "role"},       Column{"HELD", "held", Shown::yes_or_no},
};
constexpr std::array track_columns{
    Column{"GROUP", "group"},
    Column{"TRACK", "name"},
    Column{"TYPE", "type"},
    Column{"STATE", "state"},
    Column{"SINCE", "since", Shown::age},
    Column{"DEMOTE", "demote"},
    Column{"CHANGES", "changes"},
    Column{"WHAT", "what"},
    Column{"DETAIL", "detail"},
};
constexpr std::array peer_columns{
    Column{"ROUTER", "router"},
    Column{"ADDRESS", "address"},
    Column{"MAC", "mac"},
    Column{"STATE", "state"},
    Column{"HEARD", "last_heard_ms", Shown::lasting},
};
constexpr std::array override_columns{
    Column{"GROUP", "group"}, Column{"KIND", "kind"},     Column{"ROLE", "role"},
    Column{"OWNER", "owner"}, Column{"REASON", "reason"}, Column{"LEFT", "until", Shown::left},
    Column{"UNDO", "undo"},
};
constexpr std::array interface_columns{
    Column{"INTERFACE", "name"}, Column{"STATE", "state"},     Column{"MAC", "mac"},
    Column{"SOURCE", "source"},  Column{"SOURCE6", "source6"},
};
constexpr std::array element_columns{
    Column{"ELEMENT", "name"}, Column{"KIND", "kind"},
    Column{"STATE", "state"},  Column{"SINCE", "since", Shown::age},
    Column{"WHY", "why"},
};

// One kind of thing that the agent has a list of. The agent finds some of them by name; of the
// others all are read, and those kept that have the name in one of two fields.
struct Kind {
  std::string_view name;
  std::string_view list;  // the document's field
  std::span<const Column> columns;
  std::array<std::string_view, 2> name_fields = {};
};
constexpr std::array kinds{
    Kind{"group", "groups", group_columns},
    Kind{"router", "routers", router_columns},
    Kind{"ip", "ips", ip_columns},
    Kind{"track", "tracks", track_columns, {"name", "group"}},
    Kind{"peer", "peers", peer_columns, {"address", "router"}},
    Kind{"override", "overrides", override_columns, {"group", "kind"}},
    Kind{"interface", "interfaces", interface_columns},
};

constexpr std::string_view operation = "operation";
constexpr std::string_view revision_noun = "revision";

bool by_agent(const Kind& kind) { return kind.name_fields.front().empty(); }

std::string target_of(const Kind& kind, const std::optional<std::string>& name) {
  const std::string target = "/v1/status/" + std::string(kind.name);
  return name && by_agent(kind) ? target + "/" + percent_encoded(*name) : target;
}

// Exits with 4 when there is none of that name.
ExitStatus report_unnamed(const Command& command, const Kind& kind, const std::string& name,
                          std::span<const Record> records) {
  std::vector<std::string> known;
  for (const auto& record : records) {
    for (const auto named_by : kind.name_fields) known.push_back(text_at(record, named_by));
  }
  const std::vector<std::string_view> names(known.begin(), known.end());
  return complain(command, ExitStatus::no_such_object,
                  "there is no " + std::string(kind.name) + " '" + printable(name) + "'" +
                      printable(did_you_mean(name, names)));
}

// A group that is shown alone has its elements behind it.
std::string elements_text(const Command& command, std::span<const Record> records, WallTime now) {
  if (records.size() != 1 || list_in(records.front(), "elements").empty()) return "";
  return "\n" + record_table(list_in(records.front(), "elements"), element_columns,
                             command.arguments.legend, now, command.colour);
}

ExitStatus show_kind(const Command& command, const Kind& kind,
                     const std::optional<std::string>& name) {
  const auto answer = command.agent.read(target_of(kind, name), limits::cli_patience);
  if (!answer) return report_unreachable(command, answer.error());
  if (exit_status_of(answer->status) != ExitStatus::done) return report_refusal(command, *answer);
  const auto document = parse_record(answer->body);
  if (!document) return report_unreadable(command, document.error());
  auto records = records_in(*document, kind.list);
  const bool filtered = name && !by_agent(kind);
  if (filtered) {
    const auto all = records;
    std::erase_if(records, [&](const Record& record) {
      return std::ranges::none_of(kind.name_fields, [&](std::string_view named_by) {
        return text_at(record, named_by) == *name;
      });
    });
    if (records.empty()) return report_unnamed(command, kind, *name, all);
  }
  if (command.arguments.format == Format::json) {
    command.out << (filtered ? pretty_list(answer->body, kind.list, kind.name_fields,
                                           std::span(&*name, 1))
                             : pretty(answer->body));
    return ExitStatus::done;
  }
  const WallTime now = time_of(*document);
  command.out << record_table(records, kind.columns, command.arguments.legend, now, command.colour);
  if (name) command.out << elements_text(command, records, now);
  return ExitStatus::done;
}

}  // namespace

std::vector<std::string_view> kinds_shown() {
  std::vector<std::string_view> names{operation, revision_noun};
  for (const auto& kind : kinds) names.push_back(kind.name);
  return names;
}

ExitStatus show(const Command& command) {
  const auto names = kinds_shown();
  const auto& operands = command.arguments.operands;
  const auto chosen = resolve("object", operands.front(), names, command.abbreviations);
  if (!chosen) return complain(command, ExitStatus::usage, printable(chosen.error().text));
  if (*chosen == operation) return show_operations(command);
  if (*chosen == revision_noun) return show_revisions(command);
  const auto name = operands.size() > 1 ? std::optional(operands[1]) : std::nullopt;
  return show_kind(command, *std::ranges::find(kinds, *chosen, &Kind::name), name);
}

}  // namespace failover::cli
