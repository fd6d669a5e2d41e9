#include "agent/checks/finding.hpp"

#include <cerrno>

#include "protocol/limits.hpp"
#include "tests/unit/checks/asking.hpp"

namespace failover::tests {

using namespace failover::checks;

namespace {
Finding refused_with(int number) { return refusal({number, boost::system::system_category()}); }
}  // namespace

TEST_CASE("a refusal says in small letters what the kernel said") {
  CHECK(refused_with(ECONNREFUSED) == test::bad("connection refused"));
  CHECK(refused_with(EHOSTUNREACH) == test::bad("no route to host"));
}

TEST_CASE("a machine that has no descriptor or port left has found out nothing") {
  for (const int number : {EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL}) {
    CHECK(refused_with(number).verdict == Verdict::none);
    CHECK_FALSE(health(refused_with(number)).has_value());
  }
}

TEST_CASE("the last line that says something is shown") {
  CHECK(last_line("").empty());
  CHECK(last_line(" \n\r\n").empty());
  CHECK(last_line("one\n  two \n\n") == "two");
  CHECK(last_line("one\r\ntwo\r\n") == "two");
}

TEST_CASE("what a terminal or JSON could take amiss is not shown") {
  CHECK(last_line("a\x1b[31mb") == "a?[31mb");
  CHECK(last_line("caf\xe9") == "caf?");
  CHECK(last_line(std::string_view("a\0b", 3)) == "a?b");
}

TEST_CASE("a line has a bound") {
  CHECK(last_line(std::string(100'000, 'x')).size() == limits::check_line_bytes);
}

}  // namespace failover::tests
