#include "cli/overrides.hpp"

#include <array>

#include "cli/operations.hpp"
#include "cli/status_reading.hpp"

namespace failover::cli {
namespace {

// "/v1/exec/group/web/drain", or "/v1/exec/agent/drain" without a group. An empty name, such as
// that of a variable which a script forgot to set, is a group's and not all groups'.
Call call_for(const Command& command, const std::optional<std::string>& group, const Wish& wish) {
  const std::string of = group ? "group/" + percent_encoded(*group) : "agent";
  return {.method = "POST",
          .target = "/v1/exec/" + of + "/" + std::string(entry_of(command.arguments.verb).name),
          .body = wish_body(wish)};
}

// The second operand of hold. Other programs, and their users, say "master".
Result<std::string_view, UsageError> parse_role(const Command& command) {
  static constexpr std::array<std::string_view, 3> words{"active", "backup", "master"};
  auto word = resolve("role", command.arguments.operands[1], words, command.abbreviations);
  if (word && *word == "master") return "active";
  return word;
}

}  // namespace

ExitStatus act(const Command& command) {
  const Arguments& arguments = command.arguments;
  Wish wish{.lasting = arguments.lasting, .force = arguments.force, .reason = arguments.reason};
  if (arguments.verb == Verb::hold) {
    const auto role = parse_role(command);
    if (!role) return complain(command, ExitStatus::usage, printable(role.error().text));
    wish.role = *role;
  }
  std::optional<std::string> group;
  if (!arguments.operands.empty()) group = arguments.operands.front();
  return start_operation(command, call_for(command, group, wish));
}

ExitStatus announce(const Command& command) {
  const Wish wish{.reason = command.arguments.reason};
  const std::string& name = command.arguments.operands.front();
  const auto address = IpAddress::parse(name);
  if (!address) return start_operation(command, call_for(command, name, wish));
  const auto status = read_status(command);
  if (!status) return status.error();
  const Place place = find_address(status->document, *address);
  if (place.group == nullptr) return report_unknown_address(command, *address);
  return start_operation(command, call_for(command, place.group->name, wish));
}

}  // namespace failover::cli
