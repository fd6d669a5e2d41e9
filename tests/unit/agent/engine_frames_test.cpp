// PRODUCT 7: a packet is judged in a fixed order, its first failure is the one that counts, and it
// counts where the document says.

#include "tests/carp_settings.hpp"
#include "tests/unit/agent/fake_engine.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

// A backup that hears one frame.
struct Listener {
  EngineScene scene;
  Listener() {
    scene.start_interface();
    scene.add_router();
    scene.turn();
    (void)scene.to_control();
  }
  void hear(Bytes frame) {
    scene.hear(std::move(frame));
    scene.turn();
  }
  [[nodiscard]] std::string counted() const { return scene.counted(); }
};

std::string counted_of(Bytes frame) {
  Listener listener;
  const auto deadline = listener.scene.engine.next_deadline();
  listener.scene.clock.advance(1s);
  listener.hear(std::move(frame));
  // What was rejected changes nothing; a stranger may be told of.
  if (listener.counted() != "received 1") {
    CHECK(listener.scene.engine.next_deadline() == deadline);
    for (const std::string& told : listener.scene.to_control())
      CHECK(told.rfind("stranger", 0) == 0);
    CHECK(listener.scene.status().peer_count == 0);
  }
  return listener.counted();
}

Bytes shortened(Bytes frame, std::size_t by) {
  frame.resize(frame.size() - by);
  return frame;
}

}  // namespace

TEST_CASE("PRODUCT 7: a right advert is received, whatever padding follows it") {
  CHECK(counted_of(frame_of({})) == "received 1");
  Bytes padded = frame_of({});
  padded.resize(padded.size() + 10);
  CHECK(counted_of(padded) == "received 1");
}

TEST_CASE("PRODUCT 7: another VLAN's advert is counted on the interface, a priority tag is none") {
  CHECK(counted_of(tagged(frame_of({}), 10)) == "interface vlan_tagged 1");
  CHECK(counted_of(tagged(frame_of({}), 0)) == "received 1");
  // A priority other than 0 with VLAN 0 is still no VLAN.
  CHECK(counted_of(tagged(frame_of({}), 0xe000)) == "received 1");
}

TEST_CASE("PRODUCT 7: the VLAN is judged before anything else") {
  CHECK(counted_of(tagged(with_ip_byte(frame_of({}), 8, 64), 10)) == "interface vlan_tagged 1");
}

TEST_CASE("PRODUCT 7: a frame or IP header that is none is malformed, on the interface") {
  CHECK(counted_of(Bytes(13, 0xff)) == "interface malformed 1");
  CHECK(counted_of({}) == "interface malformed 1");
  Bytes wrong_checksum = frame_of({});
  wrong_checksum.at(ethernet_header + 10) ^= 1U;
  CHECK(counted_of(wrong_checksum) == "interface malformed 1");
  CHECK(counted_of(with_ip_byte(frame_of({}), 0, 0x65)) == "interface malformed 1");
  CHECK(counted_of(with_ip_byte(frame_of({}), 6, 0x20)) == "interface malformed 1");
  CHECK(counted_of(shortened(frame_of({}), 1)) == "interface malformed 1");
}

TEST_CASE("PRODUCT 7: a wrong length counts at the router that the packet names") {
  CHECK(counted_of(with_ip_byte(shortened(frame_of({}), 1), 3, 55)) == "length 1");
  // 7 words of authentication, or it is a VRRPv2 advert with five addresses.
  CHECK(counted_of(with_carp_byte(frame_of({}), 3, 5)) == "length 1, interface id_conflicts 1");
  // Too short to name anybody.
  CHECK(counted_of(with_ip_byte(shortened(frame_of({}), 35), 3, 21)) == "interface malformed 1");
}

TEST_CASE("PRODUCT 7: TTL, then version, then id, then checksum, then digest") {
  const Bytes ttl = with_ip_byte(frame_of({.password = "other"}), 8, 254);
  CHECK(counted_of(with_carp_byte(ttl, 0, 0x41)) == "ttl 1");
  CHECK(counted_of(with_carp_byte(frame_of({.password = "other"}), 0, 0x41)) == "version 1");
  // What has VRRPv3's version may be VRRP: another protocol's use of our id is told as well.
  CHECK(counted_of(with_carp_byte(ttl, 0, 0x31)) == "ttl 1, interface id_conflicts 1");
  CHECK(counted_of(with_carp_byte(frame_of({.password = "other"}), 0, 0x31)) ==
        "version 1, interface id_conflicts 1");
  const Bytes unknown = frame_of({.vhid = vhid_11, .password = "other"});
  CHECK(counted_of(unknown) == "interface unknown_id 1");
  Bytes checksum = frame_of({.password = "other"});
  checksum.back() ^= 1U;
  CHECK(counted_of(checksum) == "checksum 1");
  CHECK(counted_of(frame_of({.password = "other"})) == "digest 1");
}

TEST_CASE("PRODUCT 7: what fits nobody and names nobody's id is malformed, not unknown") {
  const Bytes unknown = frame_of({.vhid = vhid_11});
  CHECK(counted_of(with_ip_byte(unknown, 8, 254)) == "interface malformed 1");
}

TEST_CASE("PRODUCT 7: an advert with other addresses than ours fails the digest, with its sender") {
  Listener listener;
  listener.hear(frame_of({.addresses = {ip("192.0.2.1")}}));
  CHECK(listener.counted() == "digest 1");
  CHECK(listener.scene.status().wrong_digest.address == ip("192.0.2.12"));
  CHECK(listener.scene.status().wrong_digest.mac == peer_mac);
}

TEST_CASE("PRODUCT 7: our own advert, looped back, is counted as own") {
  EngineScene scene;
  scene.start_active();
  scene.run_for(1s);
  REQUIRE(scene.sender.sent.size() == 1);
  scene.hear(looped(scene.sender.sent[0]));
  scene.turn();
  CHECK(scene.rejected(Rejection::own) == 1);
  CHECK(scene.status().adverts_received == 0);
  CHECK(scene.status().role == router::Role::active);
}

TEST_CASE("PRODUCT 7: none of our own last 64 adverts is taken for a peer's, an older one is") {
  EngineScene scene;
  carp_of(scene.settings).advbase = carp::AdvBase::of<0>();
  carp_of(scene.settings).advskew = carp::AdvSkew::of<10>();
  scene.start_active();
  while (scene.sender.sent.size() < limits::own_adverts_remembered + 1) scene.run_for(40ms);
  const auto& sent = scene.sender.sent;
  const auto hear_own = [&](std::size_t before_last) {
    scene.hear(looped(sent[sent.size() - 1 - before_last]));
    scene.turn();
  };
  hear_own(limits::own_adverts_remembered - 1);
  CHECK(scene.rejected(Rejection::own) == 1);
  hear_own(limits::own_adverts_remembered);
  CHECK(scene.rejected(Rejection::own) == 1);
  CHECK(scene.status().adverts_received == 1);
}

TEST_CASE("PRODUCT 8.8: a flood of rejected adverts is told once") {
  Listener listener;
  for (int i = 0; i < 1000; ++i) listener.hear(frame_of({.password = "other"}));
  CHECK(listener.counted() == "digest 1000");
  CHECK(listener.scene.to_control().size() == 1);
}

TEST_CASE("every truncation of a right frame is rejected") {
  const Bytes whole = frame_of({});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO("size " << size);
    CHECK(counted_of(shortened(whole, whole.size() - size)) == "interface malformed 1");
  }
}

TEST_CASE("other protocols' frames are nobody's business") {
  Bytes frame = frame_of({});
  frame.at(12) = 0x88;
  frame.at(13) = 0xcc;
  CHECK(counted_of(frame).empty());
}

TEST_CASE("PRODUCT 8.1: only another machine's announcement of one of our addresses counts") {
  EngineScene scene;
  scene.start_active();
  scene.mailboxes.control_to_engine.post(SwitchOverGroup{.id = 0, .operation = 5});
  scene.turn();
  scene.hear(frame_of({.rank = {.advbase = 1, .advskew = 9}}));
  scene.turn();
  (void)scene.to_kernel();
  (void)scene.to_control();
  const MacAddress other{{0x02, 0, 0, 0, 0, 0x77}};
  scene.hear(arp_of(own_mac, ip("192.0.2.1")));
  scene.hear(arp_of(other, ip("192.0.2.99")));
  scene.hear(arp_of(peer_mac, ip("192.0.2.1")));
  scene.turn();
  CHECK(scene.engine.next_deadline() == scene.clock.now + 250ms);
  scene.hear(arp_of(peer_mac, ip("192.0.2.2")));
  scene.turn();
  scene.run_for(19ms);
  CHECK(scene.to_kernel().empty());
  scene.run_for(1ms);
  CHECK(scene.to_kernel() == std::vector<std::string>{"release 0 " + peer_mac.text()});
  CHECK(scene.to_control() == std::vector<std::string>{"operation 5 done"});
}

}  // namespace failover::tests
