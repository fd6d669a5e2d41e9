// Events and transitions: numbers that grow, and what is remembered.

#include "agent/control/event_log.hpp"

#include "agent/control/history.hpp"
#include "protocol/limits.hpp"
#include "tests/unit/agent/values.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {

using control::Event;
using control::EventLog;

TEST_CASE("an event's number is its time, and greater than the last one in any case") {
  EventLog log;
  log.add({.at = noon, .text = "first"});
  log.add({.at = noon, .text = "second"});
  log.add({.at = noon - 3600s, .text = "after the clock was set back"});
  log.add({.at = noon + 1s, .text = "later"});
  const auto events = log.since(0);
  REQUIRE(events.size() == 4);
  constexpr std::uint64_t number = 1'700'000'000'000'000;
  CHECK(events[0].sequence == number);
  CHECK(events[1].sequence == number + 1);
  CHECK(events[2].sequence == number + 2);
  CHECK(events[3].sequence == number + 1'000'000);
}

TEST_CASE("events are told from a number on, which need not be one of them") {
  EventLog log;
  for (int i = 0; i < 3; ++i) log.add({.at = noon + i * Duration(1s)});
  const std::uint64_t first = log.since(0).front().sequence;
  CHECK(log.since(first).size() == 2);
  CHECK(log.since(first + 5).size() == 2);
  CHECK(log.since(first + 2'000'000).empty());
  CHECK(log.since(~std::uint64_t{0}).empty());
}

TEST_CASE("the last limits::events_remembered are kept") {
  EventLog log;
  for (std::size_t i = 0; i < limits::events_remembered + 7; ++i)
    log.add({.at = noon, .text = std::to_string(i)});
  const auto events = log.since(0);
  REQUIRE(events.size() == limits::events_remembered);
  CHECK(events.front().text == "7");
}

TEST_CASE("who listens hears each event with its number") {
  EventLog log;
  std::vector<std::uint64_t> heard;
  log.listen([&](const Event& event) { heard.push_back(event.sequence); });
  log.add({.at = noon});
  log.add({.at = noon});
  CHECK(heard == std::vector{log.since(0)[0].sequence, log.since(0)[1].sequence});
}

TEST_CASE("the last limits::transitions_remembered of each group are kept") {
  control::History history;
  for (std::size_t i = 0; i < limits::transitions_remembered + 3; ++i)
    history.add("web", {.at = noon + Duration(i)});
  history.add("db", {.at = noon});
  REQUIRE(history.of("web").size() == limits::transitions_remembered);
  CHECK(history.of("web").front().at == noon + 3ns);
  CHECK(history.of("db").size() == 1);
  CHECK(history.of("mail").empty());
  history.forget("web");
  CHECK(history.of("web").empty());
}

}  // namespace failover::tests
