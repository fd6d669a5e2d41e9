// Paths as they are written on a command line.

#include "agent/config/tree_path.hpp"

#include "protocol/limits.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
using namespace config;

namespace {

TreePath path_of(std::string_view text) {
  const auto path = parse_path(text);
  INFO((path ? std::string() : path.error()));
  REQUIRE(path.has_value());
  return *path;
}

std::string error_of(std::string_view text) {
  const auto path = parse_path(text);
  return path ? std::string() : path.error();
}

TEST_CASE("A path is names with dots between them, in quotes where they have to be") {
  CHECK(path_of("agent") == TreePath{"agent"});
  CHECK(path_of("interface.\"eth0.100\".carp.10.advskew") ==
        TreePath{"interface", "eth0.100", "carp", "10", "advskew"});
  CHECK(path_of("interface.'eth0.100'.carp") == TreePath{"interface", "eth0.100", "carp"});
  CHECK(path_of("\"\".''") == TreePath{"", ""});
}

TEST_CASE("Escapes are those of TOML, and nothing is one in a literal") {
  CHECK(path_of(R"("\"\\\b\f\n\r\t\u00e4\U0001f600\x7f")") ==
        TreePath{"\"\\\b\f\n\r\t\u00e4\U0001f600\x7f"});
  CHECK(path_of(R"('\n"')") == TreePath{"\\n\""});
}

TEST_CASE("What is wrong with a path is said with its column") {
  CHECK(error_of("") ==
        "column 1: a name is expected; one with other characters than letters, "
        "digits, - and _ must be in quotes");
  CHECK(error_of("a..b").starts_with("column 3: a name is expected"));
  CHECK(error_of("a.").starts_with("column 3: a name is expected"));
  CHECK(error_of("eth0:1").starts_with("column 5: a dot is expected"));
  CHECK(error_of("\"a\"b").starts_with("column 4: a dot is expected"));
  CHECK(error_of("a.\"b") == "column 4: the quote \" in front is not closed");
  CHECK(error_of("a.'b") == "column 4: the quote ' in front is not closed");
  for (const std::string_view text :
       {R"("\q")", R"("\)", R"("\u12")", R"("\ud800")", R"("\U00110000")", R"("\u+123")"})
    CHECK(error_of(text).find("unknown escape sequence") != std::string::npos);
}

TEST_CASE("A path has 64 names and not one more") {
  std::string text = "a";
  for (std::size_t i = 1; i < limits::configuration_depth; ++i) text += ".a";
  CHECK(path_of(text).size() == limits::configuration_depth);
  CHECK(error_of(text + ".a").find("too many names; accepted: at most 64") != std::string::npos);
}

TEST_CASE("A path is read as it is written") {
  for (const TreePath& path : {TreePath{"a"}, TreePath{"interface", "eth0.100", "carp", "10"},
                               TreePath{"", "\"", "\\"}, TreePath{"\n\x7f", "\u00e4", "a b"}})
    CHECK(path_of(path_text(path)) == path);
}

}  // namespace
}  // namespace failover::tests
