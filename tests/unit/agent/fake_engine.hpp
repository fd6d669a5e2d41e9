#pragma once
// The engine with everything that it stands on replaced: a clock that is set, captures that are
// filled by hand, a sender that writes down what leaves. No test here waits for anything.

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "agent/engine/engine.hpp"
#include "tests/unit/agent/peer_frames.hpp"
#include "tests/unit/agent/values.hpp"

namespace failover::tests {

class FakeClock final : public Clock {
 public:
  [[nodiscard]] Instant monotonic() const override { return now; }
  [[nodiscard]] RealTime real() const override { return real_now; }
  void advance(Duration by) {
    now += by;
    real_now += by;
  }
  Instant now = Instant{} + 3600s;
  RealTime real_now = noon;
};

// Kept by the test, so that it can be filled after the engine owns the capture.
struct Segment {
  struct Arrived {
    std::vector<std::uint8_t> bytes;
    RealTime at;
  };
  std::deque<Arrived> frames;
  bool broken = false;
  short events = 0;  // what poll() would say, beside POLLIN when frames wait
};

class FakeCapture final : public Capture {
 public:
  explicit FakeCapture(Segment& segment) : segment_(segment) {}
  [[nodiscard]] int descriptor() const override { return -1; }
  [[nodiscard]] bool read(const std::function<void(const Frame&)>& take) override;
  [[nodiscard]] short ready() const;

 private:
  Segment& segment_;
};

class FakeSender final : public Sender {
 public:
  void send(std::span<const OutgoingAdvert> adverts, std::vector<int>& results) override;

  std::vector<OutgoingAdvert> sent;
  std::vector<std::size_t> calls;  // adverts in each
  int error = 0;                   // what every advert meets
  std::optional<Family> only;      // or every one of this family alone
  std::function<void()> on_send = [] {};
};

// One engine with an interface of slot 0 and, once add_router() was called, routers on it.
class EngineScene {
 public:
  explicit EngineScene(Engine::Recording recording = Engine::Recording::off);

  // From here on its routers speak VRRP.
  void use_vrrp(const vrrp::Election& election);

  // Slot 0 as eth0, index 2, ready to send from 192.0.2.11, fe80::11 and 2001:db8::11; its capture
  // is `segment`.
  void start_interface();
  void open_capture();
  void change_interface(WaitingFor waiting, int index = 2,
                        std::optional<IpAddress> source = ip("192.0.2.11"),
                        MacAddress mac = own_mac);
  // VHID 10 or VRID 20, by what the scene's routers speak.
  void add_router(RouterId id = 0);
  void add_router(RouterId id, carp::Vhid vhid);
  void add_router(RouterId id, vrrp::Vrid vrid);
  // Each router is in a group of its own, of the same number, unless the scene says in which one.
  void add_group(GroupId id);
  // Of what the scene says about its routers now.
  [[nodiscard]] std::unique_ptr<EngineRouter> setup(RouterId id, carp::Vhid vhid);
  [[nodiscard]] std::unique_ptr<EngineRouter> setup(RouterId id, vrrp::Vrid vrid);
  // An interface and a router that has become active and holds its addresses.
  void start_active();

  void turn();
  // Turns at each deadline on the way.
  void run_for(Duration duration);
  void hear(std::vector<std::uint8_t> frame) { hear(std::move(frame), clock.real_now); }
  void hear(std::vector<std::uint8_t> frame, RealTime at) {
    segment.frames.push_back({std::move(frame), at});
  }

  [[nodiscard]] RouterStatus status(RouterId id = 0) const { return published.at(id)->read(); }
  [[nodiscard]] InterfaceStatus interface() const { return published_interface.read(); }
  [[nodiscard]] std::uint64_t rejected(Rejection rejection) const {
    return status().rejected[static_cast<std::size_t>(rejection)];
  }
  // "digest 1, interface malformed 1": what a router and its interface have counted of adverts;
  // empty when nothing was.
  [[nodiscard]] std::string counted(RouterId id = 0) const;
  // What the kernel thread and the control thread were told since the last call, in words.
  [[nodiscard]] std::vector<std::string> to_kernel();
  // Without the moves of groups, which repeat those of their routers.
  [[nodiscard]] std::vector<std::string> to_control();

  FakeClock clock;
  FakeSender sender;
  Segment segment;
  Mailboxes mailboxes;
  // What the interface has beside its IPv4 address.
  std::optional<IpAddress> link_local = ip("fe80::11");
  std::optional<IpAddress> global6 = ip("2001:db8::11");
  // What the routers are set up with.
  router::Settings settings;
  std::string password = "secret";                   // CARP's
  carp::ReplaySettings replay = {};                  // CARP's
  std::optional<vrrp::Password> vrrp_password = {};  // version 2
  std::vector<IpAddress> addresses{ip("192.0.2.1"), ip("192.0.2.2")};
  PerFamily<std::optional<IpAddress>> sources;
  std::vector<IpAddress> peers;
  std::optional<Survivor> survivor;
  std::uint8_t least_ttl = 0;  // for those with peers
  PublishedInterface published_interface;
  std::vector<std::unique_ptr<PublishedRouter>> published;
  std::vector<std::string> group_moves;  // what to_control() has left out so far
  std::optional<GroupId> group;          // of the routers that are added from here on
  group::Settings group_settings;
  std::vector<std::unique_ptr<PublishedGroup>> published_groups;
  Engine engine;

 private:
  [[nodiscard]] std::unique_ptr<EngineRouter> setup(RouterId id, std::uint8_t number, Wire wire);
};

}  // namespace failover::tests
