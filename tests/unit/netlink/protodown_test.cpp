// A macvlan that is held ready by protodown, each test in a network namespace of its own. The tap
// is the other end of the parent's wire. The parent has 192.0.2.1/24 and 2001:db8::1/64, and is
// told not to answer for its macvlans; the macvlan has 192.0.2.9/32 and 2001:db8::9/128.

#include <algorithm>
#include <cerrno>

#include "protocol/limits.hpp"
#include "protocol/neighbour.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/network_namespace.hpp"
#include "tests/unit/netlink/tap.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

constexpr int buffer = limits::netlink_notification_buffer;
const MacAddress virtual_mac({0, 0, 0x5e, 0, 1, 10});
const MacAddress client_mac({2, 0, 0, 0, 0, 0x77});
const IpAddress held = ip("192.0.2.9");
const IpAddress held6 = ip("2001:db8::9");

struct Scene {
  Wire wire;
  int macvlan = 0;  // index

  static std::optional<Scene> lay() {
    auto wire = Wire::lay(buffer);
    if (!wire) return std::nullopt;
    wire->network.ip("addr add 192.0.2.1/24 dev va");
    wire->network.ip("addr add 2001:db8::1/64 dev va nodad");
    std::optional<Scene> scene(Scene{.wire = std::move(*wire)});
    scene->execute({SetSetting{"net/ipv4/conf/va/arp_ignore", "1"},
                    AddMacvlan{.parent = scene->wire.va,
                               .name = "carp10.2",
                               .mac = virtual_mac,
                               .alias = "failover: va.carp.10"}});
    scene->wire.dump();
    scene->macvlan = scene->wire.found.link("carp10.2")->index;
    return scene;
  }
  void execute(const Plan& plan) const {
    const auto refused = wire.kernel->execute(plan);
    CAPTURE(refused);
    REQUIRE(refused.empty());
  }
  // As hot mode begins: silenced first, then up, then the addresses.
  void hold_ready() {
    AddressRequest ipv4 = wire.request("192.0.2.9/32");
    AddressRequest ipv6 = wire.request("2001:db8::9/128");
    ipv4.interface = ipv6.interface = macvlan;
    execute({SetProtoDown{macvlan, ProtoDown::on}, SetLink{macvlan, LinkState::up},
             AddAddress{ipv4}, AddAddress{ipv6}});
    REQUIRE(wire.wait_until([&] { return link().up && !link().running && has_both(); }));
  }
  // As it was notified to be done.
  void set(ProtoDown state) {
    execute({SetProtoDown{macvlan, state}});
    const bool on = state == ProtoDown::on;
    REQUIRE(wire.wait_until([&] { return link().protodown == on && link().running != on; }));
  }
  [[nodiscard]] const Link& link() const { return *wire.found.link(macvlan); }
  [[nodiscard]] bool has_both() const {
    const Address* ipv4 = wire.found.address(macvlan, prefix("192.0.2.9/32"));
    const Address* ipv6 = wire.found.address(macvlan, prefix("2001:db8::9/128"));
    return ipv4 != nullptr && ipv6 != nullptr && !ipv6->tentative;
  }
};

bool is_advertisement(const Frame& frame) {
  constexpr std::size_t icmp = 14 + 40;
  return frame.size() > icmp && frame[12] == 0x86 && frame[13] == 0xdd && frame[20] == 58 &&
         frame[icmp] == 136;
}

// Asks for both of the macvlan's addresses, and then for the parent's. Straight to their MACs: so
// the frames are handled in their order, and an answer of the macvlan's comes before the parent's.
void ask(const Scene& scene, const Tap& tap) {
  const IpAddress client = ip("192.0.2.200");
  tap.send(arp_request(virtual_mac, client_mac, client, held));
  const auto probe = address_probe(client_mac, held6);
  Frame solicitation(probe.begin(), probe.end());
  std::ranges::copy(virtual_mac.bytes(), solicitation.begin());
  tap.send(solicitation);
  const MacAddress parent = scene.wire.found.link(scene.wire.va)->mac;
  tap.send(arp_request(parent, client_mac, client, ip("192.0.2.1")));
}

struct Answers {
  bool parent = false;
  bool ipv4 = false;
  bool ipv6 = false;
};
Answers answers(const Tap& tap) {
  Answers answers;
  for (const Frame& frame : tap.seen) {
    answers.parent |= holder_in(frame, ip("192.0.2.1")) != MacAddress();
    answers.ipv4 |= holder_in(frame, held) != MacAddress();
    answers.ipv6 |= source_of(frame) == virtual_mac && is_advertisement(frame);
  }
  return answers;
}

void check_silent(const Scene& scene) {
  Tap tap("vb");
  for (int round = 0; round < 3; ++round) {
    tap.seen.clear();
    ask(scene, tap);
    REQUIRE(tap.wait_until([&] { return answers(tap).parent; }));
    CHECK_FALSE(answers(tap).ipv4);
    CHECK_FALSE(answers(tap).ipv6);
  }
}

void check_answers(const Scene& scene) {
  Tap tap("vb");
  ask(scene, tap);
  CHECK(tap.wait_until([&] { return answers(tap).ipv4 && answers(tap).ipv6; }));
}

}  // namespace

TEST_CASE("protodown: addresses of both families are there, and nobody is answered", "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  scene->hold_ready();
  CHECK(scene->link().protodown);
  CHECK_FALSE(scene->link().carrier);
  check_silent(*scene);
}

TEST_CASE("protodown: off is all that it takes to answer, on all that it takes to be silent again",
          "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  scene->hold_ready();
  for (int round = 0; round < 3; ++round) {
    scene->set(ProtoDown::off);
    CHECK(scene->link().carrier);
    check_answers(*scene);
    scene->set(ProtoDown::on);
    CHECK_FALSE(scene->link().carrier);
    CHECK(scene->has_both());
    check_silent(*scene);
  }
  CHECK(std::ranges::none_of(scene->wire.seen, [](const Notification& seen) {
    return std::holds_alternative<AddressGone>(seen);
  }));
}

TEST_CASE("protodown: the host takes the silenced addresses for its own", "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  scene->hold_ready();
  const auto& network = scene->wire.network;
  CHECK(network.ip_output("route get 192.0.2.9").find("local 192.0.2.9 dev lo") == 0);
  CHECK(network.ip_output("route get 2001:db8::9").find("local 2001:db8::9 ") == 0);
}

TEST_CASE("protodown: a carrier that comes again on the parent ends the silence, on restores it",
          "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  scene->hold_ready();
  const auto& network = scene->wire.network;
  const auto carrier = [&](bool there) {
    return scene->wire.wait_until(
        [&] { return scene->wire.found.link(scene->wire.va)->carrier == there; });
  };
  network.ip("link set vb down");
  REQUIRE(carrier(false));
  network.ip("link set vb up");
  REQUIRE(carrier(true));
  REQUIRE(scene->wire.wait_until([&] { return scene->link().running; }));
  CHECK(scene->link().carrier);
  CHECK(scene->link().protodown);
  check_answers(*scene);
  scene->set(ProtoDown::on);
  check_silent(*scene);
  CHECK(scene->has_both());
}

TEST_CASE("protodown: a link that is not there, or knows no protodown, is a refusal", "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  auto refused = scene->wire.kernel->execute({SetProtoDown{4711, ProtoDown::on}});
  REQUIRE(refused.size() == 1);
  CHECK(refused.front().error == ENODEV);
  refused = scene->wire.kernel->execute({SetProtoDown{scene->wire.va, ProtoDown::on}});
  REQUIRE(refused.size() == 1);
  CHECK(refused.front().error == EOPNOTSUPP);
  CHECK(refused.front().operation == "set protodown of va on");
}

}  // namespace failover::tests
