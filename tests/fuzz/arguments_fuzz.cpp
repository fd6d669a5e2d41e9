// The command line of failoverctl. What is accepted has what its verb needs, is made of the words
// that were given, and reads the same when it is written out in full.
//
// The first byte of an input says whether abbreviations are allowed; behind it is a word a line.

#include <algorithm>

#include "cli/arguments.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

using cli::Arguments;
using Words = std::vector<std::string>;

Words words_in(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    // The program's own arguments end at a NUL.
    words.emplace_back(line.substr(0, line.find('\0')));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return words;
}

void add(Words& words, const char* option, const std::optional<std::string>& value) {
  if (!value) return;
  if (value->empty())
    words.insert(words.end(), {option, ""});
  else
    words.push_back(std::string(option) + "=" + *value);
}

Words written(const Arguments& arguments) {
  Words words;
  add(words, "--socket", arguments.socket);
  add(words, "--reason", arguments.reason);
  add(words, "--data", arguments.data);
  if (arguments.format == cli::Format::json) words.emplace_back("--json");
  if (arguments.legend == cli::Legend::left_out) words.emplace_back("--no-legend");
  if (arguments.loudness == cli::Loudness::quiet) words.emplace_back("-q");
  if (std::holds_alternative<cli::NotAtAll>(arguments.waiting)) words.emplace_back("--no-block");
  if (const auto* bound = std::get_if<cli::AtMost>(&arguments.waiting))
    words.push_back("--wait=" + std::to_string(bound->bound / 1ms) + "ms");
  words.emplace_back("--");
  words.emplace_back(cli::entry_of(arguments.verb).name);
  words.insert(words.end(), arguments.operands.begin(), arguments.operands.end());
  return words;
}

bool equal(const Arguments& left, const Arguments& right) {
  const auto bound = [](const Arguments& arguments) {
    const auto* at_most = std::get_if<cli::AtMost>(&arguments.waiting);
    return at_most == nullptr ? Duration(-1) : at_most->bound;
  };
  return left.verb == right.verb && left.operands == right.operands &&
         left.socket == right.socket && left.reason == right.reason && left.data == right.data &&
         left.format == right.format && left.legend == right.legend &&
         left.loudness == right.loudness && left.waiting.index() == right.waiting.index() &&
         bound(left) == bound(right);
}

void check(std::span<const std::string> words, cli::Abbreviations abbreviations) {
  const auto arguments = cli::parse_arguments(words, abbreviations);
  if (!arguments) {
    must(!arguments.error().text.empty(), "a refusal says why");
    return;
  }
  const auto& entry = cli::entry_of(arguments->verb);
  must(arguments->operands.size() <= entry.most, "a verb has no more than it takes");
  must(arguments->verb == cli::Verb::help || arguments->operands.size() >= entry.least,
       "a verb has what it needs");
  must(!arguments->data || arguments->verb == cli::Verb::api, "data goes with the verb api");
  // `VERB --help` is about the verb, which then is an operand in full.
  for (const std::string& operand : arguments->operands)
    must(arguments->verb == cli::Verb::help || std::ranges::count(words, operand) > 0,
         "an operand is a word as it was given", operand);
  const auto again = cli::parse_arguments(written(*arguments), cli::Abbreviations::refused);
  std::string line;
  for (const std::string& word : written(*arguments)) line += word + "\n";
  must(again && equal(*again, *arguments), "a command line means the same in full", line);
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto words = failover::fuzz::words_in(failover::fuzz::text_of({data + 1, size - 1}));
  failover::fuzz::check(words, data[0] % 2 == 0 ? failover::cli::Abbreviations::refused
                                                : failover::cli::Abbreviations::allowed);
  return 0;
}
