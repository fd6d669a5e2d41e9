// What a macvlan and its parent put on the wire, each test in a network namespace of its own. The
// tap is the other end of the parent's wire.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "protocol/limits.hpp"
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

const std::string all_forward = "net/ipv6/conf/all/forwarding";

// The parent has 192.0.2.1/24, the macvlan 192.0.2.9/32 where it is given one.
struct Scene {
  Wire wire;
  int macvlan = 0;  // index

  static std::optional<Scene> lay() {
    auto wire = Wire::lay(buffer);
    if (!wire) return std::nullopt;
    wire->network.ip("addr add 192.0.2.1/24 dev va");
    return Scene{.wire = std::move(*wire)};
  }
  void execute(const Plan& plan) const {
    const auto refused = wire.kernel->execute(plan);
    CAPTURE(refused);
    REQUIRE(refused.empty());
  }
  void add_macvlan(AddMacvlan::Ipv6 ipv6) {
    execute({AddMacvlan{.parent = wire.va,
                        .name = "carp10.2",
                        .mac = virtual_mac,
                        .alias = "failover: va.carp.10",
                        .ipv6 = ipv6}});
    wire.dump();
    macvlan = wire.found.link("carp10.2")->index;
  }
  void hold(const std::string& text) const {
    AddressRequest request = wire.request(text);
    request.interface = macvlan;
    execute({SetLink{macvlan, LinkState::up}, AddAddress{request}});
  }
};

// Every reply about the address, once `mac` has given one and then the parent one about its own.
std::vector<Frame> replies_about(const IpAddress& target, const MacAddress& mac, Scene& scene,
                                 Tap& tap) {
  const MacAddress parent_mac = scene.wire.found.link(scene.wire.va)->mac;
  const IpAddress client = ip("192.0.2.200");
  const IpAddress own = ip("192.0.2.1");
  tap.send(arp_request(broadcast_mac, client_mac, client, target));
  const auto told = [&tap](const IpAddress& address, const MacAddress& by) {
    return [&tap, &address, &by] {
      return std::ranges::any_of(
          tap.seen, [&](const Frame& frame) { return holder_in(frame, address) == by; });
    };
  };
  CHECK(tap.wait_until(told(target, mac)));
  tap.send(arp_request(parent_mac, client_mac, client, own));
  CHECK(tap.wait_until(told(own, parent_mac)));
  std::vector<Frame> replies;
  std::ranges::copy_if(tap.seen, std::back_inserter(replies), [&](const Frame& frame) {
    return holder_in(frame, target) != MacAddress();
  });
  return replies;
}

sockaddr_in socket_address(const IpAddress& address, std::uint16_t port) {
  sockaddr_in socket_address{};
  socket_address.sin_family = AF_INET;
  socket_address.sin_port = port;
  std::memcpy(&socket_address.sin_addr, address.bytes().data(), address.bytes().size());
  return socket_address;
}

void send_datagram(const IpAddress& from, const IpAddress& to) {
  const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  REQUIRE(descriptor >= 0);
  const sockaddr_in own = socket_address(from, 0);
  const sockaddr_in other = socket_address(to, 9);
  const int bound = bind(descriptor, reinterpret_cast<const sockaddr*>(&own), sizeof own);
  const auto sent =
      sendto(descriptor, "", 0, 0, reinterpret_cast<const sockaddr*>(&other), sizeof other);
  close(descriptor);
  REQUIRE(bound == 0);
  REQUIRE(sent == 0);
}

// A macvlan as anybody would add one, which does say something of its own accord as it goes up.
// What it says last, a router solicitation, comes after the second within which all else is said.
void wait_for_a_talkative_macvlan(Scene& scene, Tap& tap) {
  const MacAddress talkative({2, 0, 0, 0, 0, 0x99});
  scene.wire.network.ip("link add talk link va address " + talkative.text() + " type macvlan");
  scene.execute({SetSetting{"net/ipv6/conf/talk/forwarding", "0"},
                 SetSetting{"net/ipv6/conf/talk/accept_ra", "1"}});
  scene.wire.network.ip("link set talk up");
  REQUIRE(tap.wait_until([&] {
    const auto frames = tap.seen_from(talkative);
    return std::ranges::any_of(frames, [](const Frame& frame) {
      constexpr std::size_t icmp_type = 14 + 40;
      return frame.size() > icmp_type && frame[12] == 0x86 && frame[20] == 58 &&
             frame[icmp_type] == 133;
    });
  }));
}

std::vector<std::string> texts_of(const std::vector<Frame>& frames) {
  std::vector<std::string> texts;
  std::ranges::transform(frames, std::back_inserter(texts), text_of);
  return texts;
}

// IPv6, hop-by-hop options with a router alert, a multicast listener report of version 2.
bool is_listener_report(const Frame& frame) {
  return frame.size() > 62 && frame[12] == 0x86 && frame[20] == 0 && frame[54] == 58 &&
         frame[62] == 143;
}

}  // namespace

TEST_CASE("a macvlan that goes up and down says nothing of its own accord", "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  Tap tap("vb");
  scene->add_macvlan(AddMacvlan::Ipv6::on);
  scene->execute({SetLink{scene->macvlan, LinkState::up}});
  wait_for_a_talkative_macvlan(*scene, tap);
  scene->execute({SetLink{scene->macvlan, LinkState::down}});
  scene->hold("192.0.2.9/32");
  replies_about(ip("192.0.2.9"), virtual_mac, *scene, tap);
  for (const Frame& frame : tap.seen_from(virtual_mac)) {
    CAPTURE(text_of(frame));
    CHECK(holder_in(frame, ip("192.0.2.9")) == virtual_mac);
  }
}

TEST_CASE("a macvlan for IPv4 says nothing of its own accord where IPv6 is forwarded", "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  scene->execute({SetSetting{all_forward, "1"}});
  Tap tap("vb");
  scene->add_macvlan(AddMacvlan::Ipv6::off);
  scene->hold("192.0.2.9/32");
  wait_for_a_talkative_macvlan(*scene, tap);
  CAPTURE(texts_of(tap.seen_from(virtual_mac)));
  CHECK(tap.seen_from(virtual_mac).empty());
}

TEST_CASE("where IPv6 is forwarded a macvlan with IPv6 reports its groups, and no more",
          "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  scene->execute({SetSetting{all_forward, "1"}});
  Tap tap("vb");
  scene->add_macvlan(AddMacvlan::Ipv6::on);
  scene->hold("2001:db8::9/128");
  wait_for_a_talkative_macvlan(*scene, tap);
  const auto frames = tap.seen_from(virtual_mac);
  CAPTURE(texts_of(frames));
  CHECK(std::ranges::all_of(frames, is_listener_report));
}

TEST_CASE("the macvlan answers ARP with the virtual MAC", "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  Tap tap("vb");
  scene->add_macvlan(AddMacvlan::Ipv6::off);
  scene->hold("192.0.2.9/32");
  replies_about(ip("192.0.2.9"), virtual_mac, *scene, tap);
  const auto frames = tap.seen_from(virtual_mac);
  REQUIRE(frames.size() == 1);
  CHECK(holder_in(frames.front(), ip("192.0.2.9")) == virtual_mac);
}

TEST_CASE("a parent with arp_ignore 1 does not answer for an address on the macvlan", "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  scene->add_macvlan(AddMacvlan::Ipv6::off);
  scene->hold("192.0.2.9/32");
  {
    // As it is without: the client hears two MAC addresses.
    Tap tap("vb");
    const MacAddress parent_mac = scene->wire.found.link(scene->wire.va)->mac;
    CHECK_FALSE(replies_about(ip("192.0.2.9"), parent_mac, *scene, tap).empty());
  }
  scene->execute({SetSetting{"net/ipv4/conf/va/arp_ignore", "1"}});
  Tap tap("vb");
  const auto replies = replies_about(ip("192.0.2.9"), virtual_mac, *scene, tap);
  CHECK(replies.size() == 1);
  CHECK(tap.seen_from(virtual_mac).size() == 1);
}

TEST_CASE("a parent with arp_announce 2 does not ask in the name of an address on the macvlan",
          "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  scene->add_macvlan(AddMacvlan::Ipv6::off);
  scene->hold("192.0.2.9/32");
  const auto asker_for_a_packet_to = [](const IpAddress& client) {
    Tap tap("vb");
    send_datagram(ip("192.0.2.9"), client);
    std::optional<IpAddress> asker;
    REQUIRE(tap.wait_until([&] {
      for (const Frame& frame : tap.seen)
        if (const auto found = asker_in(frame)) asker = found;
      return asker.has_value();
    }));
    return *asker;
  };
  // As it is without: who hears the question takes the parent for the holder of the address.
  CHECK(asker_for_a_packet_to(ip("192.0.2.201")) == ip("192.0.2.9"));
  scene->execute({SetSetting{"net/ipv4/conf/va/arp_announce", "2"}});
  CHECK(asker_for_a_packet_to(ip("192.0.2.202")) == ip("192.0.2.1"));
}

TEST_CASE("the macvlan does not answer ARP for an address of its parent", "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  Tap tap("vb");
  scene->add_macvlan(AddMacvlan::Ipv6::off);
  scene->hold("192.0.2.9/32");
  tap.send(arp_request(broadcast_mac, client_mac, ip("192.0.2.200"), ip("192.0.2.1")));
  replies_about(ip("192.0.2.9"), virtual_mac, *scene, tap);
  for (const Frame& frame : tap.seen) CHECK(holder_in(frame, ip("192.0.2.1")) != virtual_mac);
}

TEST_CASE("the macvlan answers though the way back is by the parent, and rp_filter is strict",
          "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  scene->execute({SetSetting{"net/ipv4/conf/all/rp_filter", "1"},
                  SetSetting{"net/ipv4/conf/default/rp_filter", "1"}});
  scene->add_macvlan(AddMacvlan::Ipv6::off);
  scene->hold("192.0.2.9/32");
  {
    Tap tap("vb");
    replies_about(ip("192.0.2.9"), virtual_mac, *scene, tap);
  }
  // And that is what the setting is for.
  scene->execute({SetSetting{"net/ipv4/conf/va/arp_ignore", "1"},
                  SetSetting{"net/ipv4/conf/carp10.2/rp_filter", "0"}});
  Tap tap("vb");
  const auto ask = [&](const std::string& address, const MacAddress& of) {
    tap.send(arp_request(of, client_mac, ip("192.0.2.200"), ip(address)));
  };
  const MacAddress parent_mac = scene->wire.found.link(scene->wire.va)->mac;
  ask("192.0.2.9", virtual_mac);
  ask("192.0.2.1", parent_mac);
  REQUIRE(tap.wait_until([&] { return !tap.seen_from(parent_mac).empty(); }));
  CHECK(tap.seen_from(virtual_mac).empty());
}

TEST_CASE("a macvlan that is down answers nothing", "[kernel]") {
  auto scene = Scene::lay();
  if (!scene) return;
  scene->execute({SetSetting{"net/ipv4/conf/va/arp_ignore", "1"}});
  scene->add_macvlan(AddMacvlan::Ipv6::off);
  scene->hold("192.0.2.9/32");
  {
    Tap tap("vb");
    CHECK(replies_about(ip("192.0.2.9"), virtual_mac, *scene, tap).size() == 1);
  }
  scene->execute({SetLink{scene->macvlan, LinkState::down}});
  Tap tap("vb");
  const MacAddress parent_mac = scene->wire.found.link(scene->wire.va)->mac;
  tap.send(arp_request(virtual_mac, client_mac, ip("192.0.2.200"), ip("192.0.2.9")));
  tap.send(arp_request(parent_mac, client_mac, ip("192.0.2.200"), ip("192.0.2.1")));
  REQUIRE(tap.wait_until([&] { return !tap.seen_from(parent_mac).empty(); }));
  CHECK(tap.seen_from(virtual_mac).empty());
}

}  // namespace failover::tests
