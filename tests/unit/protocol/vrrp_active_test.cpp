// The state machine of RFC 9568 6.4.3, Active, sentence by sentence; RFC 3768 6.4.3 says the same
// of version 2, but that it does not answer an advert that loses.

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vrrp_scene.hpp"

namespace failover::tests {
namespace {

// Active for long, and 500 ms after an advert.
Scene between_adverts(const router::Settings& configured) {
  Scene scene = Scene::settled(configured);
  scene.now += 500ms;
  return scene;
}

// Of a backup whose addresses have been let go meanwhile.
Duration down_timer_after(Scene& scene, Duration pause) {
  scene.pass(pause);
  return scene.until_deadline().value_or(Duration{-1}) + pause;
}

}  // namespace

TEST_CASE("RFC 9568 6.4.3: Active, the advert timer fires: an advert each configured interval") {
  for (const auto& configured : {v3(100, 30), v3(100, 4095), v2(100, 1), v2(100, 255)}) {
    Scene scene = Scene::settled(configured);
    const auto said = router::SendAdvert{scene.router.rank()};
    const Duration interval = router::interval(scene.router.rank());
    CHECK(scene.pass(3 * interval) ==
          std::vector<Timed>{{interval, said}, {2 * interval, said}, {3 * interval, said}});
  }
}

TEST_CASE("RFC 9568 6.4.3: Active, the interval is the configured one, not one learned before") {
  Scene scene = Scene::backup(v3(100, 100));
  scene.hears(says(200, 25), greater);
  REQUIRE(scene.at_deadline().front() == router::Effect{to_active(Reason::no_response)});
  CHECK(scene.pass(2s) == std::vector<Timed>{{1s, advert(100)}, {2s, advert(100)}});
}

TEST_CASE("RFC 9568 6.4.3: Active, priority 0: an advert at once, and the advert timer anew") {
  for (const auto& configured : both_versions(100)) {
    Scene scene = between_adverts(configured);
    CHECK(scene.hears(says(0), greater) == Happened{advert(100)});
    CHECK(scene.until_deadline() == 1s);
    CHECK(scene.router.role() == Role::active);
  }
}

// The advert before the transition is one more than the RFC asks for; see the ledger.
TEST_CASE("RFC 9568 6.4.3: Active, a higher priority makes it backup for a down interval") {
  for (const auto& configured : both_versions(100)) {
    for (const IpAddress& from : {greater, lesser}) {
      Scene scene = between_adverts(configured);
      CHECK(scene.hears(says(101), from) == Happened{advert(100), to_backup(Reason::preempted)});
      CHECK(down_timer_after(scene, 1s) == down_interval(100));
    }
  }
}

TEST_CASE("RFC 9568 6.4.3: Active, the interval of a higher priority is learned") {
  for (const int centiseconds : {50, 4095}) {
    Scene scene = between_adverts(v3(100, 100));
    scene.hears(says(200, centiseconds), greater);
    CHECK(down_timer_after(scene, 1s) == down_interval(100, centiseconds * Duration(10ms)));
  }
}

TEST_CASE("RFC 9568 6.4.3: Active, whether it preempts makes no difference") {
  for (const auto& configured : both_versions(100, Preempt::off)) {
    Scene yields = between_adverts(configured);
    yields.hears(says(101), lesser);
    CHECK(yields.router.role() == Role::backup);
    Scene stays = between_adverts(configured);
    stays.hears(says(99), greater);
    CHECK(stays.router.role() == Role::active);
  }
}

TEST_CASE("RFC 9568 6.4.3: Active, an equal priority: the greater address wins, unsigned") {
  struct Row {
    const char* peer;  // against 192.0.2.11
    bool yields;
  };
  for (const Row& row :
       {Row{"192.0.2.12", true}, Row{"192.0.2.10", false}, Row{"192.0.3.5", true},
        Row{"192.0.1.250", false}, Row{"193.0.0.1", true}, Row{"191.255.255.254", false},
        Row{"10.0.0.99", false}, Row{"127.255.255.254", false}, Row{"223.0.0.1", true}}) {
    for (const auto& configured : both_versions(100)) {
      INFO(row.peer);
      Scene scene = between_adverts(configured);
      scene.hears(says(100), address(row.peer));
      CHECK((scene.router.role() == Role::backup) == row.yields);
      CHECK((scene.router.reason() == Reason::tie) == row.yields);
    }
  }
}

TEST_CASE("RFC 9568 6.4.3: Active, an equal priority over IPv6: the greater address wins") {
  struct Row {
    const char* peer;  // against fe80::80:0
    bool yields;
  };
  for (const Row& row : {Row{"fe80::80:1", true}, Row{"fe80::7f:ffff", false},
                         Row{"fe80:0:0:1::", true}, Row{"fe80::ff00:0:1", true}}) {
    INFO(row.peer);
    router::Settings configured = v3(100);
    configured.speaks = {.ipv4 = false, .ipv6 = true};
    Scene scene(configured);
    scene.on(router::Ready{{.ipv4 = {}, .ipv6 = address("fe80::80:0")}});
    scene.at_deadline();
    scene.hears(says(100), address(row.peer));
    CHECK((scene.router.role() == Role::backup) == row.yields);
  }
}

TEST_CASE("RFC 9568 6.4.3: Active, who loses a tie is backup for a down interval, learned") {
  Scene same = between_adverts(v3(100, 100));
  same.hears(says(100, 100), greater);
  CHECK(down_timer_after(same, 1s) == down_interval(100));
  Scene slow_yields_to_quick = between_adverts(v3(100, 4095));
  slow_yields_to_quick.hears(says(100, 100), greater);
  CHECK(down_timer_after(slow_yields_to_quick, 1s) == down_interval(100));
}

TEST_CASE("RFC 9568 6.4.3: Active, a lower priority is answered with an advert at once") {
  for (const auto& configured : both_versions(100)) {
    for (const IpAddress& from : {greater, lesser}) {
      Scene scene = between_adverts(configured);
      CHECK(scene.hears(says(99), from) ==
            Happened{router::TwoActive{from}, advert(100), router::Announce{}});
      CHECK(scene.router.role() == Role::active);
      CHECK(scene.router.deadline() == scene.now + limits::announcement_spacing);
    }
  }
}

TEST_CASE("RFC 9568 6.4.3: Active, an equal priority from a lesser address is answered at once") {
  for (const auto& configured : both_versions(100)) {
    Scene scene = between_adverts(configured);
    CHECK(scene.hears(says(100), lesser) ==
          Happened{router::TwoActive{lesser}, advert(100), router::Announce{}});
    CHECK(scene.router.role() == Role::active);
  }
}

// Two nodes with one address and one priority would answer each other as fast as the network is.
TEST_CASE("RFC 9568 6.4.3: Active, answers are 10 ms apart, however many adverts lose") {
  Scene scene = between_adverts(v3(100));
  int answers = 0;
  for (int heard = 0; heard < 100; ++heard) {
    scene.now += 1ms;
    for (const router::Effect& effect : scene.hears(says(100), own))
      if (std::holds_alternative<router::SendAdvert>(effect)) ++answers;
  }
  CHECK(answers == 10);
}

TEST_CASE("RFC 9568 6.4.3: Active, what has just been advertised needs no answer") {
  Scene scene = Scene::settled(v3(100));
  scene.now = *scene.router.deadline();
  REQUIRE(scene.on(router::DeadlineReached{}) == Happened{advert(100)});
  scene.now += limits::answer_spacing - 1ns;
  for (const router::Effect& effect : scene.hears(says(99), greater))
    CHECK_FALSE(std::holds_alternative<router::SendAdvert>(effect));
  const Happened answered = scene.after(1ns, router::AdvertHeard{says(99), greater});
  REQUIRE(answered.size() >= 2);
  CHECK(answered[1] == router::Effect{advert(100)});
}

TEST_CASE("RFC 9568 6.4.3: Active, Shutdown: an advert with priority 0 is the first thing") {
  for (const auto& configured : both_versions(100)) {
    for (const router::Event& shutdown :
         {router::Event{router::Stop{}}, router::Event{router::StopNow{}}}) {
      Scene scene = between_adverts(configured);
      const Happened happened = scene.on(shutdown);
      REQUIRE_FALSE(happened.empty());
      CHECK(happened.front() == router::Effect{advert(0)});
    }
  }
}

TEST_CASE("RFC 9568 6.4.3: Active, Shutdown: no more adverts but farewells, and Initialize") {
  Scene scene = between_adverts(v3(100));
  scene.on(router::Stop{});
  for (const Timed& each : scene.pass(60s))
    if (const auto* sent = std::get_if<router::SendAdvert>(&each.effect)) CHECK(*sent == advert(0));
  CHECK(scene.router.role() == Role::initialize);
  CHECK_FALSE(scene.router.deadline());
}

TEST_CASE("RFC 9568 8.3.2: of two owners the one with the greater address stays") {
  Scene lesser_one = between_adverts(v3(255));
  lesser_one.hears(says(255), greater);
  CHECK(lesser_one.router.role() == Role::backup);
  Scene greater_one = between_adverts(v3(255));
  CHECK(greater_one.hears(says(255), lesser) ==
        Happened{router::TwoActive{lesser}, advert(255), router::Announce{}});
}

TEST_CASE("RFC 9568 8.3.2: an owner that had to yield to another comes back when that is silent") {
  Scene scene = between_adverts(v3(255));
  scene.hears(says(255), greater);
  scene.pass(60s);
  CHECK(scene.router.role() == Role::active);
}

}  // namespace failover::tests
