// One wake-up of the engine: the order of its parts, and what it tells the other threads.

#include "tests/unit/agent/fake_engine.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a router on a ready interface becomes backup, and its deadline is the dead time") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router();
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
  CHECK(scene.engine.next_deadline() == scene.clock.now + 3s);
  CHECK(scene.to_control() == Words{"role 0 backup listening"});
}

TEST_CASE("ARCHITECTURE 5: adverts leave before the kernel thread is told to claim") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router();
  scene.turn();
  (void)scene.to_kernel();
  bool told_before = true;
  scene.sender.on_send = [&] { told_before = !scene.to_kernel().empty(); };
  scene.run_for(3s);
  CHECK(scene.status().role == router::Role::active);
  REQUIRE(scene.sender.sent.size() == 1);
  CHECK_FALSE(told_before);
  CHECK(scene.to_kernel() == Words{"claim 0"});
}

TEST_CASE("ARCHITECTURE 5: what is due in one wake-up leaves in one call") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router(0, vhid_10);
  scene.add_router(1, vhid_11);
  scene.add_router(2, carp::Vhid::of<12>());
  scene.turn();
  scene.run_for(3s);
  CHECK(scene.sender.calls == std::vector<std::size_t>{3});
}

TEST_CASE("PRODUCT 8.7: captures are read before deadlines are judged") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router();
  scene.turn();
  // The peer's advert lies in the capture at the very moment when it would count as dead.
  scene.clock.advance(3s);
  scene.hear(frame_of({}));
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
  CHECK(scene.status().adverts_received == 1);
  CHECK(scene.sender.sent.empty());
}

TEST_CASE("PRODUCT 8.7: after a stall an active says nothing and listens for one interval") {
  EngineScene scene;
  scene.start_active();
  scene.clock.advance(60s);
  scene.turn();
  CHECK(scene.sender.sent.empty());
  CHECK(scene.status().role == router::Role::active);
  CHECK(scene.to_kernel().empty());
  scene.run_for(1s);
  CHECK(scene.sender.sent.size() == 1);
  CHECK(scene.to_kernel() == Words{"announce 0"});
}

TEST_CASE("PRODUCT 8.7: after a stall an active yields to who was active meanwhile, and listens") {
  EngineScene scene;
  scene.start_active();
  const RealTime asleep = scene.clock.real_now;
  scene.clock.advance(60s);
  const PeerAdvert worse{.rank = {.advbase = 1, .advskew = 200}};
  SECTION("the peer has spoken all the time") {
    for (int i = 10; i < 60; ++i) scene.hear(frame_of(worse), asleep + std::chrono::seconds(i));
  }
  SECTION("the peer spoke once, long ago") { scene.hear(frame_of(worse), asleep + 30s); }
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
  CHECK(scene.status().reason == Reason::stall);
  CHECK(scene.sender.sent.empty());
}

TEST_CASE("a wake-up that is a little late is no stall") {
  EngineScene scene;
  scene.start_active();
  scene.clock.advance(*scene.engine.next_deadline() - scene.clock.now + 3ms);
  scene.turn();
  CHECK(scene.to_kernel() == Words{"announce 0"});
}

TEST_CASE("PRODUCT 8.1: a frame's age counts, but never more than the time since the last look") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router();
  scene.turn();
  const Instant looked = scene.clock.now;
  const auto heard = [&](Duration age) {
    scene.hear(frame_of({}), scene.clock.real_now - age);
    scene.turn();
    return scene.status().peers[0].heard;
  };
  scene.clock.advance(500ms);
  CHECK(heard(200ms) == looked + 300ms);
  scene.clock.advance(500ms);
  CHECK(heard(3600s) == looked + 500ms);
  scene.clock.advance(500ms);
  CHECK(heard(-10s) == looked + 1500ms);
}

TEST_CASE("a capture that breaks is handed back as failed, and the role is kept") {
  EngineScene scene;
  scene.start_active();
  SECTION("it says so when it is read") { scene.segment.broken = true; }
  SECTION("poll says so") { scene.segment.events = POLLERR; }
  scene.turn();
  CHECK(scene.to_kernel() == Words{"close 0 failed"});
  CHECK(scene.status().role == router::Role::active);
  scene.turn();
  CHECK(scene.to_kernel().empty());
}

TEST_CASE("what a replaced capture still holds is read before it goes") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router();
  scene.turn();
  scene.hear(frame_of({}));
  scene.open_capture();
  // poll() has not seen the frame: it came in between.
  scene.engine.turn([](const Capture&) { return short{0}; });
  CHECK(scene.status().adverts_received == 1);
  CHECK(scene.to_kernel() == Words{"close 0"});
}

TEST_CASE("an advert that cannot be sent is counted, three in a row demote, three more restore") {
  EngineScene scene;
  scene.start_active();
  scene.sender.error = 100;
  scene.run_for(2s + 1ms);
  CHECK(scene.status().send_errors == 2);
  CHECK(scene.status().demotion == 0);
  scene.run_for(1s);
  CHECK(scene.status().demotion == 240);
  scene.sender.error = 0;
  const std::uint64_t before = scene.status().adverts_sent;
  scene.run_for(6s);
  CHECK(scene.status().demotion == 0);
  CHECK(scene.status().adverts_sent == before + scene.sender.sent.size());
  CHECK(rank_of(scene.sender.sent.front()).advskew == 240);
  CHECK(rank_of(scene.sender.sent.back()).advskew == 0);
}

TEST_CASE("the engine is seen alive at each wake-up") {
  EngineScene scene;
  const Instant before = scene.engine.last_seen_alive();
  scene.clock.advance(700ms);
  scene.turn();
  CHECK(scene.engine.last_seen_alive() == before + 700ms);
}

TEST_CASE("events that the control thread is too slow for are counted, and stop nothing") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router();
  scene.turn();
  for (std::size_t i = 0; i < limits::mailbox_messages + 10; ++i) {
    scene.change_interface(i % 2 == 0 ? WaitingFor::link : WaitingFor::carrier);
    scene.turn();
  }
  CHECK(scene.engine.events_lost() > 0);
  CHECK(scene.status().waiting_for == WaitingFor::carrier);
}

TEST_CASE("recording tells the control thread every event, and the settings first") {
  EngineScene scene(Engine::Recording::on);
  scene.start_interface();
  scene.add_router();
  scene.turn();
  scene.hear(frame_of({}));
  scene.turn();
  CHECK(scene.to_control() == Words{"recorded-router 0", "recorded-event 0",
                                    "role 0 backup listening", "recorded-event 0"});
}

TEST_CASE("Quit ends the engine") {
  EngineScene scene;
  CHECK_FALSE(scene.engine.has_quit());
  scene.start_interface();
  scene.mailboxes.control_to_engine.post(Quit{});
  SECTION("in a turn") { scene.turn(); }
  SECTION("in its own loop") { scene.engine.run(); }
  CHECK(scene.engine.has_quit());
  CHECK(scene.interface().index == 2);
}

}  // namespace failover::tests
