#include "agent/config/group_keys.hpp"

#include "agent/config/hook_keys.hpp"
#include "agent/config/names.hpp"
#include "agent/config/nearest.hpp"
#include "agent/config/track_keys.hpp"
#include "netlink/route_words.hpp"
#include "protocol/limits.hpp"

namespace failover::config {
namespace {

constexpr DurationRange preempt_delays{.shortest = 0s, .longest = limits::preempt_delay_longest};
constexpr DurationRange start_delays{.shortest = 0s, .longest = limits::start_delay_longest};
constexpr DurationRange damping_windows{.shortest = limits::damping_window_shortest,
                                        .longest = limits::damping_window_longest};

constexpr std::array group_modes{
    Word<GroupMode>{"hot", GroupMode::hot}, Word<GroupMode>{"warm", GroupMode::warm},
    Word<GroupMode>{"cold", GroupMode::cold}, Word<GroupMode>{"none", GroupMode::none}};

// A line that a terminal can show.
bool is_line(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest && std::ranges::none_of(text, [](char letter) {
    return static_cast<unsigned char>(letter) < ' ' || letter == 0x7f;
  });
}

std::optional<std::string_view> line_in(const Value& value, std::size_t longest) {
  const auto accepted = "1.." + std::to_string(longest) + " bytes without control characters";
  const auto text = text_in(value, accepted);
  if (!text || is_line(*text, longest)) return text;
  value.reject(in_quotes(*text) + " cannot be used; accepted: " + accepted);
  return std::nullopt;
}

void read_description(const Value& value, GroupSettings& group) {
  if (const auto line = line_in(value, limits::group_description_bytes)) group.description = *line;
}

constexpr std::array damping_keys{
    Key<DampingSettings>{"moves", whole<&DampingSettings::moves, 0, limits::damping_moves_most>,
                         "How many unplanned moves there may be within the window; 0: no damping."},
    Key<DampingSettings>{"window", duration<&DampingSettings::window, damping_windows>,
                         "The time in which moves are counted."},
};

void read_damping(const Value& value, GroupSettings& group) {
  read_members(value, Section{damping_keys, group.damping});
}

// Strings, each once; `element` says which ones are right.
template <class Element>
void read_strings(const Value& value, std::size_t most, std::string_view what,
                  std::vector<std::string>& strings, const Element& element) {
  const auto* const array = array_in(value, "strings");
  if (value.describing != nullptr) (void)element(described_element(value));
  if (array == nullptr || exceeds(value, array->size(), most, what)) return;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const KeyPath path(value.path, i);
    const Value each{(*array)[i], path, value.errors};
    const std::optional<std::string_view> text = element(each);
    if (!text) continue;
    if (std::ranges::count(strings, *text) > 0)
      each.reject(in_quotes(*text) + " is named twice");
    else
      strings.emplace_back(*text);
  }
}

void read_follow(const Value& value, GroupSettings& group) {
  read_strings(value, limits::follow_per_group, "units", group.follow,
               [](const Value& unit) { return name_in(unit, unit_names); });
}

// The words of a route or of a rule; otherwise nothing, and an error.
template <auto parse>
std::optional<std::string_view> check_words(const Value& value) {
  const auto words = line_in(value, limits::route_words_bytes);
  if (!words) return std::nullopt;
  const auto parsed = parse(*words);
  if (parsed) return words;
  const netlink::WordError& error = parsed.error();
  const auto guess = nearest(error.unknown, error.known);
  value.reject(error.text + (guess ? "; did you mean " + in_quotes(*guess) + "?" : ""));
  return std::nullopt;
}

void read_routes(const Value& value, GroupSettings& group) {
  read_strings(value, limits::routes_per_group, "routes", group.routes,
               check_words<netlink::parse_route>);
}

void read_rules(const Value& value, GroupSettings& group) {
  read_strings(value, limits::rules_per_group, "rules", group.rules,
               check_words<netlink::parse_rule>);
}

constexpr std::array keys{
    Key<GroupSettings>{"damping", read_damping,
                       "After too many moves the group does not preempt for a while."},
    Key<GroupSettings>{"description", read_description, "For people."},
    Key<GroupSettings>{"follow", read_follow,
                       "Services that are started and stopped with the role."},
    Key<GroupSettings>{"hooks", read_hooks, "Commands that are run when the group moves."},
    Key<GroupSettings>{"mode", word<&GroupSettings::mode, group_modes>,
                       "How ready a backup keeps itself."},
    Key<GroupSettings>{"preempt", truth<&GroupSettings::preempt>,
                       "Whether the group takes over from an active one that is worse."},
    Key<GroupSettings>{"preempt_delay", duration<&GroupSettings::preempt_delay, preempt_delays>,
                       "Do not preempt before the node has been able to take over for so long."},
    Key<GroupSettings>{"routes", read_routes,
                       "Routes that come and go with the role, in the words of ip-route(8)."},
    Key<GroupSettings>{"rules", read_rules,
                       "Rules that come and go with the role, in the words of ip-rule(8)."},
    Key<GroupSettings>{"start_delay", duration<&GroupSettings::start_delay, start_delays>,
                       "Stay backup for so long after the start, whoever is active."},
    Key<GroupSettings>{"track", read_tracks, "What the group depends on, by name."},
};

}  // namespace

std::span<const Key<GroupSettings>> group_keys() { return keys; }

std::vector<PlacedGroup> read_groups(const Value& value) {
  const auto* const table = table_in(value);
  if (value.describing != nullptr) {
    GroupSettings blank;
    read_members(described_entry(value, group_names.what, group_names.pattern),
                 Section{keys, blank});
  }
  if (table == nullptr) return {};
  std::vector<PlacedGroup> groups;
  for (const Member& member : *table) {
    const KeyPath path(value.path, member.name);
    if (!is_name(member.name, group_names))
      value.errors.add(member.place, path.text(), refusal(member.name, group_names));
    GroupSettings settings{.name = member.name};
    read_members(Value{member.node, path, value.errors}, Section{keys, settings});
    groups.push_back({.settings = std::move(settings), .member = &member});
  }
  return groups;
}

}  // namespace failover::config
