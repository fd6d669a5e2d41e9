#pragma once
// What the configuration can be, as data. It is made by the readers of the schema themselves, run
// without a value (Value::describing), so that it cannot say anything else than what is accepted.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/schema.hpp"

namespace failover::config {

enum class Kind : std::uint8_t { boolean, integer, string, duration, array, table };

// A place of the configuration. One that takes several kinds has what is said of each.
struct Description {
  std::string name = {};  // empty for the root, for entries and for elements
  std::string says = {};  // a line for people
  Presence presence = Presence::optional;
  std::vector<Kind> kinds = {};
  std::string accepted = {};               // as in messages
  std::optional<std::int64_t> least = {};  // of an integer
  std::optional<std::int64_t> most = {};   // of an integer
  std::optional<Duration> shortest = {};   // of a duration
  std::optional<Duration> longest = {};    // of a duration
  std::vector<std::string> words = {};     // of a string all; of a duration those besides
  std::string pattern = {};                // of a string: a regular expression; may be empty
  std::string default_json = {};           // empty: none, or one that depends on the machine
  bool is_secret = false;                  // never shown
  std::vector<std::string> types = {};     // of a track's key: the types that have it; empty: all
  std::vector<std::string> required_by = {};  // those of the types that need it
  std::vector<Description> members = {};      // of a table, those with known names
  std::unique_ptr<Description> entry = {};    // of a table whose names are free
  std::string entry_what = {};                // what those names are: "group name"
  std::string entry_pattern = {};             // a regular expression for them
  std::unique_ptr<Description> element = {};  // of an array

  [[nodiscard]] bool is(Kind kind) const;
};

// Made at the first call; every thread may ask.
[[nodiscard]] const Description& configuration_schema();

// What is at a path of names, or of an array the number of an element. Nothing when nothing can be.
[[nodiscard]] const Description* describe(const Description& root,
                                          std::span<const std::string_view> path);

// The names that a table can have, sorted; empty where they are free.
[[nodiscard]] std::vector<std::string> known_keys(const Description& table);

// All of it as a JSON Schema (2020-12). What depends on several keys is not said there.
[[nodiscard]] std::string json_schema_text();

}  // namespace failover::config
