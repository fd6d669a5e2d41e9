#include "cli/verbs.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "cli/nearest.hpp"
#include "protocol/assert.hpp"

namespace failover::cli {
namespace {

constexpr bool starts_operation = true;

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
    VerbEntry{Verb::is_healthy, "is-healthy", "", 0, 0,
              "exit 0 when this node is healthy, 3 when not",
              "Prints the verdict and the problems unless -q is given.\n"},
    VerbEntry{
        Verb::show, "show", "KIND [NAME]", 1, 2, "a list of what there is of a kind",
        "KIND: group, router, ip, track, peer, override, operation, interface, revision.\n"
        "NAME: of a group, router or interface; an address; the number of an operation or a\n"
        "revision. Tracks and overrides are found by their group too, peers by their router.\n"},
    VerbEntry{Verb::explain, "explain", "GROUP|IP", 1, 1,
              "why it has its role, and what would change it", ""},
    VerbEntry{Verb::where, "where", "IP", 1, 1,
              "which node answers for it, as far as this one knows",
              "This node's own state and the adverts of its peers; nobody is probed.\n"},
    VerbEntry{Verb::history, "history", "GROUP", 1, 1, "its changes of role, the newest last", ""},
    VerbEntry{Verb::events, "events", "[-f] [--since T]", 0, 0, "what has happened, a line each",
              "-f goes on with what happens. --since 1h leaves out what is older.\n"},
    VerbEntry{Verb::watch, "watch", "[GROUP...]", 0, any_number,
              "the status, drawn every second until q is pressed", "On a terminal only.\n"},
    VerbEntry{Verb::switchover, "switchover", "GROUP [--force]", 1, 1,
              "hand over to a peer now; exit 5 when none claims it",
              "With --force the group is let go although no peer claims it.\n", starts_operation},
    VerbEntry{Verb::drain, "drain", "GROUP|--all --for T", 0, 1,
              "hand over, and stay backup for so long",
              "Taken back, with exit 5, when no peer claims the group, unless --force is given.\n",
              starts_operation},
    VerbEntry{Verb::undrain, "undrain", "[GROUP|--all]", 0, 1,
              "end a drain; without a group, all of them", "", starts_operation},
    VerbEntry{
        Verb::hold, "hold", "GROUP active|backup --for T", 2, 2, "keep it in this role for so long",
        "active: advertise the best rank that the protocol has; a better one still wins.\n"
        "backup: hand over and stay backup; taken back, with exit 5, when no peer claims the\n"
        "group, unless --force is given.\n",
        starts_operation},
    VerbEntry{Verb::release, "release", "GROUP", 1, 1,
              "end a hold; take part again after a switchover", "", starts_operation},
    VerbEntry{Verb::freeze, "freeze", "--for T", 0, 0,
              "no group changes its role by itself for so long", "", starts_operation},
    VerbEntry{Verb::thaw, "thaw", "", 0, 0, "end a freeze", "", starts_operation},
    VerbEntry{Verb::announce, "announce", "GROUP|IP", 1, 1, "tell all neighbours again where it is",
              "", starts_operation},
    VerbEntry{
        Verb::config, "config", "show|save [FILE]", 1, 2,
        "the configuration in force, or write it to the file",
        "show is TOML, or with --json JSON; of the draft with --candidate; with --defaults also\n"
        "what is in force where nothing is set. save writes to the agent's file and keeps the\n"
        "one of before beside it; with FILE to that one, which is not there yet.\n"},
    VerbEntry{Verb::get, "get", "PATH", 1, 1, "a value of the configuration",
              "PATH: interface.eth0.carp.10.advskew; names with dots in quotes.\n"
              "With --candidate of the draft; with --defaults also where nothing is set.\n"},
    VerbEntry{Verb::set, "set", "PATH VALUE", 2, 2, "change a value, at once",
              "VALUE is JSON, or a text. With --candidate only in the draft.\n"
              "Example: failoverctl set interface.eth0.carp.10.advskew 100\n"},
    VerbEntry{Verb::unset, "unset", "PATH", 1, 1, "remove a value, at once",
              "With --candidate only in the draft.\n"},
    VerbEntry{
        Verb::lint, "lint", "[FILE]", 0, 1, "valid, and wrong all the same? exit 3 for a warning",
        "Of FILE, or of what is in force. With --peer FILE also what is wrong between it and\n"
        "the other node's. With --off-box no agent is asked, and without FILE it is the one\n"
        "that an agent would read. The rules are in failover-lint(7).\n"},
    VerbEntry{Verb::plan, "plan", "[FILE]", 0, 1, "what the draft, or FILE, would change",
              "And what that does to each group.\n"},
    VerbEntry{Verb::apply, "apply", "[FILE] [--confirm T]", 0, 1,
              "put FILE, the draft, or the agent's file in force",
              "With --confirm 120s the agent rolls it back unless `failoverctl confirm` comes in\n"
              "time; with --gate healthy also as soon as the node is not healthy any more.\n"},
    VerbEntry{Verb::confirm, "confirm", "", 0, 0, "let the last change stay", ""},
    VerbEntry{Verb::rollback, "rollback", "[N]", 0, 1, "back to revision N, or to what was before",
              ""},
    VerbEntry{Verb::revisions, "revisions", "", 0, 0, "what has been in force, the newest first",
              ""},
    VerbEntry{
        Verb::agent, "agent", "restart", 1, 1, "the program on disk goes on, in the same role",
        "The agent is replaced by the program on disk, and so is its parent. Neither peers nor\n"
        "neighbours notice. Waits for the next agent unless --no-block is given.\n"},
    VerbEntry{Verb::api, "api", "METHOD PATH [-d JSON|@FILE]", 2, 2,
              "one HTTP request, its answer as it comes",
              "@- reads the data from standard input.\n"
              "Example: failoverctl api GET /v1/status\n"},
    VerbEntry{Verb::completion, "completion", "bash|zsh|fish", 1, any_number,
              "a script that lets the shell complete command lines",
              "Example: source <(failoverctl completion bash)\n"},
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
