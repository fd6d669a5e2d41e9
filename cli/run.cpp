#include "cli/run.hpp"

#include <array>
#include <ostream>

#include "cli/changes.hpp"
#include "cli/commands.hpp"
#include "cli/completion.hpp"
#include "cli/events.hpp"
#include "cli/explain.hpp"
#include "cli/help.hpp"
#include "cli/lint.hpp"
#include "cli/operations.hpp"
#include "cli/overrides.hpp"
#include "cli/show.hpp"
#include "cli/watch.hpp"

namespace failover::cli {
namespace {

ExitStatus manage_agent(const Command& command) {
  static constexpr std::array<std::string_view, 1> actions{"restart"};
  const auto action =
      resolve("action", command.arguments.operands.front(), actions, command.abbreviations);
  if (!action) return complain(command, ExitStatus::usage, action.error().text);
  return restart_agent(command);
}

ExitStatus help(const Command& command) {
  if (command.arguments.operands.empty()) {
    command.out << general_help();
    return ExitStatus::done;
  }
  const auto verb = parse_verb(command.arguments.operands.front(), command.abbreviations);
  if (!verb) return complain(command, ExitStatus::usage, verb.error().text);
  command.out << verb_help(*verb);
  return ExitStatus::done;
}

ExitStatus perform(const Command& command) {
  switch (command.arguments.verb) {
    case Verb::status: return show_status(command);
    case Verb::is_active: return is_active(command);
    case Verb::show: return show(command);
    case Verb::is_healthy: return is_healthy(command);
    case Verb::explain: return explain(command);
    case Verb::where: return tell_where(command);
    case Verb::history: return show_history(command);
    case Verb::events: return show_events(command);
    case Verb::watch: return watch(command);
    case Verb::switchover:
    case Verb::drain:
    case Verb::undrain:
    case Verb::hold:
    case Verb::release:
    case Verb::freeze:
    case Verb::thaw: return act(command);
    case Verb::announce: return announce(command);
    case Verb::config: return manage_configuration(command);
    case Verb::get: return read_value(command);
    case Verb::set:
    case Verb::unset: return change_value(command);
    case Verb::lint: return lint(command);
    case Verb::plan: return plan_change(command);
    case Verb::apply: return apply_change(command);
    case Verb::confirm: return confirm_change(command);
    case Verb::rollback: return roll_back(command);
    case Verb::revisions: return show_revisions(command);
    case Verb::agent: return manage_agent(command);
    case Verb::api: return call_api(command);
    case Verb::completion: return complete(command);
    case Verb::version: return show_version(command, FAILOVER_VERSION);
    case Verb::help: return help(command);
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
                         .abbreviations = surroundings.abbreviations,
                         .terminal = surroundings.terminal,
                         .colour = surroundings.colour,
                         .in = surroundings.in,
                         .out = quiet ? nowhere : surroundings.out,
                         .err = surroundings.err});
}

}  // namespace failover::cli
