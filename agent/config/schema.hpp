#pragma once
// The building blocks of the schema. A table of the configuration is described by an array of Key:
// each has its name and the reader of its value, which knows what is accepted. Unknown keys,
// nearest names, ranges and the words of every message come from there and from the types of the
// Configuration, so that nothing is said twice.
//
// A reader that refuses a value says so to the ErrorList and leaves the target as it is. A
// configuration with one error is never handed out, so the rest can be read on with a stand-in.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "agent/config/error_list.hpp"
#include "agent/config/key_path.hpp"
#include "agent/config/tree.hpp"
#include "protocol/time.hpp"

namespace failover::config {

struct Description;

// A node of the tree with what it takes to complain about it. Lives as long as one call.
struct Value {
  const Node& node;
  const KeyPath& path;
  ErrorList& errors;
  // When set, there is no value: the readers note here what they would accept, and return nothing,
  // so that the description of the schema is made by what reads it.
  Description* describing = nullptr;

  // At the place of the value.
  void reject(std::string message) const;
  // "must be a string, not an integer; accepted: ..."
  void reject_type(std::string_view wanted, std::string_view accepted) const;
};

// Whether a table can be without the key.
enum class Presence : std::uint8_t {
  optional,
  required,
  either,  // one of the table's keys that have this is required
};

template <class Target>
struct Key {
  std::string_view name;
  void (*read)(const Value&, Target&);
  std::string_view says = {};  // a line for people
  Presence presence = Presence::optional;
};

struct DurationRange {
  Duration shortest;
  Duration longest;
  Duration step = 1ns;
  std::string_view word = {};      // also accepted; its reader looks for it first
  std::string_view accepted = {};  // how messages say all that; empty: made from the above
};

template <class Enumeration>
struct Word {
  std::string_view text;
  Enumeration meaning;
};

// Nothing, and an error, when the node is something else or out of range. `accepted` ends the
// message.
[[nodiscard]] const Table* table_in(const Value& value);
[[nodiscard]] const Array* array_in(const Value& value, std::string_view accepted);
[[nodiscard]] std::optional<std::string_view> text_in(const Value& value,
                                                      std::string_view accepted);
[[nodiscard]] std::optional<std::int64_t> integer_in(const Value& value, std::int64_t lowest,
                                                     std::int64_t highest);
[[nodiscard]] std::optional<bool> boolean_in(const Value& value);
[[nodiscard]] std::optional<Duration> duration_in(const Value& value, const DurationRange& range);
// 1 to `longest` bytes of ASCII that can be seen, no spaces.
[[nodiscard]] std::optional<std::string_view> name_in(const Value& value, std::size_t longest);
// The index of the word.
[[nodiscard]] std::optional<std::size_t> word_in(const Value& value,
                                                 std::span<const std::string_view> words);

// Whether there are more than `most`; then also an error: "17 peers; accepted: at most 16".
[[nodiscard]] bool exceeds(const Value& value, std::size_t count, std::size_t most,
                           std::string_view what);

// At the place of the name, with the nearest known one, or with all.
void reject_unknown_key(const Member& member, const Value& table,
                        std::span<const std::string_view> known);
// "a, b, c"
[[nodiscard]] std::string listed(std::span<const std::string_view> names);

// What follows is for a value that is being described, and does nothing for others.

// The value that the target has when the key is not written, as JSON.
void note_default(const Value& value, std::string json);
void note_secret(const Value& value);
// A regular expression (ECMA 262) that a text matches.
void note_pattern(const Value& value, std::string_view pattern);
// A table with any names of that kind. `what` is "group name".
[[nodiscard]] Value described_entry(const Value& table, std::string_view what,
                                    std::string_view pattern);
[[nodiscard]] Value described_element(const Value& array);
// The same member again when its name has been described before.
[[nodiscard]] Value described_member(const Value& table, std::string_view name,
                                     std::string_view says, Presence presence);

// The table's key is one of this type, which may require it.
void note_owner(const Value& table, std::string_view key, std::string_view type, Presence presence);

[[nodiscard]] inline std::string json_of(bool truth) { return truth ? "true" : "false"; }
[[nodiscard]] std::string json_of(Duration duration);

// Readers for a member of the target, to be named in an array of Key.
template <auto Member, class Target>
void number(const Value& value, Target& target) {
  using Number = std::remove_reference_t<decltype(target.*Member)>;
  if (const auto found = integer_in(value, Number::min, Number::max))
    target.*Member = *Number::from(*found);
  if (value.describing != nullptr) note_default(value, std::to_string((target.*Member).value()));
}

template <auto Member, std::int64_t Lowest, std::int64_t Highest, class Target>
void whole(const Value& value, Target& target) {
  using Number = std::remove_reference_t<decltype(target.*Member)>;
  if (const auto found = integer_in(value, Lowest, Highest))
    target.*Member = static_cast<Number>(*found);
  if (value.describing != nullptr) note_default(value, std::to_string(target.*Member));
}

template <auto Member, class Target>
void truth(const Value& value, Target& target) {
  using Truth = std::remove_reference_t<decltype(target.*Member)>;
  if (const auto found = boolean_in(value)) target.*Member = static_cast<Truth>(*found);
  if (value.describing != nullptr)
    note_default(value, json_of(target.*Member == static_cast<Truth>(true)));
}

template <auto Member, std::size_t Longest, class Target>
void name(const Value& value, Target& target) {
  if (const auto found = name_in(value, Longest)) target.*Member = *found;
}

template <auto Member, const DurationRange& Range, class Target>
void duration(const Value& value, Target& target) {
  if (const auto found = duration_in(value, Range)) target.*Member = *found;
  if constexpr (std::is_same_v<std::remove_reference_t<decltype(target.*Member)>, Duration>)
    if (value.describing != nullptr) note_default(value, json_of(target.*Member));
}

template <auto Member, const auto& Words, class Target>
void word(const Value& value, Target& target) {
  std::array<std::string_view, std::size(Words)> texts;
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = Words[i].text;
  if (const auto found = word_in(value, texts)) target.*Member = Words[*found].meaning;
  if (value.describing == nullptr) return;
  for (const auto& each : Words)
    if (each.meaning == target.*Member) note_default(value, in_quotes(each.text));
}

// Keys and the target that they are read into. A table may have several: what it shares with others
// of its kind, and its own.
template <class Target>
struct Section {
  std::span<const Key<Target>> keys;
  Target& target;
};
template <class Keys, class Target>
Section(const Keys&, Target&) -> Section<Target>;

// A key that its table's reader reads itself, with read_named(): what it may be depends on others.
// `Describe` reads any of what it may be.
template <auto Describe, class Target>
void read_apart(const Value& value, Target& target) {
  if (value.describing != nullptr) Describe(value, target);
}

// What a table has under a name. Nothing is read when it has none, or is no table.
template <class Reader>
void read_named(const Value& value, std::string_view name, const Reader& read) {
  const auto* const table = std::get_if<Table>(&value.node.value);
  const Member* const member = table == nullptr ? nullptr : find(*table, name);
  if (member != nullptr) read(Value{member->node, KeyPath(value.path, member->name), value.errors});
}

// False when no key has the member's name.
template <class Target>
bool read_member(const Member& member, const Value& table, const Section<Target>& section) {
  const auto key = std::ranges::find(section.keys, member.name, &Key<Target>::name);
  if (key == section.keys.end()) return false;
  key->read({member.node, KeyPath(table.path, member.name), table.errors}, section.target);
  return true;
}

template <class Target>
void describe_section(const Value& table, const Section<Target>& section) {
  for (const Key<Target>& key : section.keys)
    key.read(described_member(table, key.name, key.says, key.presence), section.target);
}

// Every member of a table by its key, in the order of their names.
template <class... Targets>
void read_members(const Value& value, const Section<Targets>&... sections) {
  const Table* const table = table_in(value);
  if (value.describing != nullptr) (describe_section(value, sections), ...);
  if (table == nullptr) return;
  for (const Member& member : *table) {
    if ((read_member(member, value, sections) || ...)) continue;
    std::vector<std::string_view> names;
    const auto add = [&names](const auto& key) { names.push_back(key.name); };
    (std::ranges::for_each(sections.keys, add), ...);
    std::ranges::sort(names);
    reject_unknown_key(member, value, names);
  }
}

}  // namespace failover::config
