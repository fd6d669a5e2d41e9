// The words of a recording: what is written is read back the same.

#include "agent/record/words.hpp"

#include <random>

#include "tests/unit/agent/values.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using record::event_from;
using record::to_words;

// Two events are the same when they are the same in words, and of the same kind.
void check_round_trip(const carp::Event& event) {
  const std::string words = to_words(event);
  INFO(words);
  const auto read = event_from(words);
  REQUIRE(read);
  CHECK(read->index() == event.index());
  CHECK(to_words(*read) == words);
}

carp::Settings random_settings(std::mt19937& random) {
  const auto below = [&](std::uint32_t bound) {
    return static_cast<std::uint32_t>(random() % bound);
  };
  return {.advbase = *carp::AdvBase::from(below(256)),
          .advskew = *carp::AdvSkew::from(below(255)),
          .dead_ratio = *carp::DeadRatio::from(1 + below(255)),
          .preempt = below(2) == 0 ? carp::Preempt::off : carp::Preempt::on,
          .handover_timeout = Duration(std::int64_t{below(600'000)} * 1'000'003 % 600'000'000'000),
          .addresses = 1 + below(limits::addresses_per_router)};
}

IpAddress random_address(std::mt19937& random) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return random() % 2 == 0 ? IpAddress::v6(bytes)
                           : IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
}

carp::Event random_event(std::mt19937& random) {
  const auto byte = [&] { return static_cast<std::uint8_t>(random()); };
  switch (random() % 8) {
    case 0: return carp::Ready{random_address(random)};
    case 1: return carp::NotReady{static_cast<WaitingFor>(random() % 6)};
    case 2: {
      const carp::Rank rank{.advbase = byte(), .advskew = byte(), .demote = byte()};
      return carp::AdvertHeard{.rank = rank, .source = random_address(random)};
    }
    case 3: return carp::AnnouncementHeard{random() % limits::addresses_per_router};
    case 4: return carp::Demote{.cost = static_cast<unsigned>(random()), .count = byte()};
    case 5: return carp::Reconfigured{random_settings(random)};
    case 6: return carp::DeadlineReached{};
    default: return carp::SwitchOver{};
  }
}

}  // namespace

TEST_CASE("each kind of event is read back as it was written") {
  for (const carp::Event& event : std::initializer_list<carp::Event>{
           carp::Ready{ip("192.0.2.1")},
           carp::Ready{ip("2001:db8::1")},
           carp::NotReady{WaitingFor::capture},
           carp::AdvertHeard{.rank = carp::farewell_times, .source = ip("fe80::1")},
           carp::AnnouncementHeard{limits::addresses_per_router - 1},
           carp::Claimed{},
           carp::ClaimRefused{},
           carp::Barred{},
           carp::Unbarred{},
           carp::AdvertSent{},
           carp::AdvertNotSent{},
           carp::Demote{.cost = UINT32_MAX, .count = 255},
           carp::SwitchOver{},
           carp::Unyield{},
           carp::AnnounceAgain{},
           carp::Stop{},
           carp::StopNow{},
           carp::Reconfigured{},
           carp::Woken{},
           carp::DeadlineReached{}})
    check_round_trip(event);
}

TEST_CASE("the values of an event come back in their places") {
  const auto event = event_from("AdvertHeard 1 2 3 192.0.2.9");
  REQUIRE(event);
  const auto& heard = std::get<carp::AdvertHeard>(*event);
  CHECK(heard.rank == carp::Rank{.advbase = 1, .advskew = 2, .demote = 3});
  CHECK(heard.source == ip("192.0.2.9"));
  const auto demote = std::get<carp::Demote>(event_from("Demote 70000 4").value());
  CHECK(demote.cost == 70000);
  CHECK(demote.count == 4);
}

TEST_CASE("any event is read back as it was written") {
  const auto seed = std::random_device()();
  std::mt19937 random(seed);
  for (int i = 0; i < 2000; ++i) {
    INFO("seed " << seed << ", event " << i);
    check_round_trip(random_event(random));
  }
}

TEST_CASE("any settings are read back as they were written") {
  const auto seed = std::random_device()();
  std::mt19937 random(seed);
  for (int i = 0; i < 1000; ++i) {
    const carp::Settings settings = random_settings(random);
    INFO("seed " << seed << ", settings " << i << ": " << to_words(settings));
    const auto read = record::settings_from(to_words(settings));
    REQUIRE(read);
    CHECK(*read == settings);
  }
}

TEST_CASE("each effect has words of its own, in order, none is a dash") {
  CHECK(to_words(carp::Effects{}) == "-");
  carp::Effects effects;
  effects.push(carp::SendAdvert{{.advbase = 1, .advskew = 2, .demote = 3}});
  effects.push(carp::ClaimAddresses{});
  effects.push(carp::ReleaseAddresses{carp::Successor::announced});
  effects.push(carp::Announce{});
  effects.push(carp::Transition{
      .from = carp::Role::backup, .to = carp::Role::active, .reason = Reason::no_response});
  effects.push(carp::TwoActive{ip("2001:db8::7")});
  effects.push(carp::OperationEnded{carp::Outcome::taken_back});
  effects.push(carp::Stopped{});
  CHECK(to_words(effects) ==
        "SendAdvert 1 2 3; ClaimAddresses; ReleaseAddresses 1; Announce; Transition 1 2 "
        "no-response; TwoActive 2001:db8::7; OperationEnded 1; Stopped");
}

TEST_CASE("what is no event, or has too few, too many or wrong values, is refused") {
  for (const char* words : {"",
                            " ",
                            "Nonsense",
                            "ready 192.0.2.1",
                            "Ready",
                            "Ready here",
                            "Ready 192.0.2.1 192.0.2.2",
                            "Claimed 1",
                            "NotReady",
                            "NotReady 6",
                            "NotReady -1",
                            "AdvertHeard 1 2 192.0.2.1",
                            "AdvertHeard 256 2 3 192.0.2.1",
                            "AdvertHeard 1 2 3 4 192.0.2.1",
                            "AnnouncementHeard x",
                            "AnnouncementHeard 99999",
                            "Demote 1",
                            "Demote 1 256",
                            "Demote 1x 2",
                            "Reconfigured 1 0",
                            "Reconfigured 1 255 3 1 0 1",
                            "Reconfigured 1 0 0 1 0 1",
                            "Reconfigured 1 0 3 2 0 1",
                            "Reconfigured 1 0 3 1 600000000001 1",
                            "Reconfigured 1 0 3 1 0 0"}) {
    INFO(words);
    CHECK_FALSE(event_from(words));
  }
}

}  // namespace failover::tests
