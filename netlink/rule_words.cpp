#include <array>

#include "netlink/route_words.hpp"
#include "netlink/subnets.hpp"
#include "protocol/assert.hpp"

namespace failover::netlink {
namespace {

// While it is read: a rule, and whether it has what it needs.
struct Draft {
  WantedRule rule;
  std::optional<std::uint32_t> priority = {};
  bool acts = false;
};

// Host bits are the kernel's to refuse elsewhere; here it would cut them off without a word.
bool read_network(std::optional<Prefix>& into, std::string_view value) {
  if (value == "all") return true;
  const auto prefix = Prefix::parse(value);
  if (!prefix || network_of(*prefix) != *prefix) return false;
  into = *prefix;
  return true;
}

bool read_from(Draft& draft, std::string_view value) {
  return read_network(draft.rule.from, value);
}
bool read_to(Draft& draft, std::string_view value) { return read_network(draft.rule.to, value); }
bool read_incoming(Draft& draft, std::string_view value) {
  draft.rule.iif = value;
  return is_interface_name(value);
}
bool read_outgoing(Draft& draft, std::string_view value) {
  draft.rule.oif = value;
  return is_interface_name(value);
}
bool read_mark(Draft& draft, std::string_view value) {
  const auto slash = value.find('/');
  const auto mark = number_in(value.substr(0, slash));
  const auto mask =
      slash == std::string_view::npos ? 0xffffffff : number_in(value.substr(slash + 1));
  draft.rule.mark = {.value = mark.value_or(0), .mask = mask.value_or(0)};
  return mark && mask && *mask != 0 && (*mark & ~*mask) == 0;
}
bool read_table(Draft& draft, std::string_view value) {
  const auto table = table_in(value);
  draft.rule.table = table.value_or(main_table);
  draft.acts = true;
  return table.has_value();
}
bool read_priority(Draft& draft, std::string_view value) {
  draft.priority = number_in(value);
  return draft.priority.value_or(0) != 0;
}
template <RuleAction action>
bool read_action(Draft& draft, std::string_view) {
  draft.rule.action = action;
  return draft.acts = true;
}

using RuleWord = Keyword<Draft>;
using enum RuleWord::Takes;
constexpr std::string_view networks =
    "a network like \"203.0.113.0/24\" without bits beyond its length, an address, or \"all\"";
constexpr std::string_view interfaces = "an interface's name, 15 bytes at most";
constexpr std::string_view priorities = "1..4294967295; main is looked up at 32766";
constexpr std::array rule_keywords{
    RuleWord{"from", "source", value, read_from, networks},
    RuleWord{"to", "destination", value, read_to, networks},
    RuleWord{"iif", "incoming interface", value, read_incoming, interfaces},
    RuleWord{"dev", "incoming interface", value, read_incoming, interfaces},
    RuleWord{"oif", "outgoing interface", value, read_outgoing, interfaces},
    RuleWord{"fwmark", "mark", value, read_mark,
             "a mark like 0x1, or with its mask, 0x1/0xff; both 0..0xffffffff, the mark within the "
             "mask"},
    RuleWord{"table", "action", value, read_table, accepted_tables},
    RuleWord{"lookup", "action", value, read_table, accepted_tables},
    RuleWord{"blackhole", "action", nothing, read_action<RuleAction::blackhole>},
    RuleWord{"unreachable", "action", nothing, read_action<RuleAction::unreachable>},
    RuleWord{"prohibit", "action", nothing, read_action<RuleAction::prohibit>},
    RuleWord{"priority", "priority", value, read_priority, priorities},
    RuleWord{"pref", "priority", value, read_priority, priorities},
    RuleWord{"preference", "priority", value, read_priority, priorities},
    RuleWord{"order", "priority", value, read_priority, priorities},
};

std::optional<WordError> settle(Draft& draft, std::optional<Family> told) {
  WantedRule& rule = draft.rule;
  for (auto* const prefix : {&rule.from, &rule.to}) {
    if (!*prefix) continue;
    const Family family = (*prefix)->address().family();
    if (told.value_or(family) != family)
      return WordError{in_quotes((*prefix)->text()) +
                       " is of another family than the words before it; accepted: one family"};
    told = family;
    if ((*prefix)->length() == 0) prefix->reset();  // as "all", and as the kernel has it
  }
  rule.family = told.value_or(Family::ipv4);
  if (!draft.acts)
    return WordError{
        "the rule does not say what to do; accepted: table, lookup, blackhole, unreachable, "
        "prohibit"};
  if (!draft.priority)
    return WordError{"the rule has no priority; accepted: " + std::string(priorities)};
  rule.priority = *draft.priority;
  return std::nullopt;
}

std::string hexadecimal(std::uint32_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), digits[number & 15]);
    number >>= 4;
  } while (number != 0);
  return "0x" + text;
}

std::string action_text(const WantedRule& rule) {
  switch (rule.action) {
    case RuleAction::lookup: return "lookup " + table_text(rule.table);
    case RuleAction::blackhole: return "blackhole";
    case RuleAction::unreachable: return "unreachable";
    case RuleAction::prohibit: return "prohibit";
  }
  broken_promise();
}

}  // namespace

Result<WantedRule, WordError> parse_rule(std::string_view text) {
  Words words(text);
  const auto family = take_family(words);
  Draft draft;
  if (auto error = read_words<Draft>(words, rule_keywords, draft))
    return failure(std::move(*error));
  if (auto error = settle(draft, family)) return failure(std::move(*error));
  return draft.rule;
}

std::string text(const WantedRule& rule) {
  const bool tells_family = rule.from || rule.to || rule.family == Family::ipv4;
  std::string words = tells_family ? "" : "-6 ";
  words += "from " + (rule.from ? rule.from->text() : "all");
  if (rule.to) words += " to " + rule.to->text();
  if (!rule.iif.empty()) words += " iif " + rule.iif;
  if (!rule.oif.empty()) words += " oif " + rule.oif;
  if (rule.mark) {
    words += " fwmark " + hexadecimal(rule.mark->value);
    if (rule.mark->mask != 0xffffffff) words += "/" + hexadecimal(rule.mark->mask);
  }
  return words + " " + action_text(rule) + " priority " + std::to_string(rule.priority);
}

}  // namespace failover::netlink
