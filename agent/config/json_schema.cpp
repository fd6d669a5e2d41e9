#include <nlohmann/json.hpp>

#include "agent/config/schema_description.hpp"

namespace failover::config {
namespace {

using Json = nlohmann::ordered_json;

std::string_view json_type(Kind kind) {
  switch (kind) {
    case Kind::boolean: return "boolean";
    case Kind::integer: return "integer";
    case Kind::string:
    case Kind::duration: return "string";
    case Kind::array: return "array";
    case Kind::table: return "object";
  }
  return {};
}

Json schema_of(const Description& description);

Json required_keys(const Description& table) {
  Json keys = Json::array();
  for (const Description& member : table.members)
    if (member.presence == Presence::required) keys.push_back(member.name);
  return keys;
}

// One of those that can stand for each other, and no second one.
Json alternatives(const Description& table) {
  Json keys = Json::array();
  for (const Description& member : table.members)
    if (member.presence == Presence::either)
      keys.push_back({{"required", Json::array({member.name})}});
  return keys;
}

// What a type needs, and what it has not.
Json rule_of_type(const Description& table, const std::string& type) {
  Json required = Json::array();
  Json others = Json::object();
  for (const Description& member : table.members) {
    if (std::ranges::count(member.required_by, type) > 0) required.push_back(member.name);
    if (!member.types.empty() && std::ranges::count(member.types, type) == 0)
      others[member.name] = false;
  }
  return {{"if", {{"properties", {{"type", {{"const", type}}}}}, {"required", {"type"}}}},
          {"then", {{"required", required}, {"properties", others}}}};
}

Json rules_of_types(const Description& table) {
  Json rules = Json::array();
  const auto is_of_types = [](const Description& member) { return !member.types.empty(); };
  if (std::ranges::none_of(table.members, is_of_types)) return rules;
  const auto type = std::ranges::find(table.members, "type", &Description::name);
  for (const std::string& word : type->words) rules.push_back(rule_of_type(table, word));
  return rules;
}

void add_table(const Description& table, Json& schema) {
  for (const Description& member : table.members)
    schema["properties"][member.name] = schema_of(member);
  if (table.entry != nullptr)
    schema["patternProperties"][table.entry_pattern] = schema_of(*table.entry);
  schema["additionalProperties"] = false;
  if (auto keys = required_keys(table); !keys.empty()) schema["required"] = std::move(keys);
  if (auto keys = alternatives(table); !keys.empty()) schema["oneOf"] = std::move(keys);
  if (auto rules = rules_of_types(table); !rules.empty()) schema["allOf"] = std::move(rules);
}

Json schema_of(const Description& description) {
  Json schema = Json::object();
  std::vector<std::string_view> types;
  for (const Kind kind : description.kinds)
    if (std::ranges::find(types, json_type(kind)) == types.end()) types.push_back(json_type(kind));
  schema["type"] = types.size() == 1 ? Json(types.front()) : Json(types);
  std::string says = description.says;
  if (!description.accepted.empty())
    says += (says.empty() ? "Accepted: " : " Accepted: ") + description.accepted + ".";
  if (!says.empty()) schema["description"] = says;
  if (description.least) schema["minimum"] = *description.least;
  if (description.most) schema["maximum"] = *description.most;
  // The words of a duration stand beside what cannot be listed.
  if (!description.words.empty() && !description.is(Kind::duration))
    schema["enum"] = description.words;
  if (!description.pattern.empty()) schema["pattern"] = description.pattern;
  if (!description.default_json.empty()) schema["default"] = Json::parse(description.default_json);
  if (description.is_secret) schema["writeOnly"] = true;
  if (description.element != nullptr) schema["items"] = schema_of(*description.element);
  if (description.is(Kind::table)) add_table(description, schema);
  return schema;
}

}  // namespace

std::string json_schema_text() {
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "failover.toml"}};
  schema.update(schema_of(configuration_schema()));
  return schema.dump(2);
}

}  // namespace failover::config
