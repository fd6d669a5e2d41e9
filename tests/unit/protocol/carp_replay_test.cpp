// Replay protection of CARP: which counters are worth something, and for how long.

#include "protocol/carp/replay.hpp"

#include <initializer_list>
#include <limits>

#include "protocol/carp/timing.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vectors.hpp"

namespace failover::tests {
namespace {

using carp::Freshness;
using carp::ReplayMemory;

constexpr Duration noon{1'700'000'000s};
const IpAddress peer = address("192.0.2.12");
const IpAddress peer6 = address("fe80::12");
const IpAddress stranger = address("192.0.2.99");

// The counter of an advert that is sent then.
constexpr std::uint64_t at(Duration time) { return static_cast<std::uint64_t>(time / 1us); }

IpAddress host(std::size_t number) {
  return IpAddress::v4({10, 0, 0, static_cast<std::uint8_t>(number)});
}

struct Fixture {
  Duration now = noon;
  ReplayMemory memory;

  explicit Fixture(const carp::ReplaySettings& settings = {.window = 10s}) : memory(settings) {}
  Freshness hear(std::uint64_t counter, const IpAddress& source = peer) {
    return memory.judge(source, counter, now).freshness;
  }
};

}  // namespace

TEST_CASE("carp: replay, a counter is worth something within the window of our clock") {
  const auto judged = [](std::uint64_t counter) { return Fixture().hear(counter); };
  CHECK(judged(at(noon)) == Freshness::fresh);
  CHECK(judged(at(noon - 10s)) == Freshness::fresh);
  CHECK(judged(at(noon + 10s)) == Freshness::fresh);
  CHECK(judged(at(noon - 10s) - 1) == Freshness::stale);
  CHECK(judged(at(noon + 10s) + 1) == Freshness::stale);
}

TEST_CASE("carp: replay, random counters and the ends of their range are stale") {
  for (const std::uint64_t counter :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0xaa2156a8230291c2},
        std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1} << 63U})
    CHECK(Fixture().hear(counter) == Freshness::stale);
}

TEST_CASE("carp: replay, it says how far a counter is from our clock, a century at most") {
  const auto ahead = [](std::uint64_t counter) {
    return Fixture().memory.judge(peer, counter, noon).ahead;
  };
  CHECK(ahead(at(noon)) == 0s);
  CHECK(ahead(at(noon + 3600s)) == 3600s);
  CHECK(ahead(at(noon - 250ms)) == -250ms);
  constexpr Duration century = 100 * 365 * 24 * Duration(3600s);
  CHECK(ahead(std::numeric_limits<std::uint64_t>::max()) == century);
  CHECK(ahead(0) == -noon);
}

TEST_CASE("carp: replay, an advert counts once, whoever sends it again") {
  Fixture fixture;
  REQUIRE(fixture.hear(at(noon)) == Freshness::fresh);
  for (const Duration later : {0s, 1s, 10s, 3600s}) {
    fixture.now = noon + later;
    CHECK(fixture.hear(at(noon)) == Freshness::replayed);
    CHECK(fixture.hear(at(noon), stranger) == Freshness::replayed);
  }
}

TEST_CASE("carp: replay, what overtook another makes it worthless, but not another sender's") {
  Fixture fixture;
  REQUIRE(fixture.hear(at(noon) + 2) == Freshness::fresh);
  CHECK(fixture.hear(at(noon) + 1) == Freshness::replayed);
  CHECK(fixture.hear(at(noon) + 1, stranger) == Freshness::fresh);
  CHECK(fixture.hear(at(noon) + 3) == Freshness::fresh);
}

TEST_CASE("carp: replay, the adverts of both families of one node are fresh, in any order") {
  Fixture fixture;
  for (std::uint64_t i = 0; i < 20; i += 2) {
    CHECK(fixture.hear(at(noon) + i + 1, peer6) == Freshness::fresh);
    CHECK(fixture.hear(at(noon) + i) == Freshness::fresh);
  }
  CHECK(fixture.hear(at(noon) + 19, peer) == Freshness::replayed);
}

TEST_CASE("carp: replay, what we have sent ourselves is not another's") {
  Fixture fixture;
  fixture.memory.sent(at(noon));
  CHECK(fixture.hear(at(noon), stranger) == Freshness::replayed);
  CHECK(fixture.hear(at(noon) + 1, stranger) == Freshness::fresh);
}

TEST_CASE("carp: replay, what is refused moves nothing") {
  Fixture fixture;
  CHECK(fixture.hear(at(noon + 20s)) == Freshness::stale);
  CHECK(fixture.hear(at(noon)) == Freshness::fresh);
  fixture.now = noon + 15s;
  CHECK(fixture.hear(at(noon + 20s)) == Freshness::fresh);
}

TEST_CASE("carp: replay, a sender whose clock is set back goes on by one, within the window") {
  Fixture fixture;
  REQUIRE(fixture.hear(at(noon)) == Freshness::fresh);
  std::uint64_t counter = at(noon);
  for (Duration passed = 1s; passed <= 10s; passed += 1s) {
    fixture.now = noon + passed;
    CHECK(fixture.hear(++counter) == Freshness::fresh);
  }
  fixture.now = noon + 11s;
  CHECK(fixture.hear(++counter) == Freshness::stale);
  CHECK(fixture.hear(at(fixture.now)) == Freshness::fresh);
}

TEST_CASE("carp: replay, a sender that has lost its counter is fresh as soon as time has passed") {
  Fixture fixture;
  REQUIRE(fixture.hear(at(noon) + 3) == Freshness::fresh);
  fixture.now = noon + 1ms;
  CHECK(fixture.hear(at(fixture.now)) == Freshness::fresh);
  // Its clock was 5 s ahead, and is right when it comes back.
  REQUIRE(fixture.hear(at(fixture.now + 5s)) == Freshness::fresh);
  fixture.now += 4s;
  CHECK(fixture.hear(at(fixture.now)) == Freshness::replayed);
  fixture.now += 2s;
  CHECK(fixture.hear(at(fixture.now)) == Freshness::fresh);
}

TEST_CASE("carp: replay, our clock set forward keeps all out until theirs follow") {
  Fixture fixture;
  REQUIRE(fixture.hear(at(noon)) == Freshness::fresh);
  fixture.now = noon + 3600s;
  CHECK(fixture.hear(at(noon + 1s)) == Freshness::stale);
  CHECK(fixture.hear(at(noon + 3601s)) == Freshness::fresh);
}

TEST_CASE("carp: replay, our clock set back keeps nobody out whose clock is right") {
  Fixture fixture;
  fixture.now = noon + 3600s;
  REQUIRE(fixture.hear(at(fixture.now)) == Freshness::fresh);
  for (std::uint64_t i = 0; i < 10'000; ++i) fixture.memory.sent(at(fixture.now) + 1'000'000 * i);
  fixture.now = noon;
  CHECK(fixture.hear(at(noon)) == Freshness::fresh);
  CHECK(fixture.hear(at(noon)) == Freshness::replayed);
  CHECK(fixture.hear(at(noon), stranger) == Freshness::replayed);
  CHECK(fixture.hear(at(noon) + 1) == Freshness::fresh);
}

TEST_CASE("carp: replay, a window at the fastest interval is remembered in both families") {
  constexpr Duration window = 16s;
  Fixture fixture({.window = window, .interval = carp::skew_unit});
  // Ahead of us, so that they stay near for two windows.
  std::uint64_t adverts = 0;
  for (; fixture.now < noon + 2 * window; fixture.now += carp::skew_unit, adverts += 2) {
    REQUIRE(fixture.hear(at(fixture.now + window)) == Freshness::fresh);
    REQUIRE(fixture.hear(at(fixture.now + window) - 1, peer6) == Freshness::fresh);
  }
  REQUIRE(adverts == limits::replay_counters_most);
  fixture.now -= carp::skew_unit;
  CHECK(fixture.hear(at(noon + window) - 1, stranger) == Freshness::replayed);
  // Nothing was pushed out: who is as old and was not heard is none of them.
  CHECK(fixture.hear(at(noon + window) + 1, stranger) == Freshness::fresh);
}

TEST_CASE("carp: replay, a full memory closes: what is as old as what it forgot is refused") {
  Fixture fixture({.window = 300s, .interval = 255s});
  for (std::uint64_t i = 0; i <= limits::replay_counters_least; ++i)
    REQUIRE(fixture.hear(at(noon) + 10 * i) == Freshness::fresh);
  // The first one had to go.
  CHECK(fixture.hear(at(noon), stranger) == Freshness::replayed);
  CHECK(fixture.hear(at(noon) - 1, stranger) == Freshness::replayed);
  CHECK(fixture.hear(at(noon) + 10, stranger) == Freshness::replayed);
  CHECK(fixture.hear(at(noon) + 9, stranger) == Freshness::fresh);
}

TEST_CASE("carp: replay, a ninth sender pushes one out, whose adverts stay known") {
  Fixture fixture;
  for (std::size_t i = 0; i < limits::replay_senders; ++i)
    REQUIRE(fixture.hear(at(noon) + 100 * (i + 1), host(i)) == Freshness::fresh);
  REQUIRE(fixture.hear(at(noon + 1s), host(0)) == Freshness::fresh);
  REQUIRE(fixture.hear(at(noon + 1s) + 1, host(200)) == Freshness::fresh);
  // host(1) was the one silent longest.
  CHECK(fixture.hear(at(noon) + 200, host(1)) == Freshness::replayed);
  CHECK(fixture.hear(at(noon) + 250, host(2)) == Freshness::replayed);
  CHECK(fixture.hear(at(noon) + 150, host(1)) == Freshness::fresh);
}

TEST_CASE("carp: replay, what was remembered goes over to another memory, the newest at least") {
  ReplayMemory before({.window = 16s, .interval = carp::skew_unit});
  constexpr std::uint64_t count = 1'000;
  for (std::uint64_t i = 0; i < count; ++i)
    REQUIRE(before.judge(peer, at(noon) + 2 * i, noon).freshness == Freshness::fresh);
  Fixture fixture({.window = 10s, .interval = 255s});
  fixture.memory.continue_from(before);
  CHECK(fixture.hear(at(noon), stranger) == Freshness::replayed);  // forgotten, so closed
  CHECK(fixture.hear(at(noon) + 2 * (count - 1), stranger) == Freshness::replayed);
  CHECK(fixture.hear(at(noon) + 2 * count - 3, stranger) == Freshness::fresh);
  CHECK(fixture.hear(at(noon) + 2 * count - 4) == Freshness::replayed);  // not newer than the last
  CHECK(fixture.hear(at(noon) + 2 * count) == Freshness::fresh);
}

}  // namespace failover::tests
