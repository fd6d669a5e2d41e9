#include "cli/verbs.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "cli/nearest.hpp"
#include "protocol/assert.hpp"

namespace failover::cli {
namespace {

constexpr std::string_view waiting_help =
    "Waits until it is done unless --no-block is given. --wait=T waits at most T (30s, 2m) and\n"
    "exits with 7 then, while the operation goes on. --reason is kept with the change.\n";

constexpr std::array table{
    VerbEntry{Verb::status, "status", "[GROUP...]", 0, any_number,
              "one screen; the default when no verb is given",
              "GROUP     name of the failover group\n"
              "STATUS    Up (active), Ready (standby), Down, Held, Frozen\n"
              "SINCE     how long it has been so\n"
              "RANK      interval of the own adverts, the shorter wins; +N is the demotion\n"
              "PEERS     the other nodes, as far as their adverts show them\n"
              "ADDRESSES the failover IPs\n"
              "OVERRIDES what a person has asked for, until it ends\n"
              "Lines that begin with \"!\" name problems that need a person.\n"},
    VerbEntry{Verb::is_active, "is-active", "GROUP", 1, 1,
              "exit 0 when it is active here, 3 when not",
              "Prints the group's status unless -q is given.\n"},
    VerbEntry{Verb::show, "show", "operation [N]", 1, 2, "operations: what was asked, how it ended",
              ""},
    VerbEntry{Verb::switchover, "switchover", "GROUP", 1, 1,
              "hand over to a peer now; exit 5 when none claims it", waiting_help},
    VerbEntry{Verb::release, "release", "GROUP", 1, 1, "take part again after a switchover",
              waiting_help},
    VerbEntry{Verb::announce, "announce", "GROUP", 1, 1, "tell all neighbours again where it is",
              waiting_help},
    VerbEntry{
        Verb::agent, "agent", "restart", 1, 1, "the program on disk goes on, in the same role",
        "The agent is replaced by the program on disk, and so is its parent. Neither peers nor\n"
        "neighbours notice. Waits for the next agent unless --no-block is given.\n"},
    VerbEntry{Verb::api, "api", "METHOD PATH [-d JSON|@FILE]", 2, 2,
              "one HTTP request, its answer as it comes",
              "@- reads the data from standard input.\n"
              "Example: failoverctl api GET /v1/status\n"},
    VerbEntry{Verb::version, "version", "", 0, 0, "of failoverctl and, if it answers, of failoverd",
              ""},
    VerbEntry{Verb::help, "help", "[VERB]", 0, 1, "this text, or that of a verb", ""},
};

std::string listed(std::span<const std::string_view> words) {
  std::string list;
  for (const auto word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  return list;
}

}  // namespace

std::span<const VerbEntry> verbs() { return table; }

const VerbEntry& entry_of(Verb verb) {
  const auto found = std::ranges::find(table, verb, &VerbEntry::verb);
  promise(found != table.end());
  return *found;
}

Result<std::string_view, UsageError> resolve(std::string_view kind, std::string_view word,
                                             std::span<const std::string_view> candidates,
                                             Abbreviations abbreviations) {
  std::vector<std::string_view> begun;
  for (const auto candidate : candidates) {
    if (candidate == word) return candidate;
    if (!word.empty() && candidate.starts_with(word)) begun.push_back(candidate);
  }
  const std::string what = std::string(kind) + " '" + std::string(word) + "'";
  if (abbreviations == Abbreviations::allowed) {
    if (begun.size() == 1) return begun.front();
    if (begun.size() > 1) return failure(UsageError{what + " is ambiguous: " + listed(begun)});
  }
  return failure(UsageError{"unknown " + what + did_you_mean(word, candidates)});
}

Result<Verb, UsageError> parse_verb(std::string_view word, Abbreviations abbreviations) {
  std::vector<std::string_view> names;
  names.reserve(table.size());
  for (const auto& entry : table) names.push_back(entry.name);
  const auto name = resolve("verb", word, names, abbreviations);
  if (!name) return failure(name.error());
  return std::ranges::find(table, *name, &VerbEntry::name)->verb;
}

}  // namespace failover::cli
