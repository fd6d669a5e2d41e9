// What replayed CARP adverts do to a router, and what its status says of them.

#include <random>
#include <vector>

#include "tests/unit/agent/fake_engine.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

constexpr carp::Rank best{.advbase = 0, .advskew = 0};
const IpAddress stranger = ip("192.0.2.99");

struct Fixture {
  EngineScene scene;
  explicit Fixture(carp::ReplayProtection mode) { scene.replay.mode = mode; }

  void start_backup() {
    scene.start_interface();
    scene.add_router();
    scene.turn();
    (void)scene.to_control();
  }
  [[nodiscard]] std::uint64_t now() const {
    return static_cast<std::uint64_t>(scene.clock.real_now.time_since_epoch() / 1us);
  }
  void hear(PeerAdvert advert) {
    scene.hear(frame_of(advert));
    scene.turn();
  }
  CounterKind counter_of(const IpAddress& address) {
    const RouterStatus status = scene.status();
    for (std::uint32_t i = 0; i < status.peer_count; ++i)
      if (status.peers[i].address == address) return status.peers[i].counter;
    return CounterKind::unknown;
  }
};

}  // namespace

TEST_CASE("PRODUCT 8.8: enforced, an active yields to nobody who sends our own adverts again") {
  Fixture fixture(carp::ReplayProtection::enforce);
  fixture.scene.start_active();
  fixture.scene.run_for(1s);
  REQUIRE(fixture.scene.sender.sent.size() == 1);
  const auto own = carp::decode(datagram_of(fixture.scene.sender.sent[0]).payload).value();
  fixture.hear({.rank = best, .source = stranger, .counter = own.counter});
  CHECK(fixture.scene.status().role == router::Role::active);
  CHECK(fixture.scene.counted() == "replay 1");
  const RouterStatus status = fixture.scene.status();
  CHECK(status.replayed.address == stranger);
  CHECK(status.replayed.mac == peer_mac);
  CHECK(status.replayed_as.freshness == carp::Freshness::replayed);
  CHECK(status.peer_count == 0);
  // The same rank in an advert of its own wins.
  fixture.hear({.rank = best, .counter = fixture.now() + 1});
  CHECK(fixture.scene.status().role == router::Role::backup);
}

TEST_CASE("PRODUCT 8.8: enforced, a backup goes by fresh adverts alone") {
  Fixture fixture(carp::ReplayProtection::enforce);
  fixture.start_backup();
  const std::uint64_t first = fixture.now();
  fixture.hear({.counter = first});
  fixture.scene.run_for(2s);
  fixture.hear({.counter = first});
  fixture.hear({.rank = carp::farewell_times, .counter = first});
  CHECK(fixture.scene.counted() == "replay 2, received 1");
  // The dead time runs from the first one.
  fixture.scene.run_for(1s);
  CHECK(fixture.scene.status().role == router::Role::active);
  CHECK(fixture.scene.status().reason == Reason::no_response);
}

TEST_CASE("PRODUCT 8.8: enforced, a peer whose clock is wrong is refused, and by how much it is") {
  Fixture fixture(carp::ReplayProtection::enforce);
  fixture.start_backup();
  fixture.hear({.counter = fixture.now() + 3'600'000'000U});
  CHECK(fixture.scene.counted() == "replay 1");
  CHECK(fixture.scene.status().replayed_as.freshness == carp::Freshness::stale);
  CHECK(fixture.scene.status().replayed_as.ahead == 3600s);
}

TEST_CASE("PRODUCT 7: monitored, what would be refused is accepted and counted") {
  Fixture fixture(carp::ReplayProtection::monitor);
  fixture.start_backup();
  const std::uint64_t first = fixture.now();
  fixture.hear({.counter = first});
  fixture.hear({.source = stranger, .counter = first});
  fixture.hear({.source = ip("192.0.2.13"), .counter = 0xaa2156a8230291c2});
  const RouterStatus status = fixture.scene.status();
  CHECK(fixture.scene.counted() == "received 3");
  CHECK(status.replay_suspected == 1);
  CHECK(status.unprotected == 1);
  CHECK(status.replayed.address == IpAddress{});
}

TEST_CASE("PRODUCT 7: a peer's counter is the clock or another, and a replay does not change it") {
  Fixture fixture(carp::ReplayProtection::monitor);
  fixture.start_backup();
  const IpAddress peer = ip("192.0.2.12");
  const std::uint64_t first = fixture.now();
  fixture.hear({.counter = 0xaa2156a8230291c2});
  CHECK(fixture.counter_of(peer) == CounterKind::other);
  fixture.hear({.counter = first});
  CHECK(fixture.counter_of(peer) == CounterKind::clock);
  fixture.hear({.counter = first});
  CHECK(fixture.counter_of(peer) == CounterKind::clock);
  fixture.hear({.source = stranger, .counter = first});
  CHECK(fixture.counter_of(stranger) == CounterKind::other);
  fixture.hear({.source = stranger, .counter = first - 60'000'000U});
  CHECK(fixture.counter_of(stranger) == CounterKind::other);
}

TEST_CASE("PRODUCT 7: with replay protection off nobody looks at counters") {
  Fixture fixture(carp::ReplayProtection::off);
  fixture.start_backup();
  for (int i = 0; i < 2; ++i) fixture.hear({.counter = 4711});
  const RouterStatus status = fixture.scene.status();
  CHECK(fixture.scene.counted() == "received 2");
  CHECK(status.replay_suspected == 0);
  CHECK(status.unprotected == 0);
  CHECK(fixture.counter_of(ip("192.0.2.12")) == CounterKind::unknown);
}

TEST_CASE("PRODUCT 8.5: replays are known after a change of settings") {
  Fixture fixture(carp::ReplayProtection::monitor);
  fixture.start_backup();
  const std::uint64_t first = fixture.now();
  fixture.hear({.counter = first});
  fixture.scene.replay.mode = carp::ReplayProtection::enforce;
  fixture.scene.mailboxes.kernel_to_engine.post(RouterChanged{fixture.scene.setup(0, vhid_10)});
  fixture.scene.turn();
  fixture.hear({.source = stranger, .counter = first});
  CHECK(fixture.scene.counted() == "replay 1, received 1");
}

TEST_CASE("PRODUCT 8.8: enforced, of a captured hour that is sent again nothing moves anything") {
  Fixture fixture(carp::ReplayProtection::enforce);
  fixture.start_backup();
  std::minstd_rand random(1);
  std::vector<PeerAdvert> captured;
  std::vector<std::string> moves;
  for (int second = 0; second < 3600; ++second) {
    const PeerAdvert fresh{.counter = fixture.now()};
    const PeerAdvert later{.counter = fixture.now() + 1};
    // Every tenth is overtaken by the next one.
    const bool overtaken = random() % 10 == 0;
    fixture.hear(overtaken ? later : fresh);
    fixture.hear(overtaken ? fresh : later);
    captured.insert(captured.end(), {fresh, later});
    PeerAdvert again = captured[random() % captured.size()];
    switch (random() % 5) {
      case 0: break;
      case 1: again.source = stranger; break;
      case 2: again.rank = best; break;
      case 3: again.rank = carp::farewell_times; break;
      case 4:  // forged: a counter that nobody has signed
        again.rank = best;
        again.password = "another";
        again.counter = fixture.now() + 2;
        break;
    }
    fixture.hear(again);
    fixture.scene.run_for(1s);
    for (const std::string& told : fixture.scene.to_control())
      if (told.starts_with("role ") || told.starts_with("two-active ")) moves.push_back(told);
  }
  CHECK(fixture.scene.status().role == router::Role::backup);
  CHECK(moves == std::vector<std::string>{});
  const auto rejected = fixture.scene.status().rejected;
  const auto count = [&](Rejection why) { return rejected[static_cast<std::size_t>(why)]; };
  CHECK(count(Rejection::replay) + count(Rejection::digest) >= 3600);
  CHECK(count(Rejection::digest) > 500);
}

}  // namespace failover::tests
