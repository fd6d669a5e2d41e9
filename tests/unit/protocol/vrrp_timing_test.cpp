// VRRP.md 2.1 and the sections 6.1 of RFC 9568 and RFC 3768.

#include "protocol/vrrp/timing.hpp"

#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using vrrp::Priority;
using vrrp::Version;

constexpr auto three = vrrp::DeadRatio::of<3>();

Duration centiseconds(int count) { return count * Duration(10ms); }

std::int64_t microseconds(Duration duration) { return duration / 1us; }

}  // namespace

TEST_CASE("vrrp: RFC 9568 6.1, skew and dead time are those of keepalived to the microsecond") {
  struct Row {
    std::uint8_t priority;
    std::int64_t v2_skew, v2_down, v3_skew, v3_down, v3_down_25, v3_down_1, v3_down_4095;
  };
  constexpr Row rows[] = {
      {1, 996093, 3996093, 996093, 3996093, 999023, 39960, 163640039},
      {50, 804687, 3804687, 804687, 3804687, 951171, 38046, 155801953},
      {100, 609375, 3609375, 609375, 3609375, 902343, 36093, 147803906},
      {120, 531250, 3531250, 531250, 3531250, 882812, 35312, 144604687},
      {150, 414062, 3414062, 414062, 3414062, 853515, 34140, 139805859},
      {200, 218750, 3218750, 218750, 3218750, 804687, 32187, 131807812},
      {254, 7812, 3007812, 7812, 3007812, 751953, 30078, 123169921},
      {255, 3906, 3003906, 3906, 3003906, 750976, 30039, 123009960},
  };
  for (const Row& row : rows) {
    INFO("priority " << int{row.priority});
    const auto down = [&](Version version, Duration interval) {
      return microseconds(dead_time(version, row.priority, interval, three));
    };
    CHECK(microseconds(skew(Version::v2, row.priority, 1s)) == row.v2_skew);
    CHECK(down(Version::v2, 1s) == row.v2_down);
    CHECK(microseconds(skew(Version::v3, row.priority, 1s)) == row.v3_skew);
    CHECK(down(Version::v3, 1s) == row.v3_down);
    CHECK(down(Version::v3, centiseconds(25)) == row.v3_down_25);
    CHECK(down(Version::v3, centiseconds(1)) == row.v3_down_1);
    CHECK(down(Version::v3, centiseconds(4095)) == row.v3_down_4095);
  }
}

TEST_CASE("vrrp: RFC 3768 6.1, version 2's skew does not depend on the interval") {
  for (const Duration interval : {Duration(1s), Duration(2s), Duration(255s)}) {
    CHECK(skew(Version::v2, 100, interval) == 609'375'000ns);
    CHECK(dead_time(Version::v2, 100, interval, three) == 3 * interval + 609'375'000ns);
  }
}

TEST_CASE("vrrp: the skew is exact, 1/256 of the interval for each step of priority") {
  CHECK(skew(Version::v3, 255, 10ms) == 39'062ns);  // and a half
  CHECK(skew(Version::v3, 254, 10ms) == 78'125ns);
  CHECK(skew(Version::v3, 0, centiseconds(4095)) == centiseconds(4095));
  CHECK(skew(Version::v2, 0, 1s) == 1s);
  for (unsigned priority = 0; priority < 255; ++priority)
    CHECK(skew(Version::v3, static_cast<std::uint8_t>(priority), 10ms) >
          skew(Version::v3, static_cast<std::uint8_t>(priority + 1), 10ms));
}

TEST_CASE("vrrp: VRRP.md 2.1, what keepalived was measured to wait") {
  CHECK(dead_time(Version::v3, 100, 1s, three) == 3'609'375us);
  CHECK(dead_time(Version::v3, 100, 2s, three) == 7'218'750us);
  CHECK(skew(Version::v3, 100, 1s) == 609'375us);
  CHECK(skew(Version::v3, 100, 2s) == 1'218'750us);
}

TEST_CASE("vrrp: PRODUCT 4, the dead ratio is what the interval is multiplied with") {
  CHECK(dead_time(Version::v3, 100, 1s, vrrp::DeadRatio::of<1>()) == 1'609'375us);
  CHECK(dead_time(Version::v2, 100, 255s, vrrp::DeadRatio::of<255>()) ==
        255 * Duration(255s) + 609'375us);
  CHECK(dead_time(Version::v3, 0, centiseconds(4095), vrrp::DeadRatio::of<255>()) ==
        256 * centiseconds(4095));
}

TEST_CASE("vrrp: a rank's interval is what it says, and priority 0 is a farewell") {
  CHECK(vrrp::Rank{.priority = 1, .centiseconds = 100}.interval() == 1s);
  CHECK(vrrp::Rank{.priority = 1, .centiseconds = 4095}.interval() == 40'950ms);
  CHECK(vrrp::Rank{.priority = 1, .centiseconds = 25500}.interval() == 255s);
  CHECK(vrrp::Rank{.priority = 1, .centiseconds = 0}.interval() == 0s);
  CHECK(vrrp::Rank{.priority = 0, .centiseconds = 100}.is_farewell());
  CHECK_FALSE(vrrp::Rank{.priority = 1, .centiseconds = 100}.is_farewell());
}

TEST_CASE("vrrp: a demotion takes from the priority, never below 1, and nothing from an owner's") {
  const auto demoted = [](int priority, unsigned cost) {
    return int{vrrp::demoted_priority(Priority::from(priority).value(), cost)};
  };
  CHECK(demoted(100, 0) == 100);
  CHECK(demoted(100, 50) == 50);
  CHECK(demoted(100, 98) == 2);
  CHECK(demoted(100, 99) == 1);
  CHECK(demoted(100, 100) == 1);
  CHECK(demoted(100, ~0U) == 1);
  CHECK(demoted(1, 0) == 1);
  CHECK(demoted(1, 1) == 1);
  CHECK(demoted(254, 1) == 253);
  CHECK(demoted(255, 0) == 255);
  CHECK(demoted(255, 1) == 255);
  CHECK(demoted(255, ~0U) == 255);
}

}  // namespace failover::tests
