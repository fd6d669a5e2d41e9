#include "agent/control/openapi_schemas.hpp"

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>

#include "agent/config/schema_description.hpp"
#include "protocol/assert.hpp"
#include "protocol/limits.hpp"

namespace failover::control {
namespace {

using Json = nlohmann::ordered_json;
using Names = std::initializer_list<std::string_view>;

std::int64_t seconds_in(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

// Its fields may become more; these stay.
Json object_with(Names fields) {
  Json required = Json::array();
  for (const std::string_view field : fields) required.push_back(field);
  return {{"type", "object"}, {"required", required}};
}

// Its schema word is what scripts look at first.
Json document_with(std::string_view schema, Names fields) {
  Json document = object_with(fields);
  document["required"].insert(document["required"].begin(), "schema");
  document["properties"]["schema"] = {{"type", "string"}, {"enum", {schema}}};
  return document;
}

Json list_of(const std::string& field, std::string_view element) {
  Json list = object_with({field});
  list["properties"][field] = {
      {"type", "array"}, {"items", {{"$ref", "#/components/schemas/" + std::string(element)}}}};
  return list;
}

Json objects_of(std::string_view schema, const std::string& field, std::string_view element) {
  Json list = document_with(schema, {field});
  list["properties"].update(list_of(field, element)["properties"]);
  return list;
}

// A body: nothing but these keys.
Json body_with(Json keys, Names required) {
  Json body = object_with(required);
  if (body["required"].empty()) body.erase("required");
  body["properties"] = std::move(keys);
  body["additionalProperties"] = false;
  return body;
}

Json text_key() { return {{"type", "string"}}; }
Json reason_key() { return {{"type", "string"}, {"maxLength", limits::operation_reason_bytes}}; }
Json for_key() {
  return {{"type", "integer"},
          {"minimum", seconds_in(limits::override_shortest)},
          {"maximum", seconds_in(limits::override_longest)}};
}
Json word_key(Names words) {
  Json list = Json::array();
  for (const std::string_view word : words) list.push_back(word);
  return {{"type", "string"}, {"enum", std::move(list)}};
}

void add_bodies(Json& schemas) {
  const Json reason = reason_key();
  const Json force{{"type", "boolean"}};
  schemas["Reason"] = body_with({{"reason", reason}}, {});
  schemas["HandOver"] = body_with({{"reason", reason}, {"force", force}}, {});
  schemas["Drain"] =
      body_with({{"reason", reason}, {"force", force}, {"for_s", for_key()}}, {"for_s"});
  schemas["Hold"] = body_with({{"reason", reason},
                               {"force", force},
                               {"for_s", for_key()},
                               {"role", word_key({"active", "backup"})}},
                              {"for_s", "role"});
  schemas["Freeze"] = body_with({{"reason", reason}, {"for_s", for_key()}}, {"for_s"});
  schemas["Save"] = body_with({{"file", text_key()}}, {});
  schemas["Apply"] =
      body_with({{"reason", reason}, {"confirm", text_key()}, {"gate", word_key({"healthy"})}}, {});
  schemas["Rollback"] =
      body_with({{"reason", reason}, {"revision", {{"type", "integer"}, {"minimum", 1}}}}, {});
  schemas["Patch"] = {{"description", "RFC 7396: tables are merged, null removes."}};
  schemas["Addition"] = {{"type", "object"}};
  schemas["ToLint"] = body_with({{"toml", text_key()}, {"peer", text_key()}}, {});
}

void add_status(Json& schemas) {
  schemas["Status"] = document_with(
      "failover.status.v1",
      {"node", "version", "generated_at", "uptime_s", "pid", "parent", "restarts", "revision",
       "saved", "confirm_until", "healthy", "problems", "lateness", "groups", "interfaces"});
  schemas["Health"] = object_with({"healthy", "node", "version"});
  schemas["Groups"] = objects_of("failover.group.v1", "groups", "Group");
  schemas["Group"] = object_with({"name", "description", "role", "state", "status", "reason",
                                  "since", "mode", "demotion", "healthy", "problems", "overrides",
                                  "hooks", "elements", "tracks", "routers"});
  schemas["Elements"] = objects_of("failover.element.v1", "elements", "Element");
  schemas["Element"] = object_with({"name", "kind", "state", "since", "why"});
  schemas["Routers"] = objects_of("failover.router.v1", "routers", "Router");
  schemas["Router"] =
      object_with({"name", "interface", "protocol", "id", "state", "reason", "since", "waiting_for",
                   "addresses", "addresses_held", "mac", "authentication", "rank", "peers",
                   "two_active", "collision", "restored", "problems", "counters"});
  schemas["Ips"] = objects_of("failover.ip.v1", "ips", "Ip");
  schemas["Ip"] = object_with(
      {"address", "prefix", "group", "router", "interface", "held", "role", "advertised"});
  schemas["Tracks"] = objects_of("failover.track.v1", "tracks", "Track");
  schemas["Track"] = object_with(
      {"group", "name", "type", "state", "since", "changes", "demote", "what", "detail"});
  schemas["Peers"] = objects_of("failover.peer.v1", "peers", "Peer");
  schemas["Peer"] = object_with({"group", "router", "address", "mac", "state", "last_heard_ms"});
  schemas["Overrides"] = objects_of("failover.override.v1", "overrides", "Override");
  schemas["Override"] = object_with({"group", "kind", "undo"});
  schemas["Interfaces"] = objects_of("failover.interface.v1", "interfaces", "Interface");
  schemas["Interface"] = object_with(
      {"name", "index", "mac", "state", "source", "source6", "id_conflict", "counters"});
  schemas["Explanation"] =
      document_with("failover.explain.v1", {"group", "role", "status", "since", "reason", "why",
                                            "evidence", "rank", "peers", "would_change"});
  schemas["History"] = document_with("failover.history.v1", {"group", "transitions"});
  schemas["Event"] = object_with({"seq", "at", "kind", "text"});
}

void add_changes(Json& schemas) {
  schemas["Operations"] = list_of("operations", "Operation");
  schemas["Operation"] =
      object_with({"id", "kind", "target", "state", "code", "exit", "detail", "reason", "force",
                   "role", "until", "undo", "started", "ended", "uid", "pid"});
  schemas["Restart"] = object_with({"pid"});
  schemas["Saved"] = object_with({"file", "backup"});
  schemas["Change"] = document_with("failover.change.v1", {"revision", "previous", "changes",
                                                           "groups", "confirm_until", "saved"});
  schemas["Node"] = object_with({"accepted", "children", "default", "default_allowed",
                                 "delete_allowed", "is_default", "says", "type", "value"});
  schemas["Draft"] = object_with({"changes", "errors"});
  schemas["Pending"] = object_with({"candidate", "changes", "confirm", "saved"});
  schemas["Revisions"] = list_of("revisions", "RevisionLine");
  schemas["RevisionLine"] = object_with(
      {"revision", "at", "source", "owner", "reason", "changes", "in_force", "confirmed"});
  schemas["Revision"] = object_with({"revision", "at", "source", "owner", "reason", "changes",
                                     "in_force", "confirmed", "config"});
  schemas["Lint"] = objects_of("failover.lint.v1", "findings", "Finding");
  schemas["Finding"] = object_with({"rule", "name", "severity", "place", "message", "hint"});
  schemas["Schema"] = object_with({"$schema", "type", "properties"});
  schemas["OpenApi"] = object_with({"openapi", "info", "paths", "components"});
  schemas["Problem"] = object_with({"type", "title", "status", "code", "detail", "path", "hint"});
  schemas["Problem"]["properties"] = {
      {"type", text_key()},
      {"title", text_key()},
      {"status", {{"type", "integer"}}},
      {"code", text_key()},
      {"detail", text_key()},
      {"path", text_key()},
      {"hint", text_key()},
      {"errors", {{"type", "array"}, {"items", object_with({"key", "message", "text"})}}}};
}

Json in_dialect(Json schema);

// Several types become several schemas, each with all that is said: what is said of another type
// does not hinder.
void split_types(Json& schema) {
  Json choices = Json::array();
  for (const Json& type : schema["type"]) {
    Json choice{{"type", type}};
    if (type == "array" && schema.contains("items")) choice["items"] = schema["items"];
    choices.push_back(std::move(choice));
  }
  schema.erase("type");
  schema.erase("items");
  schema["anyOf"] = std::move(choices);
}

// OpenAPI 3.0 has one type for a schema, no rules for names, no "if" and no false.
Json in_dialect(Json schema) {
  if (schema.contains("properties"))
    for (Json& property : schema["properties"]) property = in_dialect(std::move(property));
  if (schema.contains("items")) schema["items"] = in_dialect(schema["items"]);
  if (schema.contains("patternProperties")) {
    schema["additionalProperties"] = in_dialect(schema["patternProperties"].front());
    schema.erase("patternProperties");
  }
  schema.erase("$schema");
  schema.erase("allOf");
  if (schema.contains("type") && schema["type"].is_array()) split_types(schema);
  return schema;
}

}  // namespace

Json document_schemas() {
  Json schemas;
  schemas["Configuration"] = in_dialect(Json::parse(config::json_schema_text()));
  add_status(schemas);
  add_changes(schemas);
  add_bodies(schemas);
  return schemas;
}

Json query_parameter(std::string_view key) {
  Json schema = text_key();
  if (key == "wait")
    schema = {
        {"type", "integer"}, {"minimum", 0}, {"maximum", seconds_in(limits::api_longest_wait)}};
  if (key == "since") schema = {{"type", "integer"}, {"minimum", 0}};
  if (key == "follow") schema = word_key({"0", "1"});
  if (key == "view") schema = word_key({"node", "defaults"});
  if (key == "format") schema = word_key({"json", "toml"});
  if (key == "dry_run") schema = word_key({"true"});
  if (key == "from") schema = word_key({"file"});
  if (key == "reason") schema = reason_key();
  return {{"name", key}, {"in", "query"}, {"schema", std::move(schema)}};
}

}  // namespace failover::control
