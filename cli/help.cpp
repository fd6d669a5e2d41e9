#include "cli/help.hpp"

#include "cli/arguments.hpp"
#include "cli/text.hpp"

namespace failover::cli {
namespace {

constexpr std::string_view waiting_help =
    "Waits until it is done unless --no-block is given. --wait=T waits at most T (30s, 2m) and\n"
    "exits with 7 then, while the operation goes on. --reason is kept with the change.\n";

}  // namespace

std::string general_help() {
  Table table({2, 2});
  for (const auto& entry : verbs()) {
    const bool operands = !entry.operands.empty();
    table.add({{""},
               {std::string(entry.name) + (operands ? " " : "") + std::string(entry.operands)},
               {std::string(entry.summary)}});
  }
  return "usage: failoverctl [OPTION...] [VERB [OPERAND...]]\n"
         "Asks and tells the local failover agent, failoverd.\n\nVerbs:\n" +
         table.text(Colour::off) + "\n" + options_help() +
         "\nExit status: 0 done or true; 1 failed; 2 usage; 3 predicate false; 4 no such object;\n"
         "5 refused for safety; 6 agent not reachable; 7 timed out (the operation goes on);\n"
         "8 configuration invalid; 9 conflict, or rolled back; 10 done here but not verified.\n";
}

std::string verb_help(Verb verb) {
  const VerbEntry& entry = entry_of(verb);
  std::string text = "usage: failoverctl " + std::string(entry.name);
  if (!entry.operands.empty()) text += " " + std::string(entry.operands);
  text += "\n" + std::string(entry.summary) + "\n";
  if (!entry.text.empty()) text += "\n" + std::string(entry.text);
  if (entry.starts_operation) text += "\n" + std::string(waiting_help);
  return text + "\n" + options_help();
}

}  // namespace failover::cli
