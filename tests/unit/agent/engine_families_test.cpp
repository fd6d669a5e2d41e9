// CARP over both families, and what neighbour discovery says about our addresses.

#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "tests/unit/agent/fake_engine.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;

const std::vector<IpAddress> one_of_each{ip("192.0.2.1"), ip("2001:db8::1")};
const std::vector<IpAddress> with_link_local{ip("192.0.2.1"), ip("fe80::1")};

struct Listener {
  EngineScene scene;
  explicit Listener(std::vector<IpAddress> addresses) {
    scene.addresses = std::move(addresses);
    scene.start_interface();
    scene.add_router();
    scene.turn();
    (void)scene.to_control();
  }
  std::string hear(const PeerAdvert& advert) {
    scene.hear(frame_of(advert));
    scene.turn();
    return scene.counted();
  }
};

// Has said farewell and heard its successor, which has announced nothing yet.
struct Leaver {
  EngineScene scene;
  Leaver() {
    scene.addresses = one_of_each;
    scene.start_active();
    scene.mailboxes.control_to_engine.post(SwitchOverGroup{.id = 0, .operation = 5});
    scene.turn();
    scene.hear(frame_of({.rank = {.advbase = 1, .advskew = 9}, .addresses = one_of_each}));
    hear(arp_of(peer_mac, ip("192.0.2.1")));
    (void)scene.to_kernel();
    (void)scene.to_control();
  }
  void hear(Bytes frame) {
    scene.hear(std::move(frame));
    scene.turn();
  }
  // Every address has been announced, the IPv6 one by this machine: let go 20 ms from now.
  void check_ends(MacAddress successor) {
    scene.run_for(19ms);
    CHECK(scene.to_kernel().empty());
    scene.run_for(1ms);
    CHECK(scene.to_kernel() == Words{"release 0 " + peer_mac.text() + " " + successor.text()});
    CHECK(scene.to_control() == Words{"operation 5 done"});
  }
  // One of them has not been, so the longer time runs.
  void check_goes_on() {
    scene.run_for(249ms);
    CHECK(scene.to_kernel().empty());
    scene.run_for(1ms);
    CHECK(scene.to_kernel() == Words{"release 0 " + peer_mac.text()});
  }
};

}  // namespace

TEST_CASE("CARP 1.2: a router of two families advertises in both, each to the family's group") {
  EngineScene scene;
  scene.addresses = one_of_each;
  scene.start_active();
  scene.run_for(1s);
  CHECK(ways_of(scene.sender.sent) == Words{"192.0.2.11 > 224.0.0.18", "fe80::11 > ff02::12"});
  const auto frame = parse_ethernet(scene.sender.sent.at(1).content()).value();
  CHECK(frame.destination == MacAddress{{0x33, 0x33, 0, 0, 0, 0x12}});
  CHECK(frame.type == ethertype_ipv6);
  CHECK(((frame.payload[0] & 0x0fU) << 4U | frame.payload[1] >> 4U) == 0x10);
  const Datagram datagram = datagram_of(scene.sender.sent[1]);
  CHECK(datagram.ttl == 255);
  CHECK(datagram.payload.size() == carp::advert_bytes);
}

TEST_CASE("CARP 2.2: one digest covers the addresses of both families, in either's advert") {
  EngineScene scene;
  scene.addresses = one_of_each;
  scene.start_active();
  scene.run_for(1s);
  REQUIRE(scene.sender.sent.size() == 2);
  const auto right = authenticator("secret", vhid_10, one_of_each);
  std::vector<std::uint64_t> counters;
  for (const OutgoingAdvert& sent : scene.sender.sent) {
    const auto advert = carp::decode(datagram_of(sent).payload).value();
    CHECK(right.matches(advert));
    counters.push_back(advert.counter);
  }
  CHECK(counters[0] < counters[1]);
}

TEST_CASE("CARP 1.2: an advert is accepted in either family, and each sender is a peer") {
  Listener listener(one_of_each);
  listener.hear({.addresses = one_of_each});
  listener.hear({.source = ip("fe80::12"), .addresses = one_of_each});
  CHECK(listener.scene.counted() == "received 2");
  CHECK(listener.scene.status().peer_count == 2);
  CHECK(listener.scene.status().peers[1].address == ip("fe80::12"));
}

TEST_CASE("CARP 2.3: OpenBSD's digest, without the link-local addresses, is accepted as well") {
  Listener listener(with_link_local);
  listener.hear({.addresses = with_link_local});
  listener.hear({.addresses = {ip("192.0.2.1")}});
  CHECK(listener.scene.counted() == "received 2");
  CHECK(listener.hear({.addresses = {ip("fe80::1")}}) == "digest 1, received 2");
}

TEST_CASE("CARP 2.3: without link-local addresses only the one digest is accepted") {
  Listener listener(one_of_each);
  CHECK(listener.hear({.addresses = {ip("192.0.2.1")}}) == "digest 1");
  CHECK(listener.scene.status().wrong_digest.address == ip("192.0.2.12"));
}

TEST_CASE("PRODUCT 7: our own advert over IPv6, looped back, is counted as own") {
  EngineScene scene;
  scene.addresses = one_of_each;
  scene.start_active();
  scene.run_for(1s);
  scene.hear(looped(scene.sender.sent.at(1)));
  scene.turn();
  CHECK(scene.counted() == "own 1");
}

TEST_CASE("CARP 3.5: adverts that cannot be sent in one family alone demote as well") {
  EngineScene scene;
  scene.addresses = one_of_each;
  scene.start_active();
  const std::uint64_t before = scene.status().adverts_sent;
  scene.sender.error = 100;
  scene.sender.only = Family::ipv6;
  scene.run_for(2s + 1ms);
  CHECK(scene.status().send_errors == 2);
  CHECK(scene.status().demotion == 0);
  scene.run_for(1s);
  CHECK(scene.status().demotion == 240);
  CHECK(scene.status().adverts_sent == before + scene.sender.sent.size());
  for (const OutgoingAdvert& sent : scene.sender.sent) CHECK(sent.source == ip("192.0.2.11"));
}

TEST_CASE("PRODUCT 8.1: an unsolicited neighbour advertisement of the last address ends it") {
  Leaver leaver;
  leaver.hear(neighbour_of(peer_mac, ip("2001:db8::1")));
  leaver.check_ends(peer_mac);
}

TEST_CASE("PRODUCT 8.1: an answer to a neighbour's question is no announcement") {
  Leaver leaver;
  leaver.hear(neighbour_answer_of(peer_mac, ip("2001:db8::1"), ip("fe80::77")));
  leaver.check_goes_on();
}

TEST_CASE("PRODUCT 8.1: our own neighbour advertisement, or one of another address, is none") {
  Leaver leaver;
  SECTION("our own") { leaver.hear(neighbour_of(own_mac, ip("2001:db8::1"))); }
  SECTION("another address") { leaver.hear(neighbour_of(peer_mac, ip("2001:db8::2"))); }
  SECTION("a wrong checksum") {
    Bytes frame = neighbour_of(peer_mac, ip("2001:db8::1"));
    frame.back() ^= 1U;
    leaver.hear(frame);
  }
  SECTION("from another link") {
    Bytes frame = neighbour_of(peer_mac, ip("2001:db8::1"));
    frame.at(ethernet_header + 7) = 254;
    leaver.hear(frame);
  }
  leaver.check_goes_on();
}

TEST_CASE("PRODUCT 8.1: the successor is who the advertisement names as the holder") {
  const MacAddress virtual_mac{{0, 0, 0x5e, 0, 1, 10}};
  Leaver leaver;
  leaver.hear(neighbour_of(virtual_mac, ip("2001:db8::1")));
  leaver.check_ends(virtual_mac);
}

}  // namespace failover::tests
