#include "cli/status_reading.hpp"

#include <algorithm>

#include "cli/nearest.hpp"
#include "protocol/limits.hpp"

namespace failover::cli {

Result<ReadStatus, ExitStatus> read_status(const Command& command) {
  auto answer = command.agent.read("/v1/status", limits::cli_patience);
  if (!answer) return failure(report_unreachable(command, answer.error()));
  if (exit_status_of(answer->status) != ExitStatus::done) {
    return failure(report_refusal(command, *answer));
  }
  auto document = parse_status(answer->body);
  if (!document) return failure(report_unreadable(command, document.error()));
  return ReadStatus{std::move(answer->body), std::move(*document)};
}

const Group* find_group(const StatusDocument& status, std::string_view name) {
  const auto found = std::ranges::find(status.groups, name, &Group::name);
  return found == status.groups.end() ? nullptr : &*found;
}

ExitStatus report_unknown_group(const Command& command, std::string_view name,
                                const StatusDocument& status) {
  std::vector<std::string_view> names;
  for (const auto& group : status.groups) names.push_back(group.name);
  return complain(command, ExitStatus::no_such_object,
                  "no group '" + printable(name) + "'" + printable(did_you_mean(name, names)));
}

Place find_address(const StatusDocument& status, const IpAddress& address) {
  const auto is_it = [&](const std::string& written) {
    const auto prefix = Prefix::parse(written);
    return prefix && prefix->address() == address;
  };
  Place found;
  for (const auto& group : status.groups) {
    for (const auto& router : group.routers) {
      if (!std::ranges::any_of(router.addresses, is_it)) continue;
      if (found.group == nullptr || group.role == "active") found = {&group, &router};
    }
  }
  return found;
}

ExitStatus report_unknown_address(const Command& command, const IpAddress& address) {
  return complain(command, ExitStatus::no_such_object,
                  "no group has the address " + address.text() + "; see failoverctl show ip");
}

}  // namespace failover::cli
