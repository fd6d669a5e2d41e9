#pragma once
// The agent's status, for the verbs that look something up in it.

#include <string>

#include "cli/reporting.hpp"
#include "protocol/address.hpp"

namespace failover::cli {

struct ReadStatus {
  std::string json;
  StatusDocument document;
};

// The agent's status, or the exit status after the failure has been told.
[[nodiscard]] Result<ReadStatus, ExitStatus> read_status(const Command& command);

// Nothing when there is none of that name.
[[nodiscard]] const Group* find_group(const StatusDocument& status, std::string_view name);
ExitStatus report_unknown_group(const Command& command, std::string_view name,
                                const StatusDocument& status);

// Where a failover IP is configured; both are null when it is nowhere. A link-local address may be
// on several interfaces: a group that is active here goes before the others.
struct Place {
  const Group* group = nullptr;
  const Router* router = nullptr;
};
[[nodiscard]] Place find_address(const StatusDocument& status, const IpAddress& address);
ExitStatus report_unknown_address(const Command& command, const IpAddress& address);

}  // namespace failover::cli
