// A recording, from the state machines through a file and back through them.

#include <fstream>
#include <sstream>

#include "agent/record/recorder.hpp"
#include "agent/record/replay.hpp"
#include "tests/carp_settings.hpp"
#include "tests/unit/agent/fake_engine.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/config/temporary_directory.hpp"

namespace failover::tests {
namespace {

using record::Recorder;

// What a scene's engine told the control thread, as the control thread writes it down.
void write_down(EngineScene& scene, Recorder& recorder) {
  for (const EngineToControl& message : taken_from(scene.mailboxes.engine_to_control)) {
    if (const auto* router = std::get_if<RecordedRouter>(&message))
      recorder.write(*router, "eth0.carp.10");
    if (const auto* event = std::get_if<RecordedEvent>(&message)) recorder.write(*event);
  }
}

// A node's life: elected, switched over, back, stalled, reconfigured, gone.
std::string recorded_life() {
  const config::test::TemporaryDirectory directory;
  const std::string path = (directory / "recording").string();
  auto recorder = Recorder::open(path);
  REQUIRE(recorder);
  EngineScene scene(Engine::Recording::on);
  scene.start_interface();
  scene.add_router();
  scene.turn();
  scene.run_for(5s);
  scene.mailboxes.kernel_to_engine.post(RouterClaimed{0});
  scene.turn();
  scene.mailboxes.control_to_engine.post(SwitchOverGroup{.id = 0, .operation = 1});
  scene.turn();
  scene.hear(frame_of({}));
  scene.hear(arp_of(peer_mac, ip("192.0.2.1")));
  scene.turn();
  scene.run_for(20s);
  scene.clock.advance(30s);
  scene.turn();
  carp_of(scene.settings).advskew = carp::AdvSkew::of<9>();
  scene.mailboxes.kernel_to_engine.post(RouterChanged{scene.setup(0, vhid_10)});
  scene.mailboxes.control_to_engine.post(RemoveRouterNow{0});
  scene.turn();
  write_down(scene, *recorder);
  REQUIRE(recorder->flush());
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The same in short for VRRP in both families.
std::string recorded_vrrp_life() {
  const config::test::TemporaryDirectory directory;
  const std::string path = (directory / "recording").string();
  auto recorder = Recorder::open(path);
  REQUIRE(recorder);
  EngineScene scene(Engine::Recording::on);
  scene.use_vrrp({});
  scene.addresses = {ip("192.0.2.1"), ip("fe80::1")};
  scene.start_interface();
  scene.add_router();
  scene.turn();
  scene.hear(vrrp_frame_of(
      {.rank = {.priority = 150, .centiseconds = 300}, .addresses = {ip("192.0.2.1")}}));
  scene.turn();
  scene.run_for(20s);
  scene.mailboxes.kernel_to_engine.post(RouterClaimed{0});
  scene.turn();
  scene.hear(vrrp_frame_of({.source = ip("fe80::12"), .addresses = {ip("fe80::1")}}));
  scene.turn();
  scene.hear(neighbour_of(peer_mac, ip("fe80::1")));
  scene.turn();
  scene.run_for(10s);
  scene.mailboxes.control_to_engine.post(RemoveRouterNow{0});
  scene.turn();
  write_down(scene, *recorder);
  REQUIRE(recorder->flush());
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

Result<record::Replayed, std::string> replayed(const std::string& text) {
  std::istringstream stream(text);
  return record::replay(stream);
}
Result<record::Replayed, std::string> replayed_lines(const std::string& lines) {
  std::string text(record::first_line);
  text += '\n';
  return replayed(text + lines);
}

const std::string router = "router 0 eth0.carp.10 carp 1 0 3 1 10000000000 1 1 0\n";
const std::string ready = "event 0 1000 Ready 10.0.0.1 - => Transition 0 1 listening\n";

}  // namespace

TEST_CASE("a recording of this program is replayed without a difference") {
  const std::string recording = recorded_life();
  const auto result = replayed(recording);
  INFO((result ? recording : result.error()));
  REQUIRE(result);
  CHECK(result->routers == 1);
  CHECK(result->events > 30);
  CHECK(result->differences.empty());
  CHECK(result->lost == 0);
}

TEST_CASE("a recording of VRRP in both families is replayed without a difference") {
  const std::string recording = recorded_vrrp_life();
  const auto result = replayed(recording);
  INFO((result ? recording : result.error()));
  REQUIRE(result);
  CHECK(result->routers == 1);
  CHECK(result->events > 15);
  CHECK(result->differences.empty());
  CHECK(recording.find("AnnouncementHeard 1") != std::string::npos);
}

TEST_CASE("an effect that is not the same is reported with its line, and what it is now") {
  const auto result = replayed_lines(router + "event 0 1000 Ready 10.0.0.1 - => ClaimAddresses\n" +
                                     "event 0 2000 Claimed => -\n");
  REQUIRE(result);
  REQUIRE(result->differences.size() == 1);
  CHECK(result->differences[0].line == 3);
  CHECK(result->differences[0].recorded == "ClaimAddresses");
  CHECK(result->differences[0].now == "Transition 0 1 listening");
  CHECK(result->events == 2);
}

TEST_CASE("of many differences the first few are told") {
  std::string lines = router;
  for (int i = 0; i < 50; ++i) lines += "event 0 1000 Claimed => ClaimAddresses\n";
  const auto result = replayed_lines(lines);
  REQUIRE(result);
  CHECK(result->differences.size() == 10);
  CHECK(result->differences.front().line == 3);
  CHECK(result->events == 50);
}

TEST_CASE("what is no recording is refused in the first line") {
  for (const char* text : {"", "\n", "failover-record 2\n", "failover-record 1 \n", "x\n"}) {
    const auto result = replayed(text);
    REQUIRE_FALSE(result);
    CHECK(result.error().find("line 1:") == 0);
  }
}

TEST_CASE("a broken line is named") {
  CHECK(replayed_lines(router + ready));
  for (const std::string broken :
       {"nonsense", "", "router", "router 1 name", "router 1 name carp 1 0 3 1 10000000000 1 1",
        "router x name carp 1 0 3 1 10000000000 1 1 0", "event", "event 0", "event 0 1000 Claimed",
        "event 7 1000 Claimed => -", "event x 1000 Claimed => -", "event 0 x Claimed => -",
        "event 0 1000 AdvertHeard vrrp 100 100 10.0.0.2 => -",
        "event 0 1000 Reconfigured vrrp 3 100 100 3 1 10000000000 1 1 0 => -",
        "event 0 1000 Nonsense => -", "event 0 1000 Ready => -", "lost", "lost x"}) {
    INFO(broken);
    const auto result = replayed_lines(router + ready + broken + "\n" + ready);
    REQUIRE_FALSE(result);
    CHECK(result.error().find("line 4: not understood: " + broken) == 0);
  }
}

TEST_CASE("a long broken line is cut in the message") {
  const auto result = replayed_lines(std::string(10'000, 'x'));
  REQUIRE_FALSE(result);
  CHECK(result.error().size() < 150);
}

TEST_CASE("events that a recording misses are added up") {
  const auto result = replayed_lines(router + "lost 3\n" + ready + "lost 4\n");
  REQUIRE(result);
  CHECK(result->lost == 7);
}

TEST_CASE("a recorder writes what it is told, lost events in their place") {
  const config::test::TemporaryDirectory directory;
  const std::string path = (directory / "recording").string();
  auto recorder = Recorder::open(path);
  REQUIRE(recorder);
  recorder->write(RecordedRouter{.id = 3, .settings = {}}, "eth0.carp.10");
  recorder->lost(2);
  router::Effects effects;
  effects.push(router::Announce{});
  recorder->write(
      RecordedEvent{.id = 3,
                    .handled = std::make_unique<const RecordedEvent::Handled>(
                        RecordedEvent::Handled{Instant{} + 5s, router::Claimed{}, effects})});
  REQUIRE(recorder->flush());
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  CHECK(text.str() ==
        "failover-record 1\n"
        "router 3 eth0.carp.10 carp 1 0 3 1 10000000000 1 1 0\n"
        "lost 2\n"
        "event 3 5000000000 Claimed => Announce\n");
}

TEST_CASE("a recording that cannot be opened is an error that names it") {
  const auto recorder = Recorder::open("/proc/nowhere/recording");
  REQUIRE_FALSE(recorder);
  CHECK(recorder.error().find("/proc/nowhere/recording: ") == 0);
}

TEST_CASE("a disk that is full is noticed when the recording is flushed") {
  auto recorder = Recorder::open("/dev/full");
  if (!recorder) return;  // no such device here
  recorder->write(RecordedRouter{.id = 3, .settings = {}}, "eth0.carp.10");
  CHECK_FALSE(recorder->flush());
}

}  // namespace failover::tests
