#include "cli/arguments.hpp"

#include "cli/help.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {

using namespace failover::cli;
using namespace std::chrono_literals;

namespace {

failover::Result<Arguments, UsageError> parse(
    std::vector<std::string> words, Abbreviations abbreviations = Abbreviations::refused) {
  return parse_arguments(words, abbreviations);
}

std::string error(std::vector<std::string> words,
                  Abbreviations abbreviations = Abbreviations::refused) {
  const auto arguments = parse_arguments(words, abbreviations);
  return arguments ? "" : arguments.error().text;
}

}  // namespace

TEST_CASE("status is the verb when none is given") {
  CHECK(parse({})->verb == Verb::status);
  CHECK(parse({"--json"})->verb == Verb::status);
  CHECK(parse({"--json"})->format == Format::json);
}

TEST_CASE("options stand anywhere") {
  const auto arguments = parse({"--socket", "/s", "is-active", "-q", "web", "--no-legend"});
  REQUIRE(arguments.has_value());
  CHECK(arguments->verb == Verb::is_active);
  CHECK(arguments->operands == std::vector<std::string>{"web"});
  CHECK(arguments->socket == "/s");
  CHECK(arguments->loudness == Loudness::quiet);
  CHECK(arguments->legend == Legend::left_out);
}

TEST_CASE("the option --wait takes its bound with '=' only, so that it never eats a group's name") {
  const auto forever = parse({"switchover", "--wait", "web"});
  REQUIRE(forever.has_value());
  CHECK(std::holds_alternative<UntilDone>(forever->waiting));
  CHECK(forever->operands == std::vector<std::string>{"web"});
  const auto bounded = parse({"switchover", "--wait=2m", "web"});
  CHECK(std::get<AtMost>(bounded->waiting).bound == 2min);
  CHECK(std::holds_alternative<UntilDone>(parse({"switchover", "web"})->waiting));
  CHECK(std::holds_alternative<NotAtAll>(parse({"switchover", "web", "--no-block"})->waiting));
  CHECK(error({"switchover", "web", "--no-block", "--wait"}).find("exclude") != std::string::npos);
  CHECK(error({"switchover", "web", "--wait=3q"}).find("3q") != std::string::npos);
}

TEST_CASE("verbs may be abbreviated on a terminal while they are unambiguous") {
  CHECK(parse({"stat"}, Abbreviations::allowed)->verb == Verb::status);
  CHECK(parse({"is-a", "web"}, Abbreviations::allowed)->verb == Verb::is_active);
  CHECK(error({"s"}, Abbreviations::allowed) ==
        "verb 's' is ambiguous: status, show, switchover, set");
}

TEST_CASE("verbs are written out in scripts") {
  CHECK(error({"stat"}) == "unknown verb 'stat'; did you mean 'status'?");
}

TEST_CASE("an unknown verb names the nearest") {
  CHECK(error({"swichover", "web"}) == "unknown verb 'swichover'; did you mean 'switchover'?");
  CHECK(error({"frobnicate"}) == "unknown verb 'frobnicate'");
  CHECK(error({""}) == "unknown verb ''");
}

TEST_CASE("an unknown option names the nearest") {
  CHECK(error({"--sokcet=/s"}) == "unknown option '--sokcet'; did you mean '--socket'?");
  CHECK(error({"-x"}) == "unknown option '-x'");
}

TEST_CASE("options are never abbreviated") {
  CHECK(error({"--js"}, Abbreviations::allowed) == "unknown option '--js'; did you mean '--json'?");
}

TEST_CASE("too few and too many operands are refused with the usage") {
  CHECK(error({"is-active"}) == "'is-active' needs more; usage: failoverctl is-active GROUP");
  CHECK(error({"is-active", "a", "b"}) == "'b' is too much; usage: failoverctl is-active GROUP");
  CHECK(error({"version", "x"}) == "'x' is too much; usage: failoverctl version");
  CHECK(parse({"status", "a", "b", "c"})->operands.size() == 3);
}

TEST_CASE("an option without its value, or given twice, is refused") {
  CHECK(error({"--socket"}).find("--socket") != std::string::npos);
  CHECK(error({"--reason", "a", "--reason", "b"}).find("reason") != std::string::npos);
}

TEST_CASE("data belongs to api") {
  CHECK(parse({"api", "POST", "/x", "-d", "{}"})->data == "{}");
  CHECK(error({"status", "-d", "{}"}) == "-d belongs to the verb 'api'");
}

TEST_CASE("an override has an end, from a second to 30 days") {
  using std::chrono::seconds;
  CHECK(parse({"drain", "web", "--for", "30m"})->lasting == seconds(1800));
  CHECK(parse({"hold", "web", "active", "--for=2h"})->lasting == seconds(7200));
  CHECK(parse({"freeze", "--for", "90"})->lasting == seconds(90));
  CHECK(parse({"freeze", "--for", "1500ms"})->lasting == seconds(2));
  CHECK(parse({"freeze", "--for", "1s"})->lasting == seconds(1));
  CHECK(parse({"freeze", "--for", "30d"})->lasting == seconds(30 * 86'400));
  const auto wrong = GENERATE(as<std::string>(), "999ms", "31d", "0s");
  CHECK(error({"freeze", "--for", wrong}) ==
        "--for: '" + wrong + "' is out of range: every override ends by itself, after 1s to 30d");
}

TEST_CASE("an override without an end is refused, and so is one that lasts forever") {
  const auto ends = "every override ends by itself, after 1s to 30d";
  for (const auto& words : {std::vector<std::string>{"drain", "web"},
                            {"hold", "web", "active"},
                            {"hold", "web", "backup"},
                            {"freeze"}}) {
    CHECK(error(words) == "'" + words.front() + "' needs --for T, such as --for 30m: " + ends);
  }
  const auto forever = error({"drain", "web", "--for", "forever"});
  CHECK(forever.starts_with("--for: 'forever' is no duration: "));
  CHECK(forever.ends_with(ends));
}

TEST_CASE("drain takes a group or --all, never neither and never both") {
  CHECK(error({"drain", "--for", "1m"}) == "'drain' needs a group, or --all");
  CHECK(error({"drain", "web", "--all", "--for", "1m"}) == "--all and a group exclude each other");
  CHECK(error({"undrain", "web", "--all"}) == "--all and a group exclude each other");
  CHECK(parse({"drain", "--all", "--for", "1m"})->all);
  CHECK(parse({"undrain"})->operands.empty());
}

TEST_CASE("options that are for some verbs only are refused with the others, which are named") {
  CHECK(error({"status", "--force"}) ==
        "--force belongs to the verbs 'switchover', 'drain', 'hold'");
  CHECK(error({"release", "web", "--for", "1m"}) ==
        "--for belongs to the verbs 'drain', 'hold', 'freeze'");
  CHECK(error({"switchover", "--all", "web"}) == "--all belongs to the verbs 'drain', 'undrain'");
  CHECK(parse({"switchover", "web", "--force"})->force);
}

TEST_CASE("events take a time and may be followed, other verbs not") {
  CHECK(parse({"events", "--since", "1h"})->since == 1h);
  CHECK(parse({"events", "-f"})->follow);
  CHECK(error({"events", "--since", "noon"}).starts_with("--since: 'noon' is no duration: "));
  CHECK(error({"status", "-f"}) == "-f belongs to the verb 'events'");
  CHECK(error({"history", "web", "--since", "1h"}) == "--since belongs to the verb 'events'");
}

TEST_CASE("help is asked for by verb or by option") {
  CHECK(parse({"--help"})->verb == Verb::help);
  CHECK(parse({"--help"})->operands.empty());
  CHECK(parse({"switchover", "--help"})->operands == std::vector<std::string>{"switchover"});
  CHECK(parse({"help", "switchover"})->operands == std::vector<std::string>{"switchover"});
  CHECK(parse({"--version"})->verb == Verb::version);
}

TEST_CASE("the help names every verb, in lines that fit a terminal") {
  const auto text = general_help();
  for (const auto& entry : verbs()) {
    CAPTURE(entry.name);
    CHECK(text.find("\n  " + std::string(entry.name)) != std::string::npos);
    CHECK(verb_help(entry.verb).find(entry.summary) != std::string::npos);
  }
  for (std::size_t line = 0; line < text.size();) {
    const auto end = text.find('\n', line);
    CAPTURE(text.substr(line, end - line));
    CHECK(end - line <= 88);
    line = end + 1;
  }
}

}  // namespace failover::tests
