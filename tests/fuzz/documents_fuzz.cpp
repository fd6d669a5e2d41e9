// JSON: what the agent takes from a request's body, and what failoverctl makes of the agent's
// documents. What one of them writes the other reads, and nothing in a document can steer a
// terminal or add a line to a table.

#include <algorithm>

#include "cli/documents.hpp"
#include "cli/status_table.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

std::size_t lines(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

// Control characters other than the ends of lines, the C1 ones of Unicode included.
bool steers_terminal(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_control(text[i]) && text[i] != '\n') return true;
    if (text[i] == '\xc2' && i + 1 < text.size() &&
        static_cast<unsigned char>(text[i + 1] & 0xe0) == 0x80)
      return true;
  }
  return false;
}

void check_status(std::string_view json) {
  const auto status = cli::parse_status(json);
  if (!status) {
    must(!steers_terminal(status.error().text) && !status.error().text.empty(),
         "a refusal says why, safely", status.error().text);
    return;
  }
  std::size_t problems = status->problems.size();
  std::vector<std::string> names;
  for (const cli::Group& group : status->groups) {
    names.push_back(group.name);
    for (const cli::Router& router : group.routers) problems += router.problems.size();
  }
  const auto bare = cli::status_text(*status, cli::Legend::left_out, cli::Colour::off);
  must(!steers_terminal(bare), "a status cannot steer the terminal", bare);
  must(lines(bare) == names.size() + problems, "a status has a line for each group", bare);
  const auto whole = cli::status_text(*status, cli::Legend::shown, cli::Colour::off);
  must(!steers_terminal(whole), "a status cannot steer the terminal", whole);
  must(lines(whole) == 2 + names.size() + problems, "a status has two lines more with its legend",
       whole);
  const auto chosen = cli::parse_status(cli::pretty_groups(json, names));
  must(chosen && chosen->groups.size() == names.size(), "a status can be cut down to its groups");
}

void check_operations(std::string_view json) {
  if (const auto one = cli::parse_operation(json)) {
    const auto row = cli::operations_text(std::span(&*one, 1), cli::Legend::left_out);
    must(lines(row) == 1 && !steers_terminal(row), "an operation is a line", row);
  }
  if (const auto all = cli::parse_operations(json)) {
    const auto rows = cli::operations_text(*all, cli::Legend::left_out);
    must(lines(rows) == all->size() && !steers_terminal(rows), "operations are lines", rows);
  }
}

void check_pretty(std::string_view json) {
  const auto once = cli::pretty(json);
  must(cli::pretty(once) == once, "what is indented stays as it is", once);
  const auto problem = cli::parse_problem(json);
  const auto again = cli::parse_problem(once);
  must(problem.has_value() == again.has_value() && (!problem || problem->title == again->title),
       "indenting changes nothing", once);
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = failover::fuzz::text_of({data, size});
  failover::fuzz::check_status(text);
  failover::fuzz::check_operations(text);
  failover::fuzz::check_pretty(text);
  return 0;
}
