#include "cli/arguments.hpp"

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>

#include "cli/durations.hpp"
#include "cli/nearest.hpp"
#include "protocol/limits.hpp"

namespace failover::cli {
namespace {

namespace po = boost::program_options;

po::options_description visible_options() {
  po::options_description options("Options");
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  auto add = options.add_options();
  add("socket", text("PATH"), "the agent's socket; FAILOVER_SOCKET does the same");
  add("json", "JSON instead of text");
  add("wait", text("[=T]"), "wait until done, at most T");
  add("no-block", "do not wait");
  add("reason", text("TEXT"), "why, for those who look later");
  add("for", text("T"), "how long an override lasts, from 1s to 30d");
  add("all", "all groups");
  add("force", "let go although no peer claims");
  add("dry-run", "tell what would be asked or changed, change nothing");
  add("candidate", "the draft, not what is in force");
  add("peer", text("FILE"), "the other node's configuration, to compare with");
  add("off-box", "by failoverd --lint, without an agent");
  add("defaults", "also what is in force where nothing is set");
  add("confirm", text("T"), "roll back after T, from 5s to 24h, unless it is confirmed");
  add("gate", text("healthy"), "with --confirm: roll back at once when health gets worse");
  add("follow,f", "go on with what happens");
  add("since", text("T"), "what is not older than T");
  add("data,d", text("JSON|@FILE"), "what `api` sends");
  add("no-legend", "rows only: no NODE line, no column heads");
  add("quiet,q", "print nothing but errors");
  add("help,h", "about failoverctl, or about the verb");
  add("version", "the same as the verb");
  return options;
}

// "-d"; empty where there is none.
std::string initial_of(const po::option_description& option) {
  std::string name = option.canonical_display_name(po::command_line_style::allow_dash_for_short);
  return name.size() == 2 && name.front() == '-' ? name : "";
}

// Whether the text of an option is a word of its own.
bool stands_apart(const std::string& parameter) {
  return !parameter.empty() && parameter.front() != '[';
}

// The library would take the word behind "--wait" as its bound, and that is the group's name.
// Behind "--" there are no options.
constexpr std::string_view unbounded = "forever";
std::vector<std::string> with_wait_complete(std::span<const std::string> words) {
  std::vector<std::string> complete(words.begin(), words.end());
  std::replace(complete.begin(), std::ranges::find(complete, "--"), std::string("--wait"),
               "--wait=" + std::string(unbounded));
  return complete;
}

// The library takes "--=x" for an argument.
void refuse_nameless_options(std::span<const std::string> words) {
  for (const std::string& word : words.first(std::ranges::find(words, "--") - words.begin()))
    if (word.starts_with("--=")) throw po::unknown_option(word);
}

po::variables_map read(std::span<const std::string> words) {
  refuse_nameless_options(words);
  po::options_description all = visible_options();
  all.add_options()("word", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("word", -1);
  // No guessing: an abbreviated option in a script would break with the next new option.
  constexpr int style =
      po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::variables_map found;
  po::store(po::command_line_parser(with_wait_complete(words))
                .options(all)
                .positional(positional)
                .style(style)
                .run(),
            found);
  return found;
}

UsageError unknown_option(const std::string& written) {
  const std::string name = written.substr(0, written.find('='));
  std::vector<std::string> spelled;
  const auto options = visible_options();
  for (const auto& option : options.options()) {
    spelled.push_back("--" + option->long_name());
  }
  const std::vector<std::string_view> names(spelled.begin(), spelled.end());
  return {"unknown option '" + name + "'" + did_you_mean(name, names)};
}

std::optional<std::string> text_of(const po::variables_map& found, const char* name) {
  if (found.count(name) == 0) return std::nullopt;
  return found[name].as<std::string>();
}

Result<Waiting, UsageError> read_waiting(const po::variables_map& found) {
  const auto wait = text_of(found, "wait");
  if (found.count("no-block") > 0) {
    if (wait) return failure(UsageError{"--wait and --no-block exclude each other"});
    return NotAtAll{};
  }
  if (!wait || *wait == unbounded) return UntilDone{};
  const auto bound = parse_duration(*wait);
  if (!bound) {
    return failure(
        UsageError{"--wait: '" + *wait + "' is no duration: " + std::string(bound.error().text)});
  }
  return AtMost{*bound};
}

// Nothing, or what is wrong with the number of operands.
std::optional<UsageError> check_operands(const Arguments& arguments) {
  const VerbEntry& entry = entry_of(arguments.verb);
  const std::size_t count = arguments.operands.size();
  const std::string usage = "usage: failoverctl " + std::string(entry.name) +
                            (entry.operands.empty() ? "" : " ") + std::string(entry.operands);
  if (count < entry.least) {
    return UsageError{"'" + std::string(entry.name) + "' needs more; " + usage};
  }
  if (count > entry.most) {
    return UsageError{"'" + arguments.operands[entry.most] + "' is too much; " + usage};
  }
  return std::nullopt;
}

// Options that are for some verbs only.
struct Belonging {
  const char* option;
  std::string_view spelled;
  std::array<std::optional<Verb>, 4> verbs;
};
constexpr std::array belongings{
    Belonging{"data", "-d", {Verb::api}},
    Belonging{"follow", "-f", {Verb::events}},
    Belonging{"since", "--since", {Verb::events}},
    Belonging{"for", "--for", {Verb::drain, Verb::hold, Verb::freeze}},
    Belonging{"candidate", "--candidate", {Verb::get, Verb::set, Verb::unset, Verb::config}},
    Belonging{"peer", "--peer", {Verb::lint}},
    Belonging{"off-box", "--off-box", {Verb::lint}},
    Belonging{"defaults", "--defaults", {Verb::get, Verb::config}},
    Belonging{"confirm", "--confirm", {Verb::apply}},
    Belonging{"gate", "--gate", {Verb::apply}},
    Belonging{"all", "--all", {Verb::drain, Verb::undrain}},
    Belonging{"force", "--force", {Verb::switchover, Verb::drain, Verb::hold}},
};

bool belongs(const Belonging& belonging, Verb verb) {
  return std::ranges::find(belonging.verbs, std::optional(verb)) != belonging.verbs.end();
}

std::optional<UsageError> check_belongings(const po::variables_map& found, Verb verb) {
  for (const auto& belonging : belongings) {
    if (found.count(belonging.option) == 0 || belongs(belonging, verb)) continue;
    std::vector<std::string_view> names;
    for (const auto& owner : belonging.verbs) {
      if (owner) names.push_back(entry_of(*owner).name);
    }
    std::string text =
        std::string(belonging.spelled) + " belongs to the verb" + (names.size() > 1 ? "s" : "");
    for (const auto name : names) {
      text += (name == names.front() ? " '" : ", '") + std::string(name) + "'";
    }
    return UsageError{std::move(text)};
  }
  return std::nullopt;
}

// A verb with the group, or with --all in its place.
std::optional<UsageError> check_groups(const Arguments& arguments) {
  if (arguments.all && !arguments.operands.empty()) {
    return UsageError{"--all and a group exclude each other"};
  }
  if (arguments.verb == Verb::drain && !arguments.all && arguments.operands.empty()) {
    return UsageError{"'drain' needs a group, or --all"};
  }
  return std::nullopt;
}

// What --for says, rounded up to seconds; nothing for a verb without it.
Result<std::optional<std::chrono::seconds>, UsageError> read_lasting(const po::variables_map& found,
                                                                     Verb verb) {
  constexpr std::string_view range = "every override ends by itself, after 1s to 30d";
  const auto written = text_of(found, "for");
  const bool lasts = verb == Verb::drain || verb == Verb::hold || verb == Verb::freeze;
  if (!lasts) return std::nullopt;
  if (!written) {
    return failure(UsageError{"'" + std::string(entry_of(verb).name) + "' needs --for T, such as " +
                              "--for 30m: " + std::string(range)});
  }
  const auto duration = parse_duration(*written);
  if (!duration) {
    return failure(UsageError{"--for: '" + *written + "' is no duration: " +
                              std::string(duration.error().text) + "; " + std::string(range)});
  }
  if (*duration < limits::override_shortest || *duration > limits::override_longest) {
    return failure(UsageError{"--for: '" + *written + "' is out of range: " + std::string(range)});
  }
  return std::chrono::ceil<std::chrono::seconds>(*duration);
}

Result<std::optional<Duration>, UsageError> read_since(const po::variables_map& found) {
  const auto written = text_of(found, "since");
  if (!written) return std::nullopt;
  const auto duration = parse_duration(*written);
  if (duration) return *duration;
  return failure(UsageError{"--since: '" + *written +
                            "' is no duration: " + std::string(duration.error().text)});
}

Result<Arguments, UsageError> interpret(const po::variables_map& found,
                                        Abbreviations abbreviations) {
  Arguments arguments;
  std::vector<std::string> words;
  if (found.count("word") > 0) words = found["word"].as<std::vector<std::string>>();
  if (!words.empty()) {
    const auto verb = parse_verb(words.front(), abbreviations);
    if (!verb) return failure(verb.error());
    arguments.verb = *verb;
    arguments.operands.assign(words.begin() + 1, words.end());
  }
  if (found.count("help") > 0) {
    const bool about_a_verb = !words.empty() && arguments.verb != Verb::help;
    const auto name = std::string(entry_of(arguments.verb).name);
    arguments.operands = about_a_verb ? std::vector{name} : arguments.operands;
    arguments.verb = Verb::help;
    return arguments;
  }
  if (found.count("version") > 0 && words.empty()) arguments.verb = Verb::version;
  const auto waiting = read_waiting(found);
  if (!waiting) return failure(waiting.error());
  arguments.waiting = *waiting;
  arguments.socket = text_of(found, "socket");
  arguments.reason = text_of(found, "reason");
  arguments.data = text_of(found, "data");
  if (found.count("json") > 0) arguments.format = Format::json;
  if (found.count("no-legend") > 0) arguments.legend = Legend::left_out;
  if (found.count("quiet") > 0) arguments.loudness = Loudness::quiet;
  arguments.force = found.count("force") > 0;
  arguments.all = found.count("all") > 0;
  arguments.dry_run = found.count("dry-run") > 0;
  arguments.candidate = found.count("candidate") > 0;
  arguments.peer = text_of(found, "peer");
  arguments.off_box = found.count("off-box") > 0;
  arguments.defaults = found.count("defaults") > 0;
  arguments.confirm = text_of(found, "confirm");
  arguments.gate = text_of(found, "gate");
  if (const auto wrong = check_operands(arguments)) return failure(*wrong);
  if (const auto wrong = check_belongings(found, arguments.verb)) return failure(*wrong);
  if (const auto wrong = check_groups(arguments)) return failure(*wrong);
  if (arguments.candidate && arguments.defaults)
    return failure(UsageError{"--candidate and --defaults exclude each other"});
  const auto lasting = read_lasting(found, arguments.verb);
  if (!lasting) return failure(lasting.error());
  arguments.lasting = *lasting;
  const auto since = read_since(found);
  if (!since) return failure(since.error());
  arguments.since = *since;
  arguments.follow = found.count("follow") > 0;
  return arguments;
}

}  // namespace

Result<Arguments, UsageError> parse_arguments(std::span<const std::string> words,
                                              Abbreviations abbreviations) {
  try {
    return interpret(read(words), abbreviations);
  } catch (const po::unknown_option& error) {
    return failure(unknown_option(error.get_option_name()));
  } catch (const po::error& error) {
    return failure(UsageError{error.what()});
  }
}

std::vector<OptionWords> options_of(std::optional<Verb> verb) {
  std::vector<OptionWords> all;
  const auto options = visible_options();
  for (const auto& option : options.options()) {
    const auto owned = std::ranges::find(belongings, option->long_name(), &Belonging::option);
    if (verb && owned != belongings.end() && !belongs(*owned, *verb)) continue;
    all.push_back({.name = "--" + option->long_name(),
                   .initial = initial_of(*option),
                   .says = option->description(),
                   .takes_text = stands_apart(option->format_parameter())});
  }
  return all;
}

std::string options_help() {
  const auto options = visible_options();
  Table table({2, 2});
  for (const auto& option : options.options()) {
    const std::string initial = initial_of(*option);
    const std::string parameter = option->format_parameter();
    const bool apart = stands_apart(parameter);
    std::string spelled = initial.empty() ? "    " : initial + ", ";
    spelled.append("--").append(option->long_name()).append(apart ? " " : "").append(parameter);
    table.add({{""}, {std::move(spelled)}, {option->description()}});
  }
  return "Options:\n" + table.text(Colour::off);
}

}  // namespace failover::cli
