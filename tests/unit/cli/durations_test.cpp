#include "cli/durations.hpp"

#include "tests/unit/catch.hpp"

namespace failover::tests {

using namespace failover::cli;
using namespace std::chrono_literals;

TEST_CASE("durations are told in the units that people think in") {
  CHECK(duration_text(74h + 59min) == "3d 2h");
  CHECK(duration_text(72h + 59min) == "3d");
  CHECK(duration_text(5h + 10min + 3s) == "5h 10m");
  CHECK(duration_text(5h) == "5h");
  CHECK(duration_text(41min + 30s) == "41m");
  CHECK(duration_text(12s + 900ms) == "12s");
  CHECK(duration_text(0s) == "0s");
  CHECK(duration_text(-5s) == "0s");
  CHECK(coarse_duration_text(74h) == "3d");
  CHECK(coarse_duration_text(61min) == "1h");
}

TEST_CASE("times are RFC 3339 in UTC") {
  CHECK(parse_time("1970-01-01T00:00:01Z") == WallTime(1000ms));
  CHECK(parse_time("1970-01-02T00:00:00.5Z") == WallTime(24h + 500ms));
  CHECK(parse_time("2026-11-20T09:00:00.123456Z")->time_since_epoch() % 1s == 123ms);
}

TEST_CASE("what is no time is none") {
  const char* text =
      GENERATE("", "now", "2026-11-20", "2026-11-20T09:00:00", "2026-13-20T09:00:00Z",
               "2026-02-30T09:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T09:00:00.Z",
               "2026-11-20T09:00:00.1x2Z", "2026-11-20T09:00:00+01:00");
  CAPTURE(text);
  CHECK_FALSE(parse_time(text).has_value());
}

TEST_CASE("durations are read with their unit, or as seconds") {
  CHECK(parse_duration("500ms").value() == 500ms);
  CHECK(parse_duration("30").value() == 30s);
  CHECK(parse_duration("30s").value() == 30s);
  CHECK(parse_duration("2m").value() == 2min);
  CHECK(parse_duration("1h").value() == 1h);
  CHECK(parse_duration("365d").value() == 24h * 365);
}

TEST_CASE("what is no duration is refused") {
  const char* text = GENERATE("", "s", "-1s", "1.5s", "3q", "1 s", "366d", "99999999999999999999s",
                              "9223372036854775807d");
  CAPTURE(text);
  CHECK_FALSE(parse_duration(text).has_value());
}

}  // namespace failover::tests
