// Replay protection between two CARP wires: what somebody who has heard an advert can do with it.

#include "agent/wire/wire.hpp"
#include "protocol/ipv4.hpp"
#include "tests/unit/agent/values.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Payload = std::array<std::uint8_t, carp::advert_bytes>;
using carp::ReplayProtection;

const IpAddress ours = ip("192.0.2.11");
const IpAddress theirs = ip("192.0.2.12");
const IpAddress theirs6 = ip("fe80::12");
const IpAddress stranger = ip("192.0.2.99");
constexpr carp::Rank rank{.advbase = 1, .advskew = 100};

CarpWire wire(ReplayProtection mode = ReplayProtection::enforce,
              std::string_view password = "secret") {
  return {vhid_10, key_of(password), {ip("192.0.2.1"), ip("2001:db8::1")}, {.mode = mode}};
}

Payload sent_by(CarpWire& sender, RealTime at = noon, const carp::Rank& said = rank) {
  Payload payload{};
  REQUIRE(sender.write(said, {.source = theirs, .destination = advert_group4, .now = at},
                       payload) == payload.size());
  return payload;
}

// What the digest does not cover, made to win or to leave.
Payload rewritten(const Payload& payload, const carp::Rank& said) {
  auto advert = carp::decode(payload).value();
  advert.rank = said;
  return carp::encode(advert);
}

std::string heard_by(CarpWire& receiver, const Payload& payload, const IpAddress& source = theirs,
                     RealTime at = noon) {
  const Datagram datagram{.source = source,
                          .destination = advert_group4,
                          .ttl = 255,
                          .protocol = protocol_carp,
                          .payload = payload};
  const auto heard = receiver.read(datagram, ours, at);
  if (!heard) return std::string(name(heard.error().reason));
  if (!heard->replay) return "accepted, not looked at";
  switch (heard->replay->freshness) {
    case carp::Freshness::fresh: return "accepted";
    case carp::Freshness::stale: return "accepted, stale";
    case carp::Freshness::replayed: return "accepted, replayed";
  }
  return "";
}

}  // namespace

TEST_CASE("CARP 6: an advert is accepted once, from nobody again, with no other rank") {
  CarpWire receiver = wire();
  CarpWire sender = wire();
  const Payload advert = sent_by(sender);
  CHECK(heard_by(receiver, advert) == "accepted");
  for (const carp::Rank& said : {rank, carp::Rank{}, carp::farewell_times})
    for (const IpAddress& source : {theirs, stranger, theirs6})
      CHECK(heard_by(receiver, rewritten(advert, said), source) == "replay");
  CHECK(heard_by(receiver, sent_by(sender)) == "accepted");
}

TEST_CASE("CARP 6: a farewell obeys the same rules") {
  CarpWire receiver = wire();
  CarpWire sender = wire();
  const Payload farewell = sent_by(sender, noon, carp::farewell_times);
  CHECK(heard_by(receiver, farewell) == "accepted");
  CHECK(heard_by(receiver, farewell) == "replay");
  CHECK(heard_by(receiver, sent_by(sender, noon - 11s, carp::farewell_times)) == "accepted");
  CarpWire another = wire();
  CHECK(heard_by(receiver, sent_by(another, noon - 11s, carp::farewell_times), stranger) ==
        "replay");
}

TEST_CASE("CARP 6: an advert from before the window, or overtaken by another, is refused") {
  CarpWire receiver = wire();
  CarpWire sender = wire();
  const Payload old = sent_by(sender, noon - 11s);
  const Payload first = sent_by(sender);
  const Payload second = sent_by(sender);
  CHECK(heard_by(receiver, old) == "replay");
  CHECK(heard_by(receiver, second) == "accepted");
  CHECK(heard_by(receiver, first) == "replay");
}

TEST_CASE("CARP 6: the adverts of one interval are accepted in both families") {
  CarpWire receiver = wire();
  CarpWire sender = wire();
  for (RealTime at = noon; at < noon + 5s; at += 1s) {
    const Payload ipv4 = sent_by(sender, at);
    const Payload ipv6 = sent_by(sender, at);
    CHECK(heard_by(receiver, ipv6, theirs6, at) == "accepted");
    CHECK(heard_by(receiver, ipv4, theirs, at) == "accepted");
    CHECK(heard_by(receiver, ipv4, theirs6, at) == "replay");
  }
}

TEST_CASE("CARP 6: our own advert is own from our address and a replay from another") {
  CarpWire receiver = wire();
  const Payload own = sent_by(receiver);
  CHECK(heard_by(receiver, own, ours) == "own");
  CHECK(heard_by(receiver, rewritten(own, {}), stranger) == "replay");
  CHECK(heard_by(receiver, rewritten(own, {}), ours) == "own");
  // Longer ago than what is known as own.
  for (std::size_t i = 0; i < limits::own_adverts_remembered; ++i) (void)sent_by(receiver);
  CHECK(heard_by(receiver, own, ours) == "replay");
}

TEST_CASE("CARP 6: a wrong digest is a wrong digest, whatever its counter, and moves nothing") {
  CarpWire receiver = wire();
  CarpWire sender = wire();
  CarpWire another = wire(ReplayProtection::enforce, "another");
  CHECK(heard_by(receiver, sent_by(another, noon + 5s)) == "digest");
  CHECK(heard_by(receiver, sent_by(sender)) == "accepted");
}

TEST_CASE("CARP 6: a peer that comes back without its counter is heard at once") {
  CarpWire receiver = wire();
  CarpWire before = wire();
  CHECK(heard_by(receiver, sent_by(before)) == "accepted");
  CarpWire after = wire();
  CHECK(heard_by(receiver, sent_by(after, noon + 1s), theirs, noon + 1s) == "accepted");
}

TEST_CASE("CARP 6: a peer whose clock is set back by less than the window stays heard") {
  CarpWire receiver = wire();
  CarpWire sender = wire();
  CHECK(heard_by(receiver, sent_by(sender)) == "accepted");
  for (Duration passed = 1s; passed < 20s; passed += 1s)
    CHECK(heard_by(receiver, sent_by(sender, noon + passed - 9s), theirs, noon + passed) ==
          "accepted");
}

TEST_CASE("CARP 6: monitored, everything is accepted, and said what it was") {
  CarpWire receiver = wire(ReplayProtection::monitor);
  CarpWire sender = wire();
  const Payload advert = sent_by(sender);
  CHECK(heard_by(receiver, advert) == "accepted");
  CHECK(heard_by(receiver, advert, stranger) == "accepted, replayed");
  CHECK(heard_by(receiver, sent_by(sender, noon + 11s)) == "accepted, stale");
  CHECK(heard_by(receiver, sent_by(receiver), ours) == "own");
}

TEST_CASE("CARP 6: switched off, nobody looks") {
  CarpWire receiver = wire(ReplayProtection::off);
  CarpWire sender = wire();
  const Payload advert = sent_by(sender);
  CHECK(heard_by(receiver, advert) == "accepted, not looked at");
  CHECK(heard_by(receiver, advert, stranger) == "accepted, not looked at");
}

TEST_CASE("CARP 6: a change of settings forgets nothing, from monitor to enforce neither") {
  for (const auto before : {ReplayProtection::monitor, ReplayProtection::enforce}) {
    CarpWire receiver = wire(before);
    CarpWire sender = wire();
    const Payload heard = sent_by(sender);
    const Payload own = sent_by(receiver, noon + 5us);
    CHECK(heard_by(receiver, heard) == "accepted");
    CarpWire changed = wire();
    changed.continue_from(receiver);
    CHECK(heard_by(changed, heard) == "replay");
    CHECK(heard_by(changed, heard, stranger) == "replay");
    CHECK(heard_by(changed, own, stranger) == "replay");
    CHECK(heard_by(changed, sent_by(sender)) == "accepted");
  }
}

}  // namespace failover::tests
