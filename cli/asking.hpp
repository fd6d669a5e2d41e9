#pragma once
// Asking the agent for a document, and telling at once when there is none.

#include <string>

#include "cli/reporting.hpp"

namespace failover::cli {

// The answer, or the exit status after the failure has been told.
[[nodiscard]] Result<std::string, ExitStatus> ask(const Command& command, const Call& call);
// The document, for its text. With --json it has been printed as it is, and that was all.
[[nodiscard]] Result<Record, ExitStatus> to_be_told(const Command& command,
                                                    const Result<std::string, ExitStatus>& body);
// A file as the agent is to have it; "-" is standard input. At most one byte more than it takes.
// The error is a sentence.
[[nodiscard]] Result<std::string, std::string> text_of_file(const Command& command,
                                                            const std::string& name);

}  // namespace failover::cli
