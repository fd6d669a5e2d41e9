#include "cli/text.hpp"

#include "cli/client.hpp"
#include "cli/nearest.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {

using namespace failover::cli;

TEST_CASE("columns count characters, not bytes") {
  Table table({1});
  table.add({{"gr\u00fcn"}, {"x"}});
  table.add({{"green"}, {"y"}});
  CHECK(table.text(Colour::off) == "gr\u00fcn  x\ngreen y\n");
}

TEST_CASE("an empty cell keeps its column, and no line ends in spaces") {
  Table table({2, 2});
  table.add({{"a"}, {""}, {"c"}});
  table.add({{"aa"}, {"bb"}, {""}});
  CHECK(table.text(Colour::off) == "a       c\naa  bb\n");
}

TEST_CASE("a typo is one step from its word, whatever the step") {
  CHECK(edit_distance("status", "status") == 0);
  CHECK(edit_distance("stats", "status") == 1);
  CHECK(edit_distance("statuss", "status") == 1);
  CHECK(edit_distance("stetus", "status") == 1);
  CHECK(edit_distance("sttaus", "status") == 1);
  CHECK(edit_distance("", "abc") == 3);
}

TEST_CASE("the nearest word is offered, a far one is not") {
  constexpr std::string_view words[] = {"status", "switchover", "show"};
  CHECK(nearest("stauts", words) == "status");
  CHECK(nearest("switch", words) == "switchover");
  CHECK_FALSE(nearest("frobnicate", words).has_value());
  CHECK(did_you_mean("shwo", words) == "; did you mean 'show'?");
  CHECK(did_you_mean("frobnicate", words).empty());
}

TEST_CASE("a path segment is percent-encoded but for what needs it not") {
  CHECK(percent_encoded("eth0.carp.10") == "eth0.carp.10");
  CHECK(percent_encoded("a b/c%?") == "a%20b%2Fc%25%3F");
  CHECK(percent_encoded("\u00fc") == "%C3%BC");
}

}  // namespace failover::tests
