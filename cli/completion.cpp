// The scripts know nothing of verbs and options: they ask this program, so that what they offer is
// what it takes, and a newer program needs no newer script.

#include "cli/completion.hpp"

#include <algorithm>
#include <array>
#include <ostream>

#include "cli/completion_words.hpp"

namespace failover::cli {
namespace {

// The words are taken from the line, because bash would divide addresses at their colons; what
// stands before the last colon is not replaced, either.
constexpr std::string_view bash_script = R"(# bash completion for failoverctl
_failoverctl() {
  local line=${COMP_LINE:0:COMP_POINT} words word before
  read -ra words <<< "$line"
  [[ $line == *[[:blank:]] ]] && words+=("")
  word=${words[-1]}
  before=${word%"${word##*[:=]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r word _; do
    if [[ $word == "<files>" ]]; then
      mapfile -t COMPREPLY < <(compgen -f -- "${words[-1]}")
      compopt -o filenames 2> /dev/null
      return
    fi
    [[ $word == *. ]] && compopt -o nospace 2> /dev/null
    COMPREPLY+=("${word#"$before"}")
  done < <(failoverctl completion words -- "${words[@]:1}" 2> /dev/null)
}
complete -F _failoverctl failoverctl
)";

constexpr std::string_view zsh_script = R"(#compdef failoverctl
_failoverctl() {
  local -a found
  found=("${(@f)$(failoverctl completion words -- "${(@)words[2,CURRENT]}" 2> /dev/null)}")
  if [[ $found[1] == '<files>'* ]]; then
    _files
    return
  fi
  found=("${(@)found%%$'\t'*}")
  compadd -S '' -- ${(M)found:#*.}
  compadd -- ${found:#*.}
}
if [[ $funcstack[1] == _failoverctl ]]; then
  _failoverctl "$@"
else
  compdef _failoverctl failoverctl
fi
)";

constexpr std::string_view fish_script = R"(# fish completion for failoverctl
function __failoverctl_words
    set -l words (commandline -opc) (commandline -ct)
    set -l found (failoverctl completion words -- $words[2..-1] 2>/dev/null)
    if string match -q '<files>*' -- $found[1]
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $found
    end
end
complete -c failoverctl -f -a '(__failoverctl_words)'
)";

ExitStatus print_words(const Command& command) {
  const auto& operands = command.arguments.operands;
  for (const Continuation& each : continuations(command.agent, std::span(operands).subspan(1)))
    command.out << printable(each.word) << '\t' << printable(each.says) << '\n';
  return ExitStatus::done;
}

}  // namespace

ExitStatus complete(const Command& command) {
  static constexpr std::array<std::string_view, 4> actions{"bash", "zsh", "fish", "words"};
  const auto& operands = command.arguments.operands;
  const auto action = resolve("shell", operands.front(), actions, command.abbreviations);
  if (!action) return complain(command, ExitStatus::usage, action.error().text);
  if (*action == "words") return print_words(command);
  if (operands.size() > 1)
    return complain(command, ExitStatus::usage, "'completion' takes the name of one shell");
  command.out << (*action == "bash" ? bash_script : *action == "zsh" ? zsh_script : fish_script);
  return ExitStatus::done;
}

}  // namespace failover::cli
