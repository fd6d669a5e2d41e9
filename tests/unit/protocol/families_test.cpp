// A router with addresses of both families moves as one, whichever protocol it speaks: adverts in
// both, a dead timer for each, and half-deaf where the active is heard in one only.

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vrrp_scene.hpp"

namespace failover::tests {
namespace {

const Happened nothing{};
const IpAddress own6 = address("fe80::11");
const PerFamily<IpAddress> peer{.ipv4 = address("192.0.2.12"), .ipv6 = address("fe80::12")};
const router::Transition is_half_deaf{Role::backup, Role::backup, Reason::half_deaf};
const router::Transition hears_both{Role::backup, Role::backup, Reason::listening};

// Either protocol. The dead time is the same whichever of the peers is heard.
struct Protocol {
  const char* name;
  router::Settings settings;
  router::Rank better;
  router::Rank equal;
  router::Rank worse;
  router::Rank leaves;
  // What an equal peer's address is that wins against 192.0.2.11 and fe80::11, and one that loses.
  PerFamily<const char*> winner;
  PerFamily<const char*> loser;

  [[nodiscard]] Duration dead() const { return settings.dead_time(); }
};

router::Settings in_both(router::Settings settings) {
  settings.speaks = {.ipv4 = true, .ipv6 = true};
  return settings;
}

const Protocol protocols[] = {
    {.name = "CARP",
     .settings = in_both(settings(1, 100)),
     .better = better,
     .equal = equal,
     .worse = worse,
     .leaves = carp::farewell_times,
     .winner = {.ipv4 = "192.0.2.10", .ipv6 = "fe80::10"},
     .loser = {.ipv4 = "192.0.2.12", .ipv6 = "fe80::12"}},
    {.name = "VRRP",
     .settings = in_both(v3(100)),
     .better = says(200),
     .equal = says(100),
     .worse = says(50),
     .leaves = says(0),
     .winner = {.ipv4 = "192.0.2.12", .ipv6 = "fe80::12"},
     .loser = {.ipv4 = "192.0.2.10", .ipv6 = "fe80::10"}},
};
const Protocol& vrrp_in_both = protocols[1];

Scene backup(const router::Settings& configured) {
  Scene scene(configured);
  scene.on(router::Ready{{.ipv4 = own, .ipv6 = own6}});
  return scene;
}

Scene settled(const router::Settings& configured) {
  Scene scene = backup(configured);
  scene.at_deadline();
  scene.on(router::Claimed{});
  for (int i = 0; i < 12; ++i) scene.at_deadline();
  scene.now += 500ms;
  return scene;
}

// What happens in the course of `count` adverts, one every second in these families.
Happened hears_each_second(Scene& scene, const router::Rank& rank, std::initializer_list<Family> in,
                           int count) {
  Happened all;
  for (int i = 0; i < count; ++i) {
    scene.now += 1s;
    for (const Family family : in)
      for (const router::Effect& effect : scene.hears(rank, peer[family])) all.push_back(effect);
  }
  return all;
}

}  // namespace

TEST_CASE("both families: it claims when the active is silent in both, whichever is silent first") {
  for (const Protocol& protocol : protocols) {
    for (const Family first : families) {
      INFO(protocol.name);
      Scene scene = backup(protocol.settings);
      scene.hears(protocol.better, peer[first]);
      scene.now += 700ms;
      scene.hears(protocol.better, peer[other(first)]);
      CHECK(scene.until_deadline() == protocol.dead());
      scene.now += protocol.dead() - 1ns;  // that in the first has run out long ago
      CHECK(scene.on(router::DeadlineReached{}) == nothing);
      scene.now += 1ns;
      scene.on(router::DeadlineReached{});
      CHECK(scene.router.role() == Role::active);
      CHECK(scene.router.reason() == Reason::no_response);
    }
  }
}

TEST_CASE("both families: an active that was heard in one is dead when it is silent there") {
  for (const Protocol& protocol : protocols) {
    for (const Family family : families) {
      INFO(protocol.name);
      Scene scene = backup(protocol.settings);
      hears_each_second(scene, protocol.better, {family}, 20);
      CHECK(scene.until_deadline() == protocol.dead());
      scene.at_deadline();
      CHECK(scene.router.role() == Role::active);
    }
  }
}

TEST_CASE("both families: heard in one only, it stays backup and says half-deaf, once") {
  for (const Protocol& protocol : protocols) {
    for (const Family family : families) {
      INFO(protocol.name);
      Scene scene = backup(protocol.settings);
      CHECK(hears_each_second(scene, protocol.better, {family}, 20) == Happened{is_half_deaf});
      CHECK(scene.router.role() == Role::backup);
    }
  }
}

TEST_CASE("both families: half-deaf is who has listened in vain for as long as to a dead active") {
  for (const Protocol& protocol : protocols) {
    INFO(protocol.name);
    Scene scene = backup(protocol.settings);
    CHECK(hears_each_second(scene, protocol.better, {Family::ipv4}, 3) == nothing);
    CHECK(hears_each_second(scene, protocol.better, {Family::ipv4}, 1) == Happened{is_half_deaf});
  }
}

TEST_CASE("both families: who becomes deaf in one says so a dead time later, and when it is over") {
  for (const Protocol& protocol : protocols) {
    for (const Family deaf : families) {
      INFO(protocol.name);
      Scene scene = backup(protocol.settings);
      CHECK(hears_each_second(scene, protocol.better, {Family::ipv4, Family::ipv6}, 10) == nothing);
      CHECK(hears_each_second(scene, protocol.better, {other(deaf)}, 3) == nothing);
      CHECK(hears_each_second(scene, protocol.better, {other(deaf)}, 9) == Happened{is_half_deaf});
      CHECK(scene.hears(protocol.better, peer[deaf]) == Happened{hears_both});
      CHECK(hears_each_second(scene, protocol.better, {Family::ipv4, Family::ipv6}, 10) == nothing);
    }
  }
}

TEST_CASE("both families: who is half-deaf claims when it hears nothing in the other either") {
  for (const Protocol& protocol : protocols) {
    for (const Family deaf : families) {
      INFO(protocol.name);
      Scene scene = backup(protocol.settings);
      hears_each_second(scene, protocol.better, {Family::ipv4, Family::ipv6}, 2);
      hears_each_second(scene, protocol.better, {other(deaf)}, 9);
      REQUIRE(scene.router.reason() == Reason::half_deaf);
      CHECK(scene.until_deadline() == protocol.dead());
      CHECK(scene.at_deadline().front() == router::Effect{to_active(Reason::no_response)});
    }
  }
}

TEST_CASE("both families: a router of one family is never half-deaf") {
  for (const Protocol& protocol : protocols) {
    for (const Family family : families) {
      INFO(protocol.name);
      router::Settings configured = protocol.settings;
      configured.speaks[other(family)] = false;
      Scene scene = backup(configured);
      CHECK(hears_each_second(scene, protocol.better, {family}, 20) == nothing);
    }
  }
}

TEST_CASE("both families: while a foreign address bars it, it says that and not half-deaf") {
  for (const Protocol& protocol : protocols) {
    INFO(protocol.name);
    Scene scene = backup(protocol.settings);
    scene.on(router::Barred{});
    CHECK(hears_each_second(scene, protocol.better, {Family::ipv4}, 20) == nothing);
    CHECK(scene.router.reason() == Reason::foreign_address);
  }
}

TEST_CASE("both families: a better advert in either makes an active backup") {
  for (const Protocol& protocol : protocols) {
    for (const Family family : families) {
      INFO(protocol.name);
      Scene scene = settled(protocol.settings);
      scene.hears(protocol.better, peer[family]);
      CHECK(scene.router.role() == Role::backup);
      CHECK(scene.router.reason() == Reason::preempted);
      scene.pass(1s);
      CHECK(scene.until_deadline() == protocol.dead() - 1s);
    }
  }
}

TEST_CASE("both families: a worse advert in either moves no active") {
  for (const Protocol& protocol : protocols) {
    for (const Family family : families) {
      INFO(protocol.name);
      Scene scene = settled(protocol.settings);
      scene.hears(protocol.worse, peer[family]);
      CHECK(scene.router.role() == Role::active);
    }
  }
}

TEST_CASE("both families: a tie is judged with our own source of the advert's family") {
  for (const Protocol& protocol : protocols) {
    for (const Family family : families) {
      INFO(protocol.name);
      Scene yields = settled(protocol.settings);
      yields.hears(protocol.equal, address(protocol.winner[family]));
      CHECK(yields.router.role() == Role::backup);
      CHECK(yields.router.reason() == Reason::tie);
      Scene stays = settled(protocol.settings);
      stays.hears(protocol.equal, address(protocol.loser[family]));
      CHECK(stays.router.role() == Role::active);
    }
  }
}

TEST_CASE(
    "both families, VRRP: an active that left in one is waited for while it is in the other") {
  for (const Family left : families) {
    Scene scene = backup(vrrp_in_both.settings);
    hears_each_second(scene, says(200), {Family::ipv4, Family::ipv6}, 2);
    scene.hears(says(0), peer[left]);
    CHECK(scene.until_deadline() == vrrp_in_both.dead());
    scene.now += 100ms;
    scene.hears(says(0), peer[other(left)]);
    CHECK(scene.until_deadline() == skew_time(100));
    scene.at_deadline();
    CHECK(scene.router.role() == Role::active);
  }
}

TEST_CASE("both families, VRRP: an active that was heard in one and left it is gone") {
  Scene scene = backup(vrrp_in_both.settings);
  hears_each_second(scene, says(200), {Family::ipv6}, 2);
  scene.hears(says(0), peer.ipv6);
  CHECK(scene.until_deadline() == skew_time(100));
}

// A CARP node says it in both, and its backup does not wait for the second.
TEST_CASE("both families, CARP: a farewell in either is taken over from at once") {
  for (const Family family : families) {
    Scene scene = backup(protocols[0].settings);
    hears_each_second(scene, better, {Family::ipv4, Family::ipv6}, 2);
    scene.hears(carp::farewell_times, peer[family]);
    CHECK(scene.router.role() == Role::active);
    CHECK(scene.router.reason() == Reason::peer_left);
    scene.hears(carp::farewell_times, peer[other(family)]);
    CHECK(scene.router.role() == Role::active);
  }
}

TEST_CASE("both families, VRRP: who is discarded in one family does not delay the claim") {
  Scene scene = backup(vrrp_in_both.settings);
  scene.hears(says(200), peer.ipv4);
  scene.now += 1s;
  CHECK(scene.hears(says(50), peer.ipv6) == nothing);
  CHECK(scene.until_deadline() == vrrp_in_both.dead() - 1s);
}

TEST_CASE("both families: new settings move the timers of both") {
  router::Settings changed = in_both(v3(200));
  Scene scene = backup(vrrp_in_both.settings);
  scene.hears(says(250), peer.ipv4);
  scene.now += 500ms;
  scene.hears(says(250), peer.ipv6);
  scene.now += 500ms;
  scene.on(router::Reconfigured{changed});
  CHECK(scene.until_deadline() == down_interval(200) - 500ms);
  scene.hears(says(0), peer.ipv6);
  CHECK(scene.until_deadline() == down_interval(200) - 1s);  // that of IPv4
}

TEST_CASE("both families: after a stall an active yields to who is heard in either") {
  for (const Protocol& protocol : protocols) {
    for (const Family family : families) {
      INFO(protocol.name);
      Scene scene = settled(protocol.settings);
      scene.now += 60s;
      scene.on(router::Woken{});
      CHECK(scene.hears(protocol.worse, peer[family]) == Happened{to_backup(Reason::stall)});
    }
  }
}

TEST_CASE("both families: after a switchover a worse one is followed in either") {
  for (const Protocol& protocol : protocols) {
    for (const Family family : families) {
      INFO(protocol.name);
      Scene scene = settled(protocol.settings);
      scene.on(router::SwitchOver{});
      CHECK(scene.hears(protocol.worse, peer[family]) == Happened{to_backup(Reason::op)});
      scene.pass(250ms);
      CHECK(scene.hears(protocol.worse, peer[other(family)]) == nothing);
      CHECK(scene.until_deadline() == protocol.dead());
    }
  }
}

TEST_CASE("both families: a tie that is decided in IPv4 is not decided in IPv6 as well") {
  for (const Protocol& protocol : protocols) {
    INFO(protocol.name);
    Scene scene = settled(protocol.settings);
    scene.hears(protocol.equal, address(protocol.loser.ipv4));
    scene.now += 10ms;
    scene.hears(protocol.equal, address(protocol.winner.ipv6));
    CHECK(scene.router.role() == Role::active);
    scene.now += protocol.dead();
    scene.hears(protocol.equal, address(protocol.winner.ipv6));
    CHECK(scene.router.role() == Role::backup);
    CHECK(scene.router.reason() == Reason::tie);
  }
}

TEST_CASE("both families: an equal one in IPv6 alone that insists for two dead times wins") {
  for (const Protocol& protocol : protocols) {
    INFO(protocol.name);
    Scene scene = settled(protocol.settings);
    const Instant begin = scene.now;
    for (; scene.now < begin + 2 * protocol.dead(); scene.now += 1s) {
      scene.hears(protocol.equal, address(protocol.loser.ipv6));
      CHECK(scene.router.role() == Role::active);
    }
    scene.now = begin + 2 * protocol.dead() - 1ns;
    scene.hears(protocol.equal, address(protocol.loser.ipv6));
    CHECK(scene.router.role() == Role::active);
    scene.now += 1ns;
    scene.hears(protocol.equal, address(protocol.loser.ipv6));
    CHECK(scene.router.role() == Role::backup);
    CHECK(scene.router.reason() == Reason::tie);
  }
}

TEST_CASE("both families: a worse one in IPv6 alone never wins, however long it insists") {
  for (const Protocol& protocol : protocols) {
    INFO(protocol.name);
    Scene scene = settled(protocol.settings);
    for (int i = 0; i < 20; ++i) {
      scene.now += 1s;
      scene.hears(protocol.worse, peer.ipv6);
    }
    CHECK(scene.router.role() == Role::active);
  }
}

TEST_CASE("both families: who has never heard one of them is half-deaf by the new dead time") {
  Scene scene = backup(in_both(v3(200)));
  scene.now += 1s;
  scene.hears(says(250), peer.ipv4);
  scene.on(router::Reconfigured{in_both(v3(100))});
  scene.now += 2500ms;
  CHECK(scene.hears(says(250), peer.ipv4) == nothing);  // 3.5 s, of 3.2 s before and 3.6 s now
  scene.now += 200ms;
  CHECK(scene.hears(says(250), peer.ipv4) == Happened{is_half_deaf});
}

}  // namespace failover::tests
