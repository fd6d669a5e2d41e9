// Ranks and times (CARP.md 3.1, PRODUCT: 4).

#include "protocol/carp/timing.hpp"

#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using carp::Rank;

Duration dead_time(int advbase, int advskew, int ratio) {
  return carp::dead_time(carp::AdvBase::from(advbase).value(), carp::AdvSkew::from(advskew).value(),
                         carp::DeadRatio::from(ratio).value());
}

Duration units(int count) { return count * carp::skew_unit; }

unsigned demoted(int advskew, unsigned cost) {
  return carp::demoted_advskew(carp::AdvSkew::from(advskew).value(), cost);
}

}  // namespace

TEST_CASE("CARP 3.1: an interval is advbase + advskew/256 s, exactly") {
  CHECK(Rank{.advbase = 1, .advskew = 0}.interval() == 1s);
  CHECK(Rank{.advbase = 1, .advskew = 100}.interval() == 1'390'625us);
  CHECK(Rank{.advbase = 0, .advskew = 50}.interval() == 195'312'500ns);
  CHECK(Rank{.advbase = 255, .advskew = 255}.interval() == 255s + units(255));
  CHECK(units(256) == 1s);
}

TEST_CASE("PRODUCT 4: an interval is never shorter than 1/256 s, but 0/0 still ranks before 0/1") {
  const Rank none{.advbase = 0, .advskew = 0};
  const Rank one{.advbase = 0, .advskew = 1};
  CHECK(none.interval() == units(1));
  CHECK(one.interval() == units(1));
  CHECK(none.compared() < one.compared());
}

TEST_CASE("CARP 3.1: ranks compare by advbase + advskew/256, whatever the demotion count") {
  CHECK(Rank{.advbase = 1, .advskew = 255}.compared() < Rank{.advbase = 2}.compared());
  CHECK(Rank{.advbase = 1, .advskew = 1, .demote = 9}.compared() ==
        Rank{.advbase = 1, .advskew = 1}.compared());
}

TEST_CASE("PRODUCT 4: the dead time is dead_ratio * advbase + advskew/256 s") {
  CHECK(dead_time(1, 0, 3) == 3s);
  CHECK(dead_time(1, 100, 3) == 3s + units(100));
  CHECK(dead_time(1, 100, 1) == 1s + units(100));
  CHECK(dead_time(255, 254, 255) == 255 * 255s + units(254));
}

TEST_CASE("PRODUCT 4: with advbase 0 the dead time is dead_ratio * max(advskew, 1)/256 s") {
  CHECK(dead_time(0, 0, 3) == units(3));
  CHECK(dead_time(0, 1, 3) == units(3));
  CHECK(dead_time(0, 50, 3) == units(150));
  CHECK(dead_time(0, 254, 255) == units(254 * 255));
}

TEST_CASE("CARP 3.5: demotion adds to advskew, up to 240 and never below what is configured") {
  CHECK(demoted(0, 0) == 0);
  CHECK(demoted(0, 50) == 50);
  CHECK(demoted(100, 50) == 150);
  CHECK(demoted(100, 140) == 240);
  CHECK(demoted(100, 141) == 240);
  CHECK(demoted(0, 240) == 240);
  CHECK(demoted(240, 1) == 240);
  CHECK(demoted(254, 0) == 254);
  CHECK(demoted(254, 240) == 254);
}

TEST_CASE("CARP 3.5: demotions that add up past any byte still demote to 240") {
  CHECK(demoted(0, 2880) == 240);
  CHECK(demoted(100, 4'294'967'295U - 100) == 240);
  CHECK(demoted(100, 4'294'967'295U) == 240);
}

TEST_CASE("CARP 3.4: the farewell is 255/255, and nothing else is") {
  CHECK(carp::farewell_times.is_farewell());
  CHECK(Rank{.advbase = 255, .advskew = 255, .demote = 7}.is_farewell());
  CHECK_FALSE(Rank{.advbase = 255, .advskew = 254}.is_farewell());
  CHECK_FALSE(Rank{.advbase = 254, .advskew = 255}.is_farewell());
}

}  // namespace failover::tests
