#include "cli/run.hpp"

#include <array>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/operations.hpp"

namespace failover::cli {
namespace {

ExitStatus show(const Command& command, Abbreviations abbreviations) {
  static constexpr std::array<std::string_view, 1> nouns{"operation"};
  const auto noun = resolve("object", command.arguments.operands.front(), nouns, abbreviations);
  if (!noun) return complain(command, ExitStatus::usage, noun.error().text);
  return show_operations(command);
}

ExitStatus manage_agent(const Command& command, Abbreviations abbreviations) {
  static constexpr std::array<std::string_view, 1> actions{"restart"};
  const auto action = resolve("action", command.arguments.operands.front(), actions, abbreviations);
  if (!action) return complain(command, ExitStatus::usage, action.error().text);
  return restart_agent(command);
}

ExitStatus help(const Command& command, Abbreviations abbreviations) {
  if (command.arguments.operands.empty()) {
    command.out << general_help();
    return ExitStatus::done;
  }
  const auto verb = parse_verb(command.arguments.operands.front(), abbreviations);
  if (!verb) return complain(command, ExitStatus::usage, verb.error().text);
  command.out << verb_help(*verb);
  return ExitStatus::done;
}

ExitStatus perform(const Command& command, Abbreviations abbreviations) {
  switch (command.arguments.verb) {
    case Verb::status: return show_status(command);
    case Verb::is_active: return is_active(command);
    case Verb::show: return show(command, abbreviations);
    case Verb::switchover:
    case Verb::release:
    case Verb::announce: return act_on_group(command);
    case Verb::agent: return manage_agent(command, abbreviations);
    case Verb::api: return call_api(command);
    case Verb::version: return show_version(command, FAILOVER_VERSION);
    case Verb::help: return help(command, abbreviations);
  }
  return ExitStatus::failed;
}

}  // namespace

ExitStatus run(std::span<const std::string> words, const Surroundings& surroundings) {
  const auto arguments = parse_arguments(words, surroundings.abbreviations);
  if (!arguments) {
    surroundings.err << "failoverctl: " << printable(arguments.error().text)
                     << "\nsee: failoverctl help\n";
    return ExitStatus::usage;
  }
  const bool quiet = arguments->loudness == Loudness::quiet;
  std::ostream nowhere(nullptr);
  const AgentAccess agent(arguments->socket ? arguments->socket : surroundings.socket,
                          surroundings.run_directory);
  return perform(Command{.arguments = *arguments,
                         .agent = agent,
                         .colour = surroundings.colour,
                         .in = surroundings.in,
                         .out = quiet ? nowhere : surroundings.out,
                         .err = surroundings.err},
                 surroundings.abbreviations);
}

}  // namespace failover::cli
