#include "agent/config/schema.hpp"

#include "agent/config/duration_text.hpp"
#include "agent/config/nearest.hpp"
#include "agent/config/schema_description.hpp"

namespace failover::config {
namespace {

std::string range_text(std::int64_t lowest, std::int64_t highest) {
  return std::to_string(lowest) + ".." + std::to_string(highest);
}

std::string range_text(const DurationRange& range) {
  if (!range.accepted.empty()) return std::string(range.accepted);
  std::string text = in_quotes(duration_text(range.shortest)) + ".." +
                     in_quotes(duration_text(range.longest)) + " (ms, s, m, h)";
  if (!range.word.empty()) text += ", " + in_quotes(range.word);
  return text;
}

std::string step_text(Duration step) {
  return step == 1s ? "a whole number of seconds"
                    : "a multiple of " + in_quotes(duration_text(step));
}

void note(const Value& value, Kind kind, std::string_view accepted) {
  Description& description = *value.describing;
  if (!description.is(kind)) description.kinds.push_back(kind);
  if (accepted.empty() || description.accepted.find(accepted) != std::string::npos) return;
  if (!description.accepted.empty()) description.accepted += "; or ";
  description.accepted += accepted;
}

// What is accepted in one case or another: the widest range.
template <class Bound>
void widen(std::optional<Bound>& least, std::optional<Bound>& most, Bound lowest, Bound highest) {
  least = std::min(least.value_or(lowest), lowest);
  most = std::max(most.value_or(highest), highest);
}

Value child(const Value& parent, Description& description) {
  return {parent.node, parent.path, parent.errors, &description};
}

}  // namespace

void Value::reject(std::string message) const {
  if (describing == nullptr) errors.add(node.place, path.text(), std::move(message));
}

void Value::reject_type(std::string_view wanted, std::string_view accepted) const {
  std::string message = "must be " + std::string(wanted) + ", not " + std::string(node.type_name());
  if (!accepted.empty()) message += "; accepted: " + std::string(accepted);
  reject(std::move(message));
}

const Table* table_in(const Value& value) {
  if (value.describing != nullptr) {
    note(value, Kind::table, {});
    return nullptr;
  }
  const auto* const table = std::get_if<Table>(&value.node.value);
  if (table == nullptr) value.reject_type("a table", {});
  return table;
}

const Array* array_in(const Value& value, std::string_view accepted) {
  if (value.describing != nullptr) {
    note(value, Kind::array, accepted);
    return nullptr;
  }
  const auto* const array = std::get_if<Array>(&value.node.value);
  if (array == nullptr) value.reject_type("an array", accepted);
  return array;
}

std::optional<std::string_view> text_in(const Value& value, std::string_view accepted) {
  if (value.describing != nullptr) {
    note(value, Kind::string, accepted);
    return std::nullopt;
  }
  if (const auto* const text = std::get_if<Secret>(&value.node.value)) return characters(*text);
  value.reject_type("a string", accepted);
  return std::nullopt;
}

std::optional<std::int64_t> integer_in(const Value& value, std::int64_t lowest,
                                       std::int64_t highest) {
  const auto accepted = range_text(lowest, highest);
  if (value.describing != nullptr) {
    note(value, Kind::integer, accepted);
    widen(value.describing->least, value.describing->most, lowest, highest);
    return std::nullopt;
  }
  const auto* const number = std::get_if<std::int64_t>(&value.node.value);
  if (number == nullptr) {
    value.reject_type("an integer", accepted);
    return std::nullopt;
  }
  if (*number >= lowest && *number <= highest) return *number;
  value.reject(std::to_string(*number) + " is out of range; accepted: " + accepted);
  return std::nullopt;
}

std::optional<bool> boolean_in(const Value& value) {
  if (value.describing != nullptr) {
    note(value, Kind::boolean, "true, false");
    return std::nullopt;
  }
  if (const auto* const truth = std::get_if<bool>(&value.node.value)) return *truth;
  value.reject_type("a boolean", "true, false");
  return std::nullopt;
}

std::optional<Duration> duration_in(const Value& value, const DurationRange& range) {
  const auto accepted = range_text(range);
  if (value.describing != nullptr) {
    note(value, Kind::duration, accepted);
    widen(value.describing->shortest, value.describing->longest, range.shortest, range.longest);
    if (!range.word.empty()) value.describing->words.emplace_back(range.word);
    return std::nullopt;
  }
  if (const auto* const number = std::get_if<std::int64_t>(&value.node.value)) {
    value.reject(std::to_string(*number) + " has no unit; accepted: " + accepted);
    return std::nullopt;
  }
  const auto text = text_in(value, accepted);
  if (!text) return std::nullopt;
  const auto duration = parse_duration(*text);
  if (!duration)
    value.reject(in_quotes(*text) + " is not a duration; accepted: " + accepted);
  else if (*duration < range.shortest || *duration > range.longest)
    value.reject(in_quotes(*text) + " is out of range; accepted: " + accepted);
  else if (*duration % range.step != Duration(0))
    value.reject(in_quotes(*text) + " is not " + step_text(range.step) + "; accepted: " + accepted);
  else
    return duration;
  return std::nullopt;
}

std::optional<std::string_view> name_in(const Value& value, std::size_t longest) {
  const auto accepted = "1.." + std::to_string(longest) + " printable characters without spaces";
  const auto text = text_in(value, accepted);
  if (!text) return std::nullopt;
  const auto visible = [](char letter) { return letter > ' ' && letter < 0x7f; };
  if (!text->empty() && text->size() <= longest && std::ranges::all_of(*text, visible)) return text;
  value.reject(in_quotes(*text) + " cannot be used; accepted: " + accepted);
  return std::nullopt;
}

std::optional<std::size_t> word_in(const Value& value, std::span<const std::string_view> words) {
  const auto accepted = listed(words);
  if (value.describing != nullptr) value.describing->words.assign(words.begin(), words.end());
  const auto text = text_in(value, accepted);
  if (!text) return std::nullopt;
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == *text) return i;
  std::string message = in_quotes(*text) + " is unknown; accepted: " + accepted;
  if (const auto near = nearest(*text, words))
    message += "; did you mean " + in_quotes(*near) + "?";
  value.reject(std::move(message));
  return std::nullopt;
}

void note_default(const Value& value, std::string json) {
  if (value.describing != nullptr) value.describing->default_json = std::move(json);
}

void note_secret(const Value& value) {
  if (value.describing != nullptr) value.describing->is_secret = true;
}

void note_pattern(const Value& value, std::string_view pattern) {
  if (value.describing != nullptr) value.describing->pattern = pattern;
}

Value described_entry(const Value& table, std::string_view what, std::string_view pattern) {
  note(table, Kind::table, {});
  Description& description = *table.describing;
  description.entry = std::make_unique<Description>();
  description.entry_what = what;
  description.entry_pattern = pattern;
  return child(table, *description.entry);
}

Value described_element(const Value& array) {
  note(array, Kind::array, {});
  array.describing->element = std::make_unique<Description>();
  return child(array, *array.describing->element);
}

Value described_member(const Value& table, std::string_view name, std::string_view says,
                       Presence presence) {
  note(table, Kind::table, {});
  auto& members = table.describing->members;
  auto known = std::ranges::find(members, name, &Description::name);
  if (known == members.end()) {
    members.push_back({.name = std::string(name), .says = std::string(says), .presence = presence});
    known = std::prev(members.end());
  }
  return child(table, *known);
}

void note_owner(const Value& table, std::string_view key, std::string_view type,
                Presence presence) {
  Description& member = *described_member(table, key, {}, Presence::optional).describing;
  member.types.emplace_back(type);
  if (presence == Presence::required) member.required_by.emplace_back(type);
}

std::string json_of(Duration duration) { return in_quotes(duration_text(duration)); }

bool exceeds(const Value& value, std::size_t count, std::size_t most, std::string_view what) {
  if (count <= most) return false;
  value.reject(std::to_string(count) + " " + std::string(what) + "; accepted: at most " +
               std::to_string(most));
  return true;
}

void reject_unknown_key(const Member& member, const Value& table,
                        std::span<const std::string_view> known) {
  std::string message = "unknown key " + in_quotes(member.name);
  if (const auto near = nearest(member.name, known))
    message += "; did you mean " + in_quotes(*near) + "?";
  else
    message += "; accepted: " + listed(known);
  table.errors.add(member.place, KeyPath(table.path, member.name).text(), std::move(message));
}

std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (const auto name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

}  // namespace failover::config
