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
void check_round_trip(const router::Event& event) {
  const std::string words = to_words(event);
  INFO(words);
  const auto read = event_from(words);
  REQUIRE(read);
  CHECK(read->index() == event.index());
  CHECK(to_words(*read) == words);
}

router::Settings random_settings(std::mt19937& random) {
  const auto below = [&](std::uint32_t bound) {
    return static_cast<std::uint32_t>(random() % bound);
  };
  const carp::Election carp{.advbase = *carp::AdvBase::from(below(256)),
                            .advskew = *carp::AdvSkew::from(below(255)),
                            .dead_ratio = *carp::DeadRatio::from(1 + below(255))};
  const vrrp::Election vrrp{
      .version = below(2) == 0 ? vrrp::Version::v2 : vrrp::Version::v3,
      .priority = *vrrp::Priority::from(1 + below(255)),
      .interval = *vrrp::Centiseconds::from(1 + below(vrrp::Centiseconds::max)),
      .dead_ratio = *vrrp::DeadRatio::from(1 + below(255))};
  return {.election = below(2) == 0 ? router::Election(carp) : router::Election(vrrp),
          .preempt = below(2) == 0 ? Preempt::off : Preempt::on,
          .handover_timeout = Duration(std::int64_t{below(600'000)} * 1'000'003 % 600'000'000'000),
          .addresses = 1 + below(limits::addresses_per_router),
          .speaks = {.ipv4 = below(2) == 0, .ipv6 = below(2) == 0}};
}

IpAddress random_address(std::mt19937& random) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return random() % 2 == 0 ? IpAddress::v6(bytes)
                           : IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
}

PerFamily<std::optional<IpAddress>> random_sources(std::mt19937& random) {
  PerFamily<std::optional<IpAddress>> sources;
  for (const Family family : families)
    if (random() % 3 != 0) sources[family] = random_address(random);
  return sources;
}

router::Event random_event(std::mt19937& random) {
  const auto byte = [&] { return static_cast<std::uint8_t>(random()); };
  switch (random() % 8) {
    case 0: return router::Ready{random_sources(random)};
    case 1: return router::NotReady{static_cast<WaitingFor>(random() % 6)};
    case 2: {
      const carp::Rank carp{.advbase = byte(), .advskew = byte(), .demote = byte()};
      const vrrp::Rank vrrp{.priority = byte(),
                            .centiseconds = static_cast<std::uint16_t>(random())};
      return router::AdvertHeard{
          .rank = random() % 2 == 0 ? router::Rank(carp) : router::Rank(vrrp),
          .source = random_address(random)};
    }
    case 3:
      return router::AnnouncementHeard{.address = random() % limits::addresses_per_router,
                                       .mac = static_cast<router::SourceMac>(random() % 2),
                                       .family = static_cast<Family>(random() % 2)};
    case 4: return router::Demote{{.cost = static_cast<unsigned>(random()), .count = byte()}};
    case 5: return router::Reconfigured{random_settings(random)};
    case 6: return router::DeadlineReached{};
    default: return router::SwitchOver{};
  }
}

}  // namespace

TEST_CASE("each kind of event is read back as it was written") {
  for (const router::Event& event : std::initializer_list<router::Event>{
           router::Ready{{.ipv4 = ip("192.0.2.1")}},
           router::Ready{{.ipv6 = ip("2001:db8::1")}},
           router::Ready{{.ipv4 = ip("192.0.2.1"), .ipv6 = ip("fe80::1")}},
           router::Ready{},
           router::NotReady{WaitingFor::capture},
           router::AdvertHeard{.rank = carp::farewell_times, .source = ip("fe80::1")},
           router::AdvertHeard{.rank = vrrp::Rank{.priority = 255, .centiseconds = 65535},
           .source = ip("fe80::1")},
           router::AnnouncementHeard{.address = limits::addresses_per_router - 1,
           .mac = router::SourceMac::virtual_mac,
           .family = Family::ipv6},
           router::Claimed{},
           router::ClaimRefused{},
           router::Barred{},
           router::Unbarred{},
           router::AdvertSent{},
           router::AdvertNotSent{},
           router::Demote{{.cost = UINT32_MAX, .count = 255}},
           router::SwitchOver{},
           router::SwitchOver{router::Unclaimed::let_go},
           router::ComeAlong{},
           router::GiveUp{Reason::preempted},
           router::GiveUp{Reason::contested, router::Unclaimed::take_back},
           router::Forbid{last_reason},
           router::Allow{},
           router::MayPreempt{Preempt::off},
           router::Advertise{router::Advertised::best_rank},
           router::Unyield{},
           router::AnnounceAgain{},
           router::Stop{},
           router::StopNow{},
           router::Reconfigured{},
           router::Woken{},
           router::DeadlineReached{}})
    check_round_trip(event);
}

TEST_CASE("the values of an event come back in their places") {
  const auto event = event_from("AdvertHeard carp 1 2 3 192.0.2.9 1");
  REQUIRE(event);
  const auto& heard = std::get<router::AdvertHeard>(*event);
  CHECK(heard.rank == router::Rank(carp::Rank{.advbase = 1, .advskew = 2, .demote = 3}));
  CHECK(heard.source == ip("192.0.2.9"));
  CHECK(heard.mac == router::SourceMac::virtual_mac);
  const auto demote = std::get<router::Demote>(event_from("Demote 70000 4").value());
  CHECK(demote.by.cost == 70000);
  CHECK(demote.by.count == 4);
}

TEST_CASE("the words of VRRP, and of both families, come back in their places") {
  const auto heard =
      std::get<router::AdvertHeard>(event_from("AdvertHeard vrrp 150 4095 fe80::12 0").value());
  CHECK(heard.rank == router::Rank(vrrp::Rank{.priority = 150, .centiseconds = 4095}));
  CHECK(heard.source == ip("fe80::12"));
  const auto ready = std::get<router::Ready>(event_from("Ready - fe80::11").value());
  CHECK_FALSE(ready.sources.ipv4);
  CHECK(ready.sources.ipv6 == ip("fe80::11"));
  const auto both = std::get<router::Ready>(event_from("Ready 192.0.2.11 fe80::11").value());
  CHECK(both.sources.ipv4 == ip("192.0.2.11"));
  CHECK(both.sources.ipv6 == ip("fe80::11"));
  const auto settings = record::settings_from("vrrp 2 150 300 4 0 7000000000 3 0 1").value();
  CHECK(settings.election ==
        router::Election(vrrp::Election{.version = vrrp::Version::v2,
                                        .priority = vrrp::Priority::of<150>(),
                                        .interval = vrrp::Centiseconds::of<300>(),
                                        .dead_ratio = vrrp::DeadRatio::of<4>()}));
  CHECK(settings.preempt == Preempt::off);
  CHECK(settings.handover_timeout == 7s);
  CHECK(settings.addresses == 3);
  CHECK(settings.speaks == PerFamily<bool>{.ipv4 = false, .ipv6 = true});
}

TEST_CASE("VRRP's settings, events and effects have the words that are documented") {
  router::Settings settings;
  settings.election = vrrp::Election{};
  settings.speaks = {.ipv4 = true, .ipv6 = true};
  CHECK(to_words(settings) == "vrrp 3 100 100 3 1 10000000000 1 1 1");
  const vrrp::Rank rank{.priority = 150, .centiseconds = 100};
  CHECK(to_words(router::Event(router::AdvertHeard{.rank = rank, .source = ip("fe80::12")})) ==
        "AdvertHeard vrrp 150 100 fe80::12 0");
  CHECK(to_words(router::Event(router::Ready{{.ipv4 = ip("192.0.2.11"), .ipv6 = {}}})) ==
        "Ready 192.0.2.11 -");
  router::Effects effects;
  effects.push(router::SendAdvert{rank});
  CHECK(to_words(effects) == "SendAdvert vrrp 150 100");
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
    const router::Settings settings = random_settings(random);
    INFO("seed " << seed << ", settings " << i << ": " << to_words(settings));
    const auto read = record::settings_from(to_words(settings));
    REQUIRE(read);
    CHECK(*read == settings);
  }
}

TEST_CASE("each effect has words of its own, in order, none is a dash") {
  CHECK(to_words(router::Effects{}) == "-");
  router::Effects effects;
  effects.push(router::SendAdvert{carp::Rank{.advbase = 1, .advskew = 2, .demote = 3}});
  effects.push(router::ClaimAddresses{});
  effects.push(router::ReleaseAddresses{router::Successor::announced});
  effects.push(router::Announce{});
  effects.push(router::Transition{
      .from = router::Role::backup, .to = router::Role::active, .reason = Reason::no_response});
  effects.push(router::TwoActive{ip("2001:db8::7")});
  effects.push(router::OperationEnded{router::Outcome::taken_back});
  effects.push(router::Stopped{});
  CHECK(to_words(effects) ==
        "SendAdvert carp 1 2 3; ClaimAddresses; ReleaseAddresses 1; Announce; Transition 1 2 "
        "no-response; TwoActive 2001:db8::7; OperationEnded 1; Stopped");
}

TEST_CASE("what is no event, or has too few, too many or wrong values, is refused") {
  for (const char* words : {"",
                            " ",
                            "Nonsense",
                            "ready 192.0.2.1 -",
                            "Ready",
                            "Ready here -",
                            "Ready - here",
                            "Ready 192.0.2.1",
                            "Ready 192.0.2.1 fe80::1 fe80::2",
                            "Claimed 1",
                            "NotReady",
                            "NotReady 6",
                            "NotReady -1",
                            "AdvertHeard 1 2 3 192.0.2.1 0",
                            "AdvertHeard glbp 1 2 3 192.0.2.1 0",
                            "AdvertHeard carp 1 2 192.0.2.1 0",
                            "AdvertHeard carp 256 2 3 192.0.2.1 0",
                            "AdvertHeard carp 1 2 3 4 192.0.2.1 0",
                            "AdvertHeard vrrp 1 192.0.2.1 0",
                            "AdvertHeard vrrp 256 100 192.0.2.1 0",
                            "AdvertHeard vrrp 1 65536 192.0.2.1 0",
                            "AdvertHeard vrrp 1 2 3 192.0.2.1 0",
                            "AdvertHeard carp 1 2 3 192.0.2.1",
                            "AdvertHeard carp 1 2 3 192.0.2.1 2",
                            "AnnouncementHeard x 0 0",
                            "AnnouncementHeard 1 2 0",
                            "AnnouncementHeard 1 0 2",
                            "AnnouncementHeard 1 0",
                            "AnnouncementHeard 99999 0 0",
                            "Demote 1",
                            "Demote 1 256",
                            "Demote 1x 2",
                            "Reconfigured carp 1 0",
                            "Reconfigured 1 0 3 1 0 1 1 0",
                            "Reconfigured carp 1 255 3 1 0 1 1 0",
                            "Reconfigured carp 1 0 0 1 0 1 1 0",
                            "Reconfigured carp 1 0 3 2 0 1 1 0",
                            "Reconfigured carp 1 0 3 1 600000000001 1 1 0",
                            "Reconfigured carp 1 0 3 1 0 0 1 0",
                            "Reconfigured carp 1 0 3 1 0 1 2 0",
                            "Reconfigured carp 1 0 3 1 0 1 1",
                            "Reconfigured vrrp 1 100 100 3 1 0 1 1 0",
                            "Reconfigured vrrp 4 100 100 3 1 0 1 1 0",
                            "Reconfigured vrrp 3 0 100 3 1 0 1 1 0",
                            "Reconfigured vrrp 3 256 100 3 1 0 1 1 0",
                            "Reconfigured vrrp 3 100 0 3 1 0 1 1 0",
                            "Reconfigured vrrp 3 100 25501 3 1 0 1 1 0",
                            "Reconfigured vrrp 3 100 100 0 1 0 1 1 0",
                            "Reconfigured vrrp 3 100 100 3 1 0 1 1"}) {
    INFO(words);
    CHECK_FALSE(event_from(words));
  }
}

}  // namespace failover::tests
