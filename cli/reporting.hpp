#pragma once
// What every verb has in hand, and how failures are told: on standard error, what is wrong first,
// the way out behind it.

#include <iosfwd>
#include <string_view>

#include "cli/agent_access.hpp"
#include "cli/arguments.hpp"
#include "cli/documents.hpp"
#include "cli/exit_status.hpp"

namespace failover::cli {

// Lives in run(); everything it refers to does too.
struct Command {
  const Arguments& arguments;
  const AgentAccess& agent;
  Abbreviations abbreviations;
  Terminal terminal;
  Colour colour;
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
};

// "failoverctl: TEXT" on standard error.
ExitStatus complain(const Command& command, ExitStatus status, std::string_view text);
ExitStatus report_unreachable(const Command& command, const Unreachable& unreachable);
// An answer other than 2xx: its problem text, or its number when it has none.
ExitStatus report_refusal(const Command& command, const Answer& answer);
// Of --dry-run: the request that would go to the agent.
ExitStatus report_dry_run(const Command& command, const Call& call);
ExitStatus report_unreadable(const Command& command, const DocumentError& error);

}  // namespace failover::cli
