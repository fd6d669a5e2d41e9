// Explain: for each situation the sentence that says why, what shows it, and what would change it.

#include "agent/control/explain.hpp"

#include <algorithm>

#include "tests/unit/agent/explain_scene.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {

TEST_CASE("active because nobody answered: who has been silent, and for how long") {
  ExplainScene scene;
  scene.active(Reason::no_response);
  scene.hear("10.0.0.2", {.advbase = 1, .advskew = 100}, 200s);
  const auto told = scene.explain();
  CHECK(told.why == "active, because no advert of 10.0.0.2 came for 3.000 s");
  CHECK(told.rank.text == "1.000 s");
  CHECK(has(told.evidence, "eth0.carp.10 advertises 1.000 s"));
  CHECK(has(told.evidence, "10.0.0.2 on eth0.carp.10 has been silent for 3m; it said 1.391 s"));
  CHECK(has(told.would_change, "an advert of 10.0.0.2 better than 1.000 s"));
  CHECK(has(told.would_change, "link eth0 down"));
  CHECK(has(told.would_change, "failoverctl switchover web"));
  REQUIRE(told.peers.size() == 1);
  CHECK(told.peers[0].said == "advbase 1, advskew 100");
  CHECK(told.peers[0].state == control::PeerState::silent);
  CHECK(told.peers[0].last_heard == 200s);
}

TEST_CASE("active by preemption: the two ranks") {
  ExplainScene scene;
  scene.active(Reason::priority);
  scene.hear("10.0.0.2", {.advbase = 1, .advskew = 100}, 200s);
  CHECK(scene.explain().why ==
        "active by preemption: 10.0.0.2 advertised a worse rank, 1.391 s against 1.000 s");
}

TEST_CASE("active and alone: nobody was ever heard") {
  ExplainScene scene;
  scene.active(Reason::no_response);
  const auto told = scene.explain();
  CHECK(told.why == "active and alone: nobody was ever heard");
  CHECK(has(told.evidence, "nobody has been heard on eth0.carp.10"));
  CHECK(has(told.would_change, "an advert better than 1.000 s on eth0.carp.10"));
}

TEST_CASE("active because the peer has left, and because another element took the group along") {
  ExplainScene scene;
  scene.active(Reason::peer_left);
  scene.hear("10.0.0.2", {.advbase = 1}, 5s, PeerLeft::yes);
  CHECK(scene.explain().why == "active, because 10.0.0.2 said farewell");
  CHECK(has(scene.explain().evidence, "10.0.0.2 on eth0.carp.10 said farewell 5s ago"));
  scene.active(Reason::group);
  scene.group.leader = "eth0.carp.10";
  CHECK(scene.explain().why == "active, because eth0.carp.10 took the group along");
}

TEST_CASE("backup because the peer is better: its silence would change that, and for how long") {
  ExplainScene scene;
  scene.skew(100);
  scene.backup(Reason::preempted);
  scene.hear("10.0.0.2", {.advbase = 1}, 300ms);
  const auto told = scene.explain();
  CHECK(told.why ==
        "backup, because 10.0.0.2 is active with a better rank: 1.000 s against 1.391 s");
  CHECK(has(told.evidence, "eth0.carp.10 would advertise 1.391 s"));
  CHECK(has(told.evidence, "10.0.0.2 on eth0.carp.10 advertises 1.000 s, last heard 1s ago"));
  CHECK(has(told.would_change, "silence of 10.0.0.2 for 3.391 s"));
  CHECK(has(told.would_change, "a farewell of 10.0.0.2"));
  CHECK(has(told.would_change, "an advert of 10.0.0.2 worse than 1.391 s"));
}

TEST_CASE("backup because of preempt = false, though the active is worse") {
  ExplainScene scene;
  scene.group.settings.preempt = Preempt::off;
  scene.backup(Reason::listening);
  scene.hear("10.0.0.2", {.advbase = 1, .advskew = 100}, 300ms);
  const auto told = scene.explain();
  CHECK(told.why ==
        "backup, because preempt = false: 10.0.0.2 is active with a worse rank, "
        "1.391 s against 1.000 s");
  CHECK(has(told.would_change, "preempt = true"));
  CHECK(has(told.would_change, "silence of 10.0.0.2 for 3.000 s"));
}

TEST_CASE("backup and yielded after a switchover: until it is released, or the peer goes") {
  ExplainScene scene;
  scene.backup(Reason::op);
  scene.group.status.yielded = true;
  scene.hear("10.0.0.2", {.advbase = 1, .advskew = 100}, 300ms);
  const auto told = scene.explain();
  CHECK(told.why ==
        "backup, because it has handed over with a switchover and does not preempt since");
  CHECK(has(told.would_change, "failoverctl release web"));
  CHECK(has(told.would_change, "silence of 10.0.0.2 for 3.000 s"));
  CHECK_FALSE(has(told.would_change, "an advert of 10.0.0.2 worse than 1.000 s"));
}

TEST_CASE("drained: by whom, why and for how long, and what ends it") {
  ExplainScene scene;
  scene.backup(Reason::drain);
  scene.override({.kind = control::OverrideKind::drain, .reason = "kernel update"});
  scene.group.status.overrides.drained = true;
  scene.hear("10.0.0.2", {.advbase = 1, .advskew = 100}, 300ms);
  const auto told = scene.explain();
  CHECK(told.why == "backup, drained by root for another 18m (kernel update)");
  CHECK(has(told.would_change, "the end of drain in 18m or failoverctl undrain web"));
  CHECK(has(told.would_change, "silence of 10.0.0.2 for 3.000 s"));
}

TEST_CASE("held backup: nothing but its end changes that") {
  ExplainScene scene;
  scene.backup(Reason::held);
  scene.override({.kind = control::OverrideKind::hold, .hold = group::Hold::backup});
  scene.group.status.overrides.hold = group::Hold::backup;
  const auto told = scene.explain();
  CHECK(told.why == "backup, held so by root for another 18m");
  CHECK(told.would_change ==
        std::vector<std::string>{"the end of hold in 18m or failoverctl release web"});
}

TEST_CASE("held active: it advertises the best rank, and still gives way to a better one") {
  ExplainScene scene;
  scene.skew(100);
  scene.active(Reason::held);
  scene.override({.kind = control::OverrideKind::hold, .hold = group::Hold::active});
  scene.group.status.overrides.hold = group::Hold::active;
  scene.router().status.rank = carp::Rank{.advbase = 1};
  const auto told = scene.explain();
  CHECK(told.why == "active, held so by root for another 18m");
  CHECK(told.rank.text == "1.000 s");
  CHECK(value_of(told.rank, "advskew") == "100");
  CHECK(value_of(told.rank, "advertised") == "advskew 0");
  CHECK(has(told.would_change, "an advert better than 1.000 s on eth0.carp.10"));
}

TEST_CASE("frozen: nothing moves until it ends, and what it was before is told") {
  ExplainScene scene;
  scene.active(Reason::no_response);
  scene.group.status.state = GroupState::frozen;
  scene.override({.kind = control::OverrideKind::freeze, .group = ""});
  scene.group.status.overrides.frozen = true;
  const auto told = scene.explain();
  CHECK(told.why ==
        "frozen by root for another 18m: nothing moves by itself; it is active and "
        "alone: nobody was ever heard");
  CHECK(told.would_change ==
        std::vector<std::string>{"the end of freeze in 18m or failoverctl thaw"});
}

TEST_CASE("Down because of a link: which, and that it has to come back") {
  ExplainScene scene;
  scene.down(Reason::element_down);
  scene.router().status.waiting_for = WaitingFor::carrier;
  auto told = scene.explain();
  CHECK(told.why == "Down, because eth0.carp.10 cannot work: no carrier on eth0");
  CHECK(told.would_change == std::vector<std::string>{"a carrier on eth0"});
  scene.router().status.waiting_for = WaitingFor::link;
  told = scene.explain();
  CHECK(told.why == "Down, because eth0.carp.10 cannot work: link eth0 down");
  CHECK(told.would_change == std::vector<std::string>{"link eth0 up"});
}

TEST_CASE("Down because of a track: what it found, and what has to come back") {
  ExplainScene scene;
  scene.backup(Reason::element_down);
  scene.group.status.role = router::Role::initialize;
  scene.group.status.state = GroupState::down;
  scene.track("uplink", config::LinkTrack{"eth2"}, {});
  auto told = scene.explain();
  CHECK(told.why == "Down, because of what it depends on: link eth2 down");
  CHECK(told.would_change == std::vector<std::string>{"link eth2 up"});
  scene.group.tracks.clear();
  scene.track("site", config::TcpTrack{ip("127.0.0.1"), 80}, {});
  scene.group.tracks[0].detail = "connection refused";
  told = scene.explain();
  CHECK(told.why == "Down, because of what it depends on: track site is down: connection refused");
  CHECK(told.would_change == std::vector<std::string>{"track site up"});
}

TEST_CASE("demoted by a track: the rank is a sum of named parts") {
  ExplainScene scene;
  scene.skew(100);
  scene.backup(Reason::demoted);
  scene.track("site", config::TcpTrack{ip("127.0.0.1"), 80}, 50);
  scene.router().status.demotion = 50;
  scene.router().status.rank = carp::Rank{.advbase = 1, .advskew = 150};
  scene.hear("10.0.0.2", {.advbase = 1, .advskew = 120}, 300ms);
  auto told = scene.explain();
  CHECK(told.rank.text == "1.586 s");
  CHECK(told.rank.sum == "advskew 100 + track site 50 = 150");
  CHECK(value_of(told.rank, "track site") == "50");
  CHECK(has(told.evidence, "advskew 100 + track site 50 = 150"));
  CHECK(has(told.would_change, "track site up: it costs 50"));
  scene.router().status.demotion = 290;
  scene.router().status.rank = carp::Rank{.advbase = 1, .advskew = 240};
  told = scene.explain();
  CHECK(told.rank.sum == "advskew 100 + track site 50 + send errors 240 = 390, advertised as 240");
}

TEST_CASE("demoted with VRRP: what is taken from the priority") {
  ExplainScene scene;
  scene.use_vrrp(150);
  scene.backup(Reason::demoted);
  scene.track("site", config::TcpTrack{ip("127.0.0.1"), 80}, 50);
  scene.router().status.demotion = 50;
  scene.router().status.rank = vrrp::Rank{.priority = 100, .centiseconds = 100};
  const auto told = scene.explain();
  CHECK(told.rank.text == "priority 100");
  CHECK(told.rank.sum == "priority 150 - track site 50 = 100");
}

TEST_CASE("start_delay, preempt_delay, damping and not again: until when") {
  ExplainScene scene;
  scene.backup(Reason::start_delay);
  scene.hear("10.0.0.2", {.advbase = 1, .advskew = 100}, 300ms);
  const std::string peer = "10.0.0.2 is active with a worse rank, 1.391 s against 1.000 s";
  auto& status = scene.group.status;
  const Instant soon = scene.now + 12s;
  SECTION("start_delay") {
    status.starts_at = soon;
    CHECK(scene.explain().why == "backup, because of start_delay: 12s are left");
    CHECK(scene.explain().would_change ==
          std::vector<std::string>{"the end of start_delay in 12s"});
  }
  SECTION("preempt_delay") {
    status.preempts_from = soon;
    CHECK(scene.explain().why ==
          "backup, because of preempt_delay: " + peer + ", and is preempted in 12s");
    CHECK(has(scene.explain().would_change, "the end of preempt_delay in 12s"));
  }
  SECTION("damping") {
    status.damped_until = soon;
    status.unplanned_moves = 11;
    CHECK(scene.explain().why ==
          "backup, because it has moved too often: " + peer + ", and is not preempted for 12s");
    CHECK(has(scene.explain().evidence, "11 unplanned moves within 10m"));
    CHECK(has(scene.explain().would_change, "the end of damping in 12s"));
  }
  SECTION("not again") {
    status.not_again_before = soon;
    CHECK(scene.explain().why ==
          "backup, because another element took the last move back: not again for 12s");
    CHECK(has(scene.explain().would_change,
              "the end of the wait after a move that was taken back in 12s"));
  }
  SECTION("what is over says nothing any more") {
    status.starts_at = status.preempts_from = status.damped_until = status.not_again_before =
        scene.now;
    CHECK(scene.explain().why == "backup, about to preempt: " + peer);
  }
}

TEST_CASE("a foreign address: whose it is not, and where it has to go from") {
  ExplainScene scene;
  scene.backup(Reason::foreign_address);
  const auto told = scene.explain();
  CHECK(told.why ==
        "backup, because an address of eth0.carp.10 is on eth0 already and is not failoverd's");
  CHECK(told.would_change ==
        std::vector<std::string>{"the removal of the address that is not failoverd's from eth0"});
}

TEST_CASE("half-deaf: heard in one family only") {
  ExplainScene scene;
  scene.backup(Reason::half_deaf);
  scene.hear("10.0.0.2", {.advbase = 1, .advskew = 100}, 300ms);
  const auto told = scene.explain();
  CHECK(told.why == "backup, because the active node is heard in one of IPv4 and IPv6 only");
  CHECK(
      told.would_change ==
      std::vector<std::string>{"adverts of the active node in both families, or silence in both"});
}

TEST_CASE("mode none: only a person makes it active") {
  ExplainScene scene;
  scene.group.settings.mode = config::GroupMode::none;
  scene.backup(Reason::mode_none);
  const auto told = scene.explain();
  CHECK(told.why == "backup, because its mode is none: only a person makes it active");
  CHECK(told.would_change == std::vector<std::string>{"failoverctl hold web active --for 1h"});
}

TEST_CASE("two active: who else, and what shows it") {
  ExplainScene scene;
  scene.active(Reason::no_response);
  scene.router().status.two_active = 1;
  scene.router().status.two_active_at = scene.real - 1s;
  scene.router().status.two_active_peer = {
      .address = ip("10.0.0.2"), .mac = peer_mac, .rank = carp::Rank{.advbase = 1, .advskew = 100}};
  CHECK(scene.explain().why ==
        "active, and so is 10.0.0.2 (1.391 s): two nodes are active at the same time");
  CHECK(has(scene.explain().evidence,
            "eth0.carp.10 heard a valid advert of 10.0.0.2 while this node was active"));
  scene.router().status.two_active_at = scene.real - 6s;
  CHECK(scene.explain().why == "active and alone: nobody was ever heard");
}

TEST_CASE("backup with nobody to hear: it waits for the silence to be long enough") {
  ExplainScene scene;
  scene.backup(Reason::listening);
  const auto told = scene.explain();
  CHECK(told.why == "backup: it waits for an active node, or for its silence");
  CHECK(has(told.would_change, "silence for 3.000 s"));
}

TEST_CASE("a group that has no router yet is explained, too") {
  ExplainScene scene;
  scene.group.routers.clear();
  scene.group.status = {};
  const auto told = scene.explain();
  CHECK(told.why == "Down, because nothing has happened yet");
  CHECK(told.rank.text.empty());
}

}  // namespace failover::tests
