#include "agent/http/target.hpp"

#include "tests/unit/catch.hpp"

namespace failover::tests {

using failover::http::parse_target;

TEST_CASE("a target is split into a path and a query, each percent-decoded once") {
  const auto target = parse_target("/v1/exec/group/a%20b%2541?wait=30&since=2026%2B1&flag");
  REQUIRE(target.has_value());
  CHECK(target->path == "/v1/exec/group/a b%41");
  CHECK(target->query ==
        std::map<std::string, std::string>{{"wait", "30"}, {"since", "2026+1"}, {"flag", ""}});
}

TEST_CASE("the absolute form of an http URL names the same path") {
  CHECK(parse_target("http://localhost/v1/status?a=1")->path == "/v1/status");
  CHECK(parse_target("http://localhost")->path == "/");
  CHECK(parse_target("http://localhost?a=1").has_value() == false);
}

TEST_CASE("a query may be empty and have empty parts") {
  CHECK(parse_target("/a?")->query.empty());
  CHECK(parse_target("/a?&x=1&&")->query.size() == 1);
  CHECK(parse_target("/a?x=1=2")->query.at("x") == "1=2");
}

TEST_CASE("a target with a bad encoding is refused") {
  const char* target = GENERATE("/%", "/%4", "/%4g", "/%g4", "/a?x=%", "/a?%zz=1", "/%%41");
  CAPTURE(target);
  CHECK_FALSE(parse_target(target).has_value());
}

TEST_CASE("a target with a NUL in it is refused") {
  CHECK_FALSE(parse_target("/a%00b").has_value());
  CHECK_FALSE(parse_target("/a?x=%00").has_value());
}

TEST_CASE("a target that is no path is refused") {
  const char* target = GENERATE("", "*", "v1/status", "?a=1", "ftp://x/");
  CAPTURE(target);
  CHECK_FALSE(parse_target(target).has_value());
}

TEST_CASE("a query key that is given twice is refused") {
  CHECK_FALSE(parse_target("/a?x=1&x=2").has_value());
}

}  // namespace failover::tests
