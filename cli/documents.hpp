#pragma once
// The agent's JSON documents as values, and the few that are sent to it. Pure.
//
// A field that is absent, or null, reads as empty: an older agent may not have it. What is not
// JSON, or another document than the one asked for, is an error in words.

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/durations.hpp"
#include "protocol/result.hpp"

namespace failover::cli {

struct DocumentError {
  std::string text;
};

struct Peer {
  std::string address;
  std::string state;                                    // "active", "leaving", "silent"
  std::optional<std::chrono::milliseconds> last_heard;  // ago
};

struct Router {
  std::string name;
  std::string interface;
  std::string waiting_for;  // "link", "carrier", ...; empty: for nothing
  std::vector<std::string> addresses;
  std::optional<double> interval_s;
  std::vector<Peer> peers;
  std::vector<std::string> problems;
};

struct Override {
  std::string kind;
  std::string owner;
  std::string reason;
  std::optional<WallTime> until;
};

struct Group {
  std::string name;
  std::string role;
  std::string status;
  std::optional<WallTime> since;
  long demotion = 0;
  std::vector<Override> overrides;
  std::vector<Router> routers;
};

struct Revision {
  long number = 0;
  std::string state;  // "confirmed"
};

struct StatusDocument {
  std::string node;
  std::string version;
  long pid = 0;  // the agent's; 0: an older one, which does not say
  std::optional<WallTime> generated_at;
  std::chrono::milliseconds uptime{0};
  std::optional<bool> healthy;
  std::optional<Revision> revision;
  std::vector<Group> groups;
  std::vector<std::string> problems;
};

struct Operation {
  long id = 0;
  std::string kind;
  std::string target;
  std::string state;  // "running", "done", "failed"
  std::string code;
  int exit = 0;
  std::string detail;
  std::string undo;
};

// The agent's process id in {"pid": N}; 0 when there is none.
[[nodiscard]] long pid_in(std::string_view json);

struct ProblemText {
  std::string title;
  std::string detail;
  std::string hint;
};

[[nodiscard]] Result<StatusDocument, DocumentError> parse_status(std::string_view json);
[[nodiscard]] Result<Operation, DocumentError> parse_operation(std::string_view json);
// A list of operations, or {"operations": [...]}.
[[nodiscard]] Result<std::vector<Operation>, DocumentError> parse_operations(std::string_view json);
// Nothing when it is no problem document.
[[nodiscard]] std::optional<ProblemText> parse_problem(std::string_view json);

// The same document, indented, its fields in their order; the text itself when it is not JSON.
[[nodiscard]] std::string pretty(std::string_view json);
// A status document with the named groups only, indented.
[[nodiscard]] std::string pretty_groups(std::string_view json, std::span<const std::string> names);

// {"reason": TEXT}, or nothing at all.
[[nodiscard]] std::string reason_body(const std::optional<std::string>& reason);
// {"failoverctl": OURS, "failoverd": THEIRS or null}, indented.
[[nodiscard]] std::string version_document(std::string_view ours,
                                           const std::optional<std::string>& theirs);

}  // namespace failover::cli
