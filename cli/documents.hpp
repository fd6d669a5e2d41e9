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

// A value as text, for what is only shown (record.hpp). A scalar has its text: null and what is
// absent none, booleans "true" and "false". A list has elements; those of an object have names.
struct Record {
  std::string text;
  std::vector<std::string> names;
  std::vector<Record> elements;
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
  std::string role;  // of a hold: "active" or "backup"
  std::string owner;
  std::string reason;
  std::optional<WallTime> until;
};

struct Track {
  std::string name;
  std::string type;   // "link", "http", ...
  std::string state;  // "up", "down", "unknown"
  std::string what;   // "eth2", a URL, ...
};

struct Group {
  std::string name;
  std::string role;
  std::string status;
  std::optional<WallTime> since;
  long demotion = 0;
  std::vector<Override> overrides;
  std::vector<Track> tracks;
  std::vector<Router> routers;
  std::vector<std::string> problems;
};

struct Revision {
  long number = 0;
  bool saved = true;                           // the file says the same
  std::optional<WallTime> confirm_until = {};  // else it is rolled back
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

[[nodiscard]] Result<Record, DocumentError> parse_record(std::string_view json);
[[nodiscard]] Result<StatusDocument, DocumentError> parse_status(std::string_view json);
[[nodiscard]] Result<Operation, DocumentError> parse_operation(std::string_view json);
// A list of operations, or {"operations": [...]}.
[[nodiscard]] Result<std::vector<Operation>, DocumentError> parse_operations(std::string_view json);
// Nothing when it is no problem document.
[[nodiscard]] std::optional<ProblemText> parse_problem(std::string_view json);

// The same document, indented, its fields in their order; the text itself when it is not JSON.
[[nodiscard]] std::string pretty(std::string_view json);
// The document with those elements of its list only that have one of the names in one of the
// fields, indented.
[[nodiscard]] std::string pretty_list(std::string_view json, std::string_view list,
                                      std::span<const std::string_view> fields,
                                      std::span<const std::string> names);
// A status document with the named groups only, indented.
[[nodiscard]] std::string pretty_groups(std::string_view json, std::span<const std::string> names);

// What a request for an operation says; what is not set is left out.
struct Wish {
  std::optional<std::string_view> role = {};  // "active" or "backup"
  std::optional<std::chrono::seconds> lasting = {};
  bool force = false;
  std::optional<std::string> reason = {};
};
// What a value of the configuration is as JSON: the text itself where it is JSON, else a string.
[[nodiscard]] std::string json_value(std::string_view written);
// What is at that path of a document, as JSON.
[[nodiscard]] std::optional<std::string> json_at(std::string_view json,
                                                 std::span<const std::string> path);
// A scalar as people read it, without quotes; anything else indented. With an end of line.
[[nodiscard]] std::string bare_text(std::string_view json);
// {"a": {"b": VALUE}} of the path a.b.
[[nodiscard]] std::string nested_body(std::span<const std::string> path, std::string_view json);
// {"file": NAME}
[[nodiscard]] std::string file_body(std::string_view name);
// {"toml": OURS, "peer": THEIRS}, as far as there are any.
[[nodiscard]] std::string lint_body(const std::optional<std::string>& ours,
                                    const std::optional<std::string>& theirs);
struct ApplyWish {
  std::optional<std::string> confirm = {};  // a duration
  std::optional<std::string> gate = {};
  std::optional<std::string> reason = {};
};
[[nodiscard]] std::string apply_body(const ApplyWish& wish);
[[nodiscard]] std::string rollback_body(std::optional<unsigned long> revision,
                                        const std::optional<std::string>& reason);
// The wish as JSON, or nothing at all when it says nothing.
[[nodiscard]] std::string wish_body(const Wish& wish);
// {"schema": ..., "method": METHOD, "path": TARGET, "body": BODY or null}, indented.
[[nodiscard]] std::string dry_run_document(std::string_view method, std::string_view target,
                                           std::string_view body);
// Who answers for an address, as far as it is known here.
struct Whereabouts {
  std::string address;
  std::string group;
  std::string router;
  std::string role;  // of the group on this node
  std::string peer;  // that says it is active; empty: none
};
[[nodiscard]] std::string where_document(const Whereabouts& whereabouts);
// {"failoverctl": OURS, "failoverd": THEIRS or null}, indented.
[[nodiscard]] std::string version_document(std::string_view ours,
                                           const std::optional<std::string>& theirs);

}  // namespace failover::cli
