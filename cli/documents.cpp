#include "cli/documents.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/text.hpp"

namespace failover::cli {
namespace {

using Json = nlohmann::ordered_json;  // keeps the order of the fields for those who read them

// Deeper than any document of the agent's: printing one takes stack for each level.
constexpr int deepest = 64;

// Discarded when it is no JSON, or nested too deeply.
Json parse(std::string_view text) {
  bool too_deep = false;
  const auto watch = [&](int depth, Json::parse_event_t, const Json&) {
    too_deep = too_deep || depth > deepest;
    return !too_deep;
  };
  Json document = Json::parse(text, watch, false);
  return too_deep ? Json(Json::value_t::discarded) : document;
}

std::string indented(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

const Json& field(const Json& object, const char* name) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

std::string text(const Json& object, const char* name) {
  const Json& value = field(object, name);
  return value.is_string() ? value.get<std::string>() : "";
}

std::optional<double> number(const Json& object, const char* name) {
  const Json& value = field(object, name);
  if (!value.is_number()) return std::nullopt;
  return value.get<double>();
}

long whole(const Json& object, const char* name) {
  const Json& value = field(object, name);
  return value.is_number_integer() ? value.get<long>() : 0;
}

// The elements of a list, each read by `read`; what is no list is empty.
template <class Read>
auto list(const Json& object, const char* name, Read read) {
  std::vector<decltype(read(object))> elements;
  const Json& value = field(object, name);
  if (value.is_array()) {
    for (const auto& element : value) elements.push_back(read(element));
  }
  return elements;
}

std::string as_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// A document may hold any number; what is longer than 30,000 years is shown as so long.
std::chrono::milliseconds milliseconds_of(double count) {
  constexpr double most = 1e15;
  return std::chrono::milliseconds(static_cast<long long>(std::clamp(count, -most, most)));
}

Peer read_peer(const Json& peer) {
  Peer read{.address = text(peer, "address"), .state = text(peer, "state"), .last_heard = {}};
  if (const auto ago = number(peer, "last_heard_ms")) {
    read.last_heard = milliseconds_of(*ago);
  }
  return read;
}

Router read_router(const Json& router) {
  return {.name = text(router, "name"),
          .interface = text(router, "interface"),
          .waiting_for = text(router, "waiting_for"),
          .addresses = list(router, "addresses", as_text),
          .interval_s = number(field(router, "rank"), "interval_s"),
          .peers = list(router, "peers", read_peer),
          .problems = list(router, "problems", as_text)};
}

Override read_override(const Json& override) {
  return {.kind = text(override, "kind"),
          .owner = text(override, "owner"),
          .reason = text(override, "reason"),
          .until = parse_time(text(override, "until"))};
}

Group read_group(const Json& group) {
  return {.name = text(group, "name"),
          .role = text(group, "role"),
          .status = text(group, "status"),
          .since = parse_time(text(group, "since")),
          .demotion = whole(group, "demotion"),
          .overrides = list(group, "overrides", read_override),
          .routers = list(group, "routers", read_router)};
}

Operation read_operation(const Json& operation) {
  return {.id = whole(operation, "id"),
          .kind = text(operation, "kind"),
          .target = text(operation, "target"),
          .state = text(operation, "state"),
          .code = text(operation, "code"),
          .exit = static_cast<int>(whole(operation, "exit")),
          .detail = text(operation, "detail"),
          .undo = text(operation, "undo")};
}

bool is_operation(const Json& document) {
  return field(document, "id").is_number_integer() && field(document, "state").is_string();
}

}  // namespace

Result<StatusDocument, DocumentError> parse_status(std::string_view json) {
  constexpr std::string_view known = "failover.status.v1";
  const Json document = parse(json);
  const std::string schema = text(document, "schema");
  if (schema != known) {
    return failure(DocumentError{schema.empty()
                                     ? "the answer is not a status document"
                                     : "the agent's status document is " + printable(schema) +
                                           ", this program knows " + std::string(known)});
  }
  StatusDocument status{.node = text(document, "node"),
                        .version = text(document, "version"),
                        .pid = whole(document, "pid"),
                        .generated_at = parse_time(text(document, "generated_at")),
                        .uptime = {},
                        .healthy = {},
                        .revision = {},
                        .groups = list(document, "groups", read_group),
                        .problems = list(document, "problems", as_text)};
  status.uptime = milliseconds_of(number(document, "uptime_s").value_or(0) * 1000);
  const Json& healthy = field(document, "healthy");
  if (healthy.is_boolean()) status.healthy = healthy.get<bool>();
  const Json& revision = field(document, "revision");
  if (revision.is_object()) {
    status.revision = Revision{whole(revision, "number"), text(revision, "state")};
  }
  return status;
}

long pid_in(std::string_view json) { return whole(parse(json), "pid"); }

Result<Operation, DocumentError> parse_operation(std::string_view json) {
  const Json document = parse(json);
  if (!is_operation(document)) {
    return failure(DocumentError{"the answer is not an operation document"});
  }
  return read_operation(document);
}

Result<std::vector<Operation>, DocumentError> parse_operations(std::string_view json) {
  const Json document = parse(json);
  const Json& all = document.is_array() ? document : field(document, "operations");
  if (!all.is_array() || !std::ranges::all_of(all, is_operation)) {
    return failure(DocumentError{"the answer is not a list of operations"});
  }
  std::vector<Operation> operations;
  for (const auto& operation : all) operations.push_back(read_operation(operation));
  return operations;
}

std::optional<ProblemText> parse_problem(std::string_view json) {
  const Json document = parse(json);
  if (!field(document, "title").is_string()) return std::nullopt;
  return ProblemText{text(document, "title"), text(document, "detail"), text(document, "hint")};
}

std::string pretty(std::string_view json) {
  const Json document = parse(json);
  return document.is_discarded() ? std::string(json) : indented(document);
}

std::string pretty_groups(std::string_view json, std::span<const std::string> names) {
  Json document = parse(json);
  Json groups = Json::array();
  for (const auto& group : field(document, "groups")) {
    if (std::ranges::find(names, text(group, "name")) != names.end()) groups.push_back(group);
  }
  document["groups"] = std::move(groups);
  return indented(document);
}

std::string reason_body(const std::optional<std::string>& reason) {
  if (!reason) return "";
  const Json body{{"reason", *reason}};
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string version_document(std::string_view ours, const std::optional<std::string>& theirs) {
  Json document{{"failoverctl", ours}, {"failoverd", nullptr}};
  if (theirs) document["failoverd"] = *theirs;
  return indented(document);
}

}  // namespace failover::cli
