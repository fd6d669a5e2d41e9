#pragma once
// Names of what the configuration speaks of, as keys and as values: which ones there can be.

#include <optional>
#include <string>
#include <string_view>

#include "agent/config/schema.hpp"

namespace failover::config {

struct NameKind {
  std::string_view what;     // "interface name"
  std::size_t longest;       // bytes; none is empty
  std::string_view made_of;  // "letters, digits and '_'"
  bool (*fits)(std::string_view name);
  std::string_view pattern;  // the same as a regular expression
};

extern const NameKind interface_names;
extern const NameKind group_names;
extern const NameKind track_names;
extern const NameKind unit_names;  // of services
extern const NameKind user_names;

[[nodiscard]] bool is_name(std::string_view name, const NameKind& kind);
// "\"a b\" is no group name; accepted: ..."
[[nodiscard]] std::string refusal(std::string_view name, const NameKind& kind);
// Otherwise nothing, and an error.
[[nodiscard]] std::optional<std::string_view> name_in(const Value& value, const NameKind& kind);

// A reader for a member of the target, to be named in an array of Key.
template <auto Member, const NameKind& Kind, class Target>
void named(const Value& value, Target& target) {
  if (const auto found = name_in(value, Kind)) target.*Member = *found;
}

}  // namespace failover::config
