#include "agent/control/openapi.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "agent/config/schema_description.hpp"
#include "agent/control/answers.hpp"
#include "agent/control/openapi_schemas.hpp"
#include "agent/control/routes.hpp"
#include "agent/version.hpp"

namespace failover::control {
namespace {

using Json = nlohmann::ordered_json;
using config::Description;
using config::Kind;

constexpr std::string_view configuration_path = "/v1/config";
constexpr std::string_view places_below = "{...}";

// A place of the configuration as a path: those of the tables, and one for the other keys of each.
struct Place {
  std::string path;    // "/interface/{interface}/carp"
  std::string schema;  // what of the whole it is, as a $ref; empty: one of several keys
  std::vector<std::string> keys = {};  // which
};

std::string component(std::string_view name) { return "#/components/schemas/" + std::string(name); }

// The name of a placeholder is that of the table that it is an entry of.
std::string placeholder_below(const std::string& path) {
  return "{" + path.substr(path.rfind('/') + 1) + "}";
}

void add_places(const Description& table, const Place& place, std::vector<Place>& places) {
  places.push_back(place);
  Place others{.path = place.path + "/{key}", .schema = {}};
  for (const Description& member : table.members) {
    const Place below{.path = place.path + '/' + member.name,
                      .schema = place.schema + "/properties/" + member.name};
    if (member.is(Kind::table))
      add_places(member, below, places);
    else
      others.keys.push_back(member.name);
  }
  if (!others.keys.empty()) places.push_back(others);
  if (table.entry != nullptr)
    add_places(*table.entry,
               {.path = place.path + '/' + placeholder_below(place.path),
                .schema = place.schema + "/additionalProperties"},
               places);
}

Json reference(std::string_view to) { return {{"$ref", to}}; }

Json content(std::string_view type, Json schema) {
  return {{std::string(type), {{"schema", std::move(schema)}}}};
}

// Of a document by its name; at a place of the configuration those that are of it.
Json schema_of_document(std::string_view name, const Place& place) {
  if (name != "Value") return reference(component(name));
  return place.schema.empty() ? Json::object() : reference(place.schema);
}

// Where there is a choice of views, what may stand there instead of what does.
Json schema_of_answer(const Route& route, const Place& place) {
  Json schema = schema_of_document(route.answer, place);
  if (std::ranges::count(route.query, "view") == 0 || schema.empty()) return schema;
  return {{"anyOf", {std::move(schema), reference(component("Node"))}}};
}

std::string_view title_of(unsigned status) {
  switch (status) {
    case 200: return "Done";
    case 201: return "Added";
    case 202: return "Begun";
    case 400: return "The request is not understood";
    case 404: return "There is none";
    case 409: return "It does not go together with what is under way, or is there";
    case 412: return "The configuration has changed meanwhile";
    case 422: return "What it would make of the configuration is not right";
    case 503: return "Not now";
    case 507: return "The disk refused it";
    default: return "Refused";
  }
}

Json answer_to(const Route& route, unsigned status, const Place& place) {
  Json answer{{"description", title_of(status)}};
  const bool is_problem = status >= 300 && route.answer != "Health";
  answer["content"] =
      is_problem ? content("application/problem+json", reference(component("Problem")))
      : route.answer == "Events" ? content("application/x-ndjson", reference(component("Event")))
                                 : content("application/json", schema_of_answer(route, place));
  if (status == 200 && std::ranges::count(route.query, "format") > 0)
    answer["content"].update(content("application/toml", {{"type", "string"}}));
  if (status == 202 && route.answer == "Operation")
    answer["headers"]["Location"] = {{"description", "Its path"}, {"schema", {{"type", "string"}}}};
  return answer;
}

Json answers_to(const Route& route, const Place& place) {
  Json answers;
  for (const unsigned status : route.statuses)
    if (status != 0) answers[std::to_string(status)] = answer_to(route, status, place);
  answers["default"] = {
      {"description", "What HTTP itself, or the way in, refuses"},
      {"content", content("application/problem+json", reference(component("Problem")))}};
  return answers;
}

Json body_of(const Route& route, const Place& place) {
  Json body{{"content", content("application/json", schema_of_document(route.body, place))}};
  if (route.path == "/v1/candidate")
    body["content"].update(content("application/toml", {{"type", "string"}}));
  return body;
}

Json path_parameters(const Place& place, std::string_view path) {
  Json parameters = Json::array();
  for (const std::string& name : segments(std::string(path))) {
    if (!name.starts_with('{')) continue;
    Json parameter{{"name", name.substr(1, name.size() - 2)},
                   {"in", "path"},
                   {"required", true},
                   {"schema", {{"type", "string"}}}};
    if (name == "{key}") parameter["schema"]["enum"] = place.keys;
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

std::string operation_id(const Route& route, std::string_view path) {
  std::string id;
  for (const char letter : route.method) id += static_cast<char>(letter - 'A' + 'a');
  for (const std::string& name : segments(std::string(path)))
    for (std::size_t i = 0; i < name.size(); ++i) {
      if (i == 0) id += '_';
      if (name[i] != '{' && name[i] != '}') id += name[i] == '.' ? '_' : name[i];
    }
  return id;
}

void add_route(const Route& route, const std::string& path, const Place& place, Json& paths) {
  Json operation{{"operationId", operation_id(route, path)}, {"summary", route.says}};
  Json parameters = path_parameters(place, path);
  for (const std::string_view key : route.query)
    if (!key.empty()) parameters.push_back(query_parameter(key));
  const bool may_be_stale = std::ranges::count(route.statuses, 412U) > 0;
  if (may_be_stale)
    parameters.push_back({{"name", "If-Match"},
                          {"in", "header"},
                          {"description", "The revision that is changed, as ETag told it"},
                          {"schema", {{"type", "string"}}}});
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
  if (!route.body.empty()) operation["requestBody"] = body_of(route, place);
  operation["responses"] = answers_to(route, place);
  std::string method(route.method);
  for (char& letter : method) letter = static_cast<char>(letter - 'A' + 'a');
  paths[path][method] = std::move(operation);
}

Json paths_of_api() {
  std::vector<Place> places;
  add_places(config::configuration_schema(), {.path = "", .schema = component("Configuration")},
             places);
  Json paths;
  for (const Route& route : routes()) {
    if (!route.path.ends_with(places_below)) {
      add_route(route, std::string(route.path), places.front(), paths);
      continue;
    }
    for (const Place& place : places)
      if (!place.path.empty())
        add_route(route, std::string(configuration_path) + place.path, place, paths);
  }
  return paths;
}

std::string made() {
  return Json{{"openapi", "3.0.3"},
              {"info",
               {{"title", "failoverd"},
                {"version", program_version},
                {"description", "HTTP over a Unix socket; see failover-api(7)."}}},
              {"servers", Json::array({{{"url", "http://localhost"}}})},
              {"paths", paths_of_api()},
              {"components", {{"schemas", document_schemas()}}}}
      .dump(2);
}

}  // namespace

std::string openapi_text() {
  static const std::string text = made();
  return text;
}

}  // namespace failover::control
