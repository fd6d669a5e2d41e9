// Authenticated VRRP between two wires: what is signed, accepted, and known already.

#include "agent/wire/wire.hpp"
#include "protocol/ipv4.hpp"
#include "tests/unit/agent/values.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Bytes = std::vector<std::uint8_t>;
using vrrp::HmacMode;

const IpAddress ours = ip("192.0.2.11");
const IpAddress theirs = ip("192.0.2.12");
const vrrp::Rank rank{.priority = 100, .centiseconds = 100};

vrrp::HmacKey key(std::uint8_t id, char letter) {
  const Bytes secret(vrrp::shortest_key, static_cast<std::uint8_t>(letter));
  return vrrp::HmacKey::from(*vrrp::KeyId::from(id), secret).value();
}

VrrpWire wire(std::vector<vrrp::HmacKey> keys, HmacMode mode = HmacMode::enforce) {
  VrrpWire::Setup setup{.vrid = vrrp::Vrid::of<20>(), .addresses = {ip("192.0.2.1")}};
  if (!keys.empty()) setup.hmac = VrrpWire::Setup::Hmac{.keys = std::move(keys), .mode = mode};
  return VrrpWire(std::move(setup));
}

Bytes sent_by(VrrpWire& sender, RealTime at = noon) {
  Bytes room(limits::advert_frame_bytes);
  room.resize(
      sender.write(rank, {.source = theirs, .destination = advert_group4, .now = at}, room));
  return room;
}

std::string heard_by(VrrpWire& receiver, const Bytes& payload, RealTime at = noon) {
  const Datagram datagram{.source = theirs,
                          .destination = advert_group4,
                          .ttl = 255,
                          .protocol = protocol_carp,
                          .payload = payload};
  if (const auto misfit = receiver.misfit(datagram, unrouted_ttl))
    return std::string(name(*misfit));
  const auto heard = receiver.read(datagram, ours, at);
  return heard ? "accepted" : std::string(name(heard.error().reason));
}

}  // namespace

TEST_CASE("who has the key is accepted, who has another one or none is not") {
  VrrpWire receiver = wire({key(1, 'a')});
  VrrpWire same = wire({key(1, 'a')});
  VrrpWire another = wire({key(1, 'b')});
  VrrpWire another_id = wire({key(2, 'a')});
  VrrpWire none = wire({});
  CHECK(heard_by(receiver, sent_by(same)) == "accepted");
  CHECK(heard_by(receiver, sent_by(another)) == "digest");
  CHECK(heard_by(receiver, sent_by(another_id)) == "digest");
  CHECK(heard_by(receiver, sent_by(none)) == "digest");
}

TEST_CASE("who knows nothing of authentication takes a signed advert for one that is too long") {
  VrrpWire receiver = wire({});
  VrrpWire sender = wire({key(1, 'a')});
  CHECK(heard_by(receiver, sent_by(sender)) == "length");
}

TEST_CASE("on the way to authentication unsigned adverts are accepted, wrongly signed ones never") {
  for (const HmacMode mode : {HmacMode::receive_only, HmacMode::permissive}) {
    VrrpWire receiver = wire({key(1, 'a')}, mode);
    VrrpWire none = wire({});
    VrrpWire same = wire({key(1, 'a')});
    VrrpWire another = wire({key(1, 'b')});
    CHECK(heard_by(receiver, sent_by(none)) == "accepted");
    CHECK(heard_by(receiver, sent_by(same)) == "accepted");
    CHECK(heard_by(receiver, sent_by(another)) == "digest");
  }
}

TEST_CASE("receive-only signs nothing, the other modes sign") {
  const std::size_t plain = vrrp::advert_bytes(vrrp::Version::v3, Family::ipv4, 1);
  VrrpWire receive_only = wire({key(1, 'a')}, HmacMode::receive_only);
  VrrpWire permissive = wire({key(1, 'a')}, HmacMode::permissive);
  CHECK(sent_by(receive_only).size() == plain);
  CHECK(sent_by(permissive).size() == plain + vrrp::trailer_bytes);
}

TEST_CASE("an advert is accepted once, and only near its time") {
  VrrpWire receiver = wire({key(1, 'a')});
  VrrpWire sender = wire({key(1, 'a')});
  const Bytes first = sent_by(sender);
  const Bytes second = sent_by(sender);
  CHECK(heard_by(receiver, second) == "accepted");
  CHECK(heard_by(receiver, second) == "replay");
  CHECK(heard_by(receiver, first) == "replay");
  CHECK(heard_by(receiver, sent_by(sender), noon + 6s) == "replay");
  CHECK(heard_by(receiver, sent_by(sender), noon + 4s) == "accepted");
}

TEST_CASE("keys are rotated without an advert that is not accepted") {
  VrrpWire receiver = wire({key(1, 'a'), key(2, 'b')});
  VrrpWire before = wire({key(1, 'a')});
  VrrpWire after = wire({key(2, 'b'), key(1, 'a')});
  CHECK(heard_by(receiver, sent_by(before)) == "accepted");
  CHECK(heard_by(receiver, sent_by(after, noon + 1s), noon + 1s) == "accepted");
}

TEST_CASE("a change of settings goes on with the stamps, and forgets no sender") {
  VrrpWire sender = wire({key(1, 'a')});
  VrrpWire receiver = wire({key(1, 'a')});
  const Bytes old = sent_by(sender);
  CHECK(heard_by(receiver, old) == "accepted");
  VrrpWire other_sender = wire({key(1, 'a')});
  other_sender.continue_from(sender);
  VrrpWire other_receiver = wire({key(1, 'a')});
  other_receiver.continue_from(receiver);
  CHECK(heard_by(other_receiver, old) == "replay");
  CHECK(heard_by(other_receiver, sent_by(other_sender)) == "accepted");
}

}  // namespace failover::tests
