// How often a router's addresses are put back (PRODUCT: 8.3).

#include "agent/kernel/healing.hpp"

#include <vector>

#include "protocol/limits.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

// Somebody who removes the addresses as soon as they are there.
struct Fight {
  Healing healing;
  Instant now = Instant{} + 3600s;
  std::uint64_t look = 0;
  std::vector<Instant> restores = {};
  std::vector<Contest> told = {};

  // A look every millisecond.
  void go_on(Duration span) {
    for (const Instant end = now + span; now < end; now += 1ms) {
      if (healing.may_restore(++look, now)) restores.push_back(now);
      tell();
    }
  }
  void rest(Duration span) {
    now += span;
    tell();
  }
  void tell() {
    if (const auto news = healing.news(now)) told.push_back(*news);
  }
  // Milliseconds between one restore and the next.
  [[nodiscard]] std::vector<int> pauses() const {
    std::vector<int> all;
    for (std::size_t i = 1; i < restores.size(); ++i)
      all.push_back(static_cast<int>((restores[i] - restores[i - 1]) / 1ms));
    return all;
  }
};

}  // namespace

TEST_CASE("PRODUCT 8.3: ten restores are made at once, and each further one waits twice as long") {
  Fight fight;
  fight.go_on(12s);
  const std::vector<int> expected{1, 1, 1, 1, 1, 1, 1, 1, 1, 101, 200, 400, 800, 1600, 3200, 5000};
  CHECK(fight.pauses() == expected);
}

TEST_CASE("an address that is removed now and then is always put back at once") {
  Fight fight;
  for (int i = 0; i < 100; ++i) {
    CHECK(fight.healing.may_restore(++fight.look, fight.now));
    fight.rest(1100ms);
  }
  CHECK(fight.told.empty());
}

TEST_CASE("all that has to be put back in one look is one restore") {
  Healing healing;
  const Instant now = Instant{} + 3600s;
  for (int i = 0; i < 1000; ++i) CHECK(healing.may_restore(1, now));
  CHECK(healing.may_restore(2, now));
  CHECK_FALSE(healing.deadline());
}

TEST_CASE("a contest is told once, as lost after twenty restores, and again every minute") {
  Fight fight;
  fight.go_on(1s);
  CHECK(fight.told == std::vector{Contest::slowed});
  fight.go_on(39s);
  CHECK(fight.told == std::vector{Contest::slowed, Contest::lost});
  fight.go_on(60s);
  CHECK(fight.told == std::vector{Contest::slowed, Contest::lost, Contest::lost});
}

TEST_CASE("a contest against somebody who is slow is lost after a minute") {
  Fight fight;
  fight.go_on(20ms);
  for (int i = 0; i < 13; ++i) {
    fight.rest(limits::contest_pause_longest);
    (void)fight.healing.may_restore(++fight.look, fight.now);
    fight.tell();
  }
  CHECK(fight.told == std::vector{Contest::slowed, Contest::lost});
}

TEST_CASE("a contest is over when nothing had to be put back for ten seconds") {
  Fight fight;
  fight.go_on(2s);
  REQUIRE(fight.healing.deadline());
  // The last one still waits: then it is made, and nobody undoes it.
  fight.rest(*fight.healing.deadline() - fight.now);
  CHECK(fight.healing.may_restore(++fight.look, fight.now));
  REQUIRE(fight.healing.deadline() == fight.now + limits::contest_calm);
  fight.rest(limits::contest_calm - 1ms);
  CHECK(fight.told == std::vector{Contest::slowed});
  fight.rest(1ms);
  CHECK(fight.told == std::vector{Contest::slowed, Contest::none});
  CHECK_FALSE(fight.healing.deadline());
  CHECK(fight.healing.may_restore(++fight.look, fight.now));
}

TEST_CASE("who lets the addresses go has no contest about them any more") {
  Fight fight;
  fight.go_on(1s);
  fight.healing.end();
  fight.tell();
  CHECK(fight.told == std::vector{Contest::slowed, Contest::none});
  CHECK(fight.healing.may_restore(++fight.look, fight.now));
}

}  // namespace failover::tests
