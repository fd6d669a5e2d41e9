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

const Json& field(const Json& object, std::string_view name) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(std::string(name));
  return found == object.end() ? nothing : *found;
}

std::string text(const Json& object, std::string_view name) {
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

Record read_record(const Json& value) {
  Record record;
  if (value.is_structured()) {
    for (const auto& [name, element] : value.items()) {
      if (value.is_object()) record.names.push_back(name);
      record.elements.push_back(read_record(element));
    }
  } else if (!value.is_null()) {
    record.text = as_text(value);
  }
  return record;
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
          .role = text(override, "role"),
          .owner = text(override, "owner"),
          .reason = text(override, "reason"),
          .until = parse_time(text(override, "until"))};
}

Track read_track(const Json& track) {
  return {.name = text(track, "name"),
          .type = text(track, "type"),
          .state = text(track, "state"),
          .what = text(track, "what")};
}

Group read_group(const Json& group) {
  return {.name = text(group, "name"),
          .role = text(group, "role"),
          .status = text(group, "status"),
          .since = parse_time(text(group, "since")),
          .demotion = whole(group, "demotion"),
          .overrides = list(group, "overrides", read_override),
          .tracks = list(group, "tracks", read_track),
          .routers = list(group, "routers", read_router),
          .problems = list(group, "problems", as_text)};
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

Result<Record, DocumentError> parse_record(std::string_view json) {
  const Json document = parse(json);
  if (document.is_discarded()) return failure(DocumentError{"the answer is no JSON"});
  return read_record(document);
}

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
  if (revision.is_number()) {
    const Json& saved = field(document, "saved");
    status.revision = Revision{.number = whole(document, "revision"),
                               .saved = !saved.is_boolean() || saved.get<bool>(),
                               .confirm_until = parse_time(text(document, "confirm_until"))};
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

std::string pretty_list(std::string_view json, std::string_view list,
                        std::span<const std::string_view> fields,
                        std::span<const std::string> names) {
  Json document = parse(json);
  Json kept = Json::array();
  for (const auto& element : document.is_array() ? document : field(document, list)) {
    const auto is_named = [&](std::string_view name) {
      return std::ranges::find(names, text(element, name)) != names.end();
    };
    if (std::ranges::any_of(fields, is_named)) kept.push_back(element);
  }
  if (document.is_array()) return indented(kept);
  document[std::string(list)] = std::move(kept);
  return indented(document);
}

std::string pretty_groups(std::string_view json, std::span<const std::string> names) {
  constexpr std::string_view named_by = "name";
  return pretty_list(json, "groups", std::span(&named_by, 1), names);
}

std::string json_value(std::string_view written) {
  const Json value = parse(written);
  return (value.is_discarded() ? Json(written) : value)
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<std::string> json_at(std::string_view json, std::span<const std::string> path) {
  Json value = parse(json);
  for (const std::string& name : path) {
    if (!value.is_object() || !value.contains(name)) return std::nullopt;
    value = Json(value[name]);
  }
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string bare_text(std::string_view json) {
  const Json value = parse(json);
  if (value.is_string()) return value.get<std::string>() + "\n";
  return indented(value);
}

std::string nested_body(std::span<const std::string> path, std::string_view json) {
  Json body = parse(json);
  for (auto name = path.rbegin(); name != path.rend(); ++name) body = Json{{*name, body}};
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string file_body(std::string_view name) {
  return Json{{"file", name}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string lint_body(const std::optional<std::string>& ours,
                      const std::optional<std::string>& theirs) {
  Json body = Json::object();
  if (ours) body["toml"] = *ours;
  if (theirs) body["peer"] = *theirs;
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string apply_body(const ApplyWish& wish) {
  Json body = Json::object();
  if (wish.confirm) body["confirm"] = *wish.confirm;
  if (wish.gate) body["gate"] = *wish.gate;
  if (wish.reason) body["reason"] = *wish.reason;
  return body.empty() ? "" : body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string rollback_body(std::optional<unsigned long> revision,
                          const std::optional<std::string>& reason) {
  Json body = Json::object();
  if (revision) body["revision"] = *revision;
  if (reason) body["reason"] = *reason;
  return body.empty() ? "" : body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string wish_body(const Wish& wish) {
  Json body = Json::object();
  if (wish.role) body["role"] = *wish.role;
  if (wish.lasting) body["for_s"] = wish.lasting->count();
  if (wish.force) body["force"] = true;
  if (wish.reason) body["reason"] = *wish.reason;
  return body.empty() ? "" : body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string dry_run_document(std::string_view method, std::string_view target,
                             std::string_view body) {
  Json document{{"schema", "failover.dry-run.v1"}, {"method", method}, {"path", target}};
  // What is no JSON goes as it is, and the agent would say what is wrong with it.
  const Json content = parse(body);
  document["body"] = body.empty() ? Json() : content.is_discarded() ? Json(body) : content;
  return indented(document);
}

std::string where_document(const Whereabouts& whereabouts) {
  Json document{{"schema", "failover.where.v1"}, {"address", whereabouts.address},
                {"group", whereabouts.group},    {"router", whereabouts.router},
                {"role", whereabouts.role},      {"peer", nullptr}};
  if (!whereabouts.peer.empty()) document["peer"] = whereabouts.peer;
  return indented(document);
}

std::string version_document(std::string_view ours, const std::optional<std::string>& theirs) {
  Json document{{"failoverctl", ours}, {"failoverd", nullptr}};
  if (theirs) document["failoverd"] = *theirs;
  return indented(document);
}

}  // namespace failover::cli
