#include "agent/config/duration_text.hpp"

#include "tests/unit/catch.hpp"

namespace failover::config {
namespace {

TEST_CASE("A duration is a decimal number with a unit") {
  CHECK(parse_duration("500ms") == Duration(500ms));
  CHECK(parse_duration("0ms") == Duration(0ms));
  CHECK(parse_duration("1s") == Duration(1s));
  CHECK(parse_duration("1.5s") == Duration(1500ms));
  CHECK(parse_duration("2m") == Duration(120s));
  CHECK(parse_duration("1h") == Duration(3600s));
  CHECK(parse_duration("0.25h") == Duration(900s));
  CHECK(parse_duration("007s") == Duration(7s));
}

TEST_CASE("A fraction is exact to the nanosecond and refused beyond") {
  CHECK(parse_duration("0.000000001s") == Duration(1ns));
  CHECK(parse_duration("0.0000000010s") == Duration(1ns));
  CHECK(parse_duration("0.0000000001s") == std::nullopt);
  CHECK(parse_duration("0.1ms") == Duration(100us));
}

TEST_CASE("What is not a number with a unit is no duration") {
  for (const auto* const text :
       {"", "1", "s", "ms", "-1s", "+1s", "1 s", " 1s", "1s ", ".5s", "1.s", "1.5.5s", "1e3s",
        "1sec", "1min", "1M", "1d", "1h30m", "0x1s"}) {
    INFO(text);
    CHECK(parse_duration(text) == std::nullopt);
  }
}

TEST_CASE("What a duration cannot hold is refused, not wrapped around") {
  CHECK(parse_duration("2562046h").has_value());
  CHECK(parse_duration("2562048h") == std::nullopt);
  CHECK(parse_duration("99999999999999999999s") == std::nullopt);
  CHECK(parse_duration("18446744073709551617ms") == std::nullopt);
}

TEST_CASE("A duration is written in the largest of s, ms and ns that is exact") {
  CHECK(duration_text(0s) == "0s");
  CHECK(duration_text(600s) == "600s");
  CHECK(duration_text(100ms) == "100ms");
  CHECK(duration_text(1500ms) == "1500ms");
  CHECK(duration_text(5ns) == "5ns");
}

}  // namespace
}  // namespace failover::config
