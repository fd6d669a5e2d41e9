// VirtualRouter: its counters, the adverts that it knows as its own, the peers that it remembers.

#include "agent/engine/virtual_router.hpp"

#include <algorithm>
#include <set>

#include "protocol/ipv4.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

IpAddress host(std::uint8_t number) { return IpAddress::v4({192, 0, 2, number}); }

const IpAddress own = host(11);
const IpAddress other = host(12);
const MacAddress own_mac{{0x02, 0, 0, 0, 0, 0x11}};
const MacAddress other_mac{{0x02, 0, 0, 0, 0, 0x12}};
const carp::Rank rank{.advbase = 1, .advskew = 100, .demote = 2};
const RealTime noon{1'700'000'000s};

class FakeClock final : public Clock {
 public:
  [[nodiscard]] Instant monotonic() const override { return Instant{} + 3600s; }
  [[nodiscard]] RealTime real() const override { return now; }
  RealTime now = noon;
};

std::uint64_t microseconds(RealTime time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count());
}

carp::Authenticator authenticator(std::string_view password) {
  const std::vector<std::uint8_t> key(password.begin(), password.end());
  return {key, carp::Vhid::of<1>(), std::vector{host(1)}};
}

// A router and what it publishes.
struct Fixture {
  FakeClock clock;
  PublishedRouter published;
  VirtualRouter router{setup("secret"), clock};

  std::unique_ptr<EngineRouter> setup(std::string_view password) {
    return std::make_unique<EngineRouter>(EngineRouter{.id = 7,
                                                       .slot = 3,
                                                       .number = 1,
                                                       .settings = {},
                                                       .wire = wire(password),
                                                       .addresses = {host(1)},
                                                       .sources = {},
                                                       .peers = {},
                                                       .status = &published});
  }
  static Wire wire(std::string_view password) {
    const std::vector<std::uint8_t> key(password.begin(), password.end());
    return CarpWire(carp::Vhid::of<1>(), key, {host(1)});
  }
  static InterfaceStatus interface() {
    InterfaceStatus status;
    status.index = 42;
    status.mac = own_mac;
    status.sources.ipv4 = own;
    return status;
  }
  OutgoingAdvert make(const carp::Rank& said = rank) {
    std::vector<OutgoingAdvert> written;
    router.write_adverts(said, interface(), written);
    REQUIRE(written.size() == 1);
    return written.front();
  }
  Result<router::Rank, Rejection> accept(std::span<const std::uint8_t> payload,
                                         const IpAddress& source = other, Duration at = 5s) {
    const Datagram datagram{.source = source,
                            .destination = advert_group4,
                            .ttl = 255,
                            .protocol = protocol_carp,
                            .payload = payload};
    return router.accept(datagram, other_mac, interface(), Instant{} + at);
  }
  void hear(std::uint8_t number, Duration at, const carp::Rank& said = rank) {
    const auto counter = microseconds(noon);
    const carp::Advert advert{.vhid = 1,
                              .rank = said,
                              .counter = counter,
                              .digest = authenticator("secret").digest(counter)};
    REQUIRE(accept(carp::encode(advert), host(number), at));
  }
  RouterStatus status() {
    router.publish();
    return published.read();
  }
  std::uint64_t rejected(Rejection rejection) {
    return status().rejected[static_cast<std::size_t>(rejection)];
  }
  std::multiset<std::string> peers() {
    const RouterStatus now = status();
    std::multiset<std::string> all;
    for (std::uint32_t i = 0; i < now.peer_count; ++i) all.insert(now.peers[i].address.text());
    return all;
  }
};

std::span<const std::uint8_t> payload_of(const OutgoingAdvert& out) {
  return out.content().subspan(ethernet_header + ipv4_header);
}
std::uint64_t counter_of(const OutgoingAdvert& out) {
  return carp::decode(payload_of(out)).value().counter;
}

}  // namespace

TEST_CASE("ARCHITECTURE 4: an advert is a whole frame, from the MAC and the source it is given") {
  Fixture fixture;
  const OutgoingAdvert out = fixture.make();
  CHECK(out.router == 7);
  CHECK(out.interface == 42);
  const auto frame = parse_ethernet(out.content());
  REQUIRE(frame);
  CHECK(frame->source == own_mac);
  CHECK(frame->destination == advert_group4_mac);
  const auto datagram = parse_ipv4(frame->payload);
  REQUIRE(datagram);
  CHECK(datagram->source == own);
  CHECK_FALSE(carp::misfit(*datagram));
  const auto advert = carp::decode(datagram->payload);
  REQUIRE(advert);
  CHECK(advert->vhid == 1);
  CHECK(advert->rank == rank);
  CHECK(authenticator("secret").matches(*advert));
}

TEST_CASE("CARP 2.5: the counter is the real time in microseconds, so that it outgrows a restart") {
  Fixture fixture;
  CHECK(counter_of(fixture.make()) == microseconds(noon));
  fixture.clock.now += 1500us;
  CHECK(counter_of(fixture.make()) == microseconds(noon) + 1500);
}

TEST_CASE("CARP 2.5: the counter grows by one where the real time stands still or goes back") {
  Fixture fixture;
  const std::uint64_t first = counter_of(fixture.make());
  CHECK(counter_of(fixture.make()) == first + 1);
  fixture.clock.now -= 3600s;
  CHECK(counter_of(fixture.make()) == first + 2);
  fixture.clock.now = noon + 1s;
  CHECK(counter_of(fixture.make()) == first + 1'000'000);
}

TEST_CASE("PRODUCT 8.8: an advert of a peer with our password is accepted, and nothing counted") {
  Fixture fixture;
  Fixture peer;
  const OutgoingAdvert out = peer.make();
  const auto advert = fixture.accept(payload_of(out));
  REQUIRE(advert);
  CHECK(*advert == router::Rank(rank));
  CHECK(std::ranges::count(fixture.status().rejected, 0U) == rejections);
}

TEST_CASE("PRODUCT 8.8: a wrong digest is counted, and the last one remembered with its sender") {
  Fixture fixture;
  Fixture peer;
  peer.router.replace_setup(peer.setup("another"));
  const OutgoingAdvert out = peer.make();
  CHECK_FALSE(fixture.accept(payload_of(out)));
  CHECK(fixture.rejected(Rejection::digest) == 1);
  CHECK(fixture.rejected(Rejection::own) == 0);
  const RejectedFrom last = fixture.status().wrong_digest;
  CHECK(last.address == other);
  CHECK(last.mac == other_mac);
  CHECK(last.heard == Instant{} + 5s);
}

TEST_CASE("PRODUCT 8.8: a wrong checksum is counted as one, before the digest") {
  Fixture fixture;
  OutgoingAdvert out = Fixture().make();
  out.bytes[out.size - 1U] ^= 1U;
  CHECK_FALSE(fixture.accept(payload_of(out)));
  CHECK(fixture.rejected(Rejection::checksum) == 1);
  CHECK(fixture.rejected(Rejection::digest) == 0);
  CHECK(fixture.status().wrong_digest.address == IpAddress{});
}

TEST_CASE("ARCHITECTURE 4: our own advert, looped back, is known as ours and not as a peer's") {
  Fixture fixture;
  const OutgoingAdvert out = fixture.make();
  CHECK_FALSE(fixture.accept(payload_of(out), own));
  CHECK(fixture.rejected(Rejection::own) == 1);
}

TEST_CASE("ARCHITECTURE 4: the last 64 adverts are known as our own, an older one is not") {
  Fixture fixture;
  std::vector<OutgoingAdvert> sent;
  for (int i = 0; i < 65; ++i) sent.push_back(fixture.make());
  for (std::size_t i = 1; i < sent.size(); ++i) {
    INFO(i);
    CHECK_FALSE(fixture.accept(payload_of(sent[i]), own));
  }
  CHECK(fixture.rejected(Rejection::own) == 64);
  CHECK(fixture.accept(payload_of(sent.front()), own));
}

TEST_CASE("ARCHITECTURE 4: what another address sends is not ours, even if we said the same") {
  Fixture fixture;
  const OutgoingAdvert out = fixture.make();
  CHECK(fixture.accept(payload_of(out), other));
}

TEST_CASE("ARCHITECTURE 4: one of our counters alone proves nothing") {
  Fixture fixture;
  const std::uint64_t counter = counter_of(fixture.make());
  // The password changes, the advert is made with the new one.
  fixture.router.replace_setup(fixture.setup("another"));
  const carp::Advert advert{.vhid = 1,
                            .rank = rank,
                            .counter = counter,
                            .digest = authenticator("another").digest(counter)};
  CHECK(fixture.accept(carp::encode(advert), own));
}

TEST_CASE("a peer is remembered as it was last heard") {
  Fixture fixture;
  fixture.hear(20, 1s);
  fixture.clock.now += 3s;
  fixture.hear(20, 2s, carp::farewell_times);
  const RouterStatus status = fixture.status();
  CHECK(status.adverts_received == 2);
  REQUIRE(status.peer_count == 1);
  CHECK(status.peers[0].address == host(20));
  CHECK(status.peers[0].mac == other_mac);
  CHECK(status.peers[0].rank == router::Rank(carp::farewell_times));
  CHECK(status.peers[0].heard == Instant{} + 2s);
  CHECK(status.peers[0].heard_at == noon + 3s);
  CHECK(status.peers[0].leaving);
  fixture.hear(20, 3s);
  CHECK_FALSE(fixture.status().peers[0].leaving);
}

TEST_CASE("eight peers are remembered, a ninth takes the place of the longest silent one") {
  Fixture fixture;
  for (std::uint8_t i = 0; i < 8; ++i) fixture.hear(std::uint8_t(20 + i), i * 1s);
  fixture.hear(20, 10s);  // 21 is the longest silent one now
  CHECK(fixture.peers().size() == 8);
  CHECK(fixture.peers().count("192.0.2.21") == 1);
  fixture.hear(30, 11s);
  CHECK(fixture.peers().size() == 8);
  CHECK(fixture.peers().count("192.0.2.21") == 0);
  CHECK(fixture.peers().count("192.0.2.30") == 1);
  CHECK(fixture.peers().count("192.0.2.20") == 1);
}

TEST_CASE("PRODUCT 8.6: who was active at the same time is counted, with the evidence") {
  Fixture fixture;
  fixture.hear(20, 1s);
  fixture.hear(21, 2s);
  fixture.clock.now += 5s;
  fixture.router.saw_two_active(host(20));
  fixture.router.saw_two_active(host(21));
  const RouterStatus status = fixture.status();
  CHECK(status.two_active == 2);
  CHECK(status.two_active_at == noon + 5s);
  CHECK(status.two_active_peer.address == host(21));
  CHECK(status.two_active_peer.heard == Instant{} + 2s);
  CHECK(fixture.router.two_active_peer().address == host(21));
}

TEST_CASE("a role is held since it began, not since its reason changed") {
  Fixture fixture;
  CHECK(fixture.status().since == noon);
  fixture.clock.now += 1s;
  fixture.router.role_changed({router::Role::initialize, router::Role::backup, Reason::listening});
  CHECK(fixture.status().since == noon + 1s);
  fixture.clock.now += 1s;
  fixture.router.role_changed(
      {router::Role::backup, router::Role::backup, Reason::foreign_address});
  CHECK(fixture.status().since == noon + 1s);
}

TEST_CASE("who announced our addresses is forgotten when we become active, not before") {
  Fixture fixture;
  fixture.router.announced_by(Family::ipv4, other_mac);
  fixture.router.role_changed({router::Role::active, router::Role::backup, Reason::op});
  CHECK(fixture.router.announcers().ipv4 == other_mac);
  fixture.router.role_changed({router::Role::backup, router::Role::active, Reason::no_response});
  CHECK_FALSE(fixture.router.announcers().ipv4);
}

TEST_CASE("whatever a status shows marks it for publishing, and publishing takes the mark") {
  Fixture fixture;
  const auto marks = [&](const auto& action) {
    fixture.router.publish();
    CHECK_FALSE(fixture.router.changed);
    action();
    return fixture.router.changed;
  };
  CHECK(marks([&] { fixture.hear(20, 1s); }));
  CHECK(marks([&] { (void)fixture.accept({}); }));
  CHECK(marks([&] { fixture.router.saw_two_active(host(20)); }));
  CHECK(marks([&] {
    fixture.router.role_changed({router::Role::backup, router::Role::active, Reason::no_response});
  }));
  CHECK(marks([&] { fixture.router.replace_setup(fixture.setup("secret")); }));
}

TEST_CASE("the published status says what the state machine says") {
  Fixture fixture;
  router::Effects effects;
  fixture.router.machine().handle(router::Ready{{.ipv4 = own, .ipv6 = {}}}, Instant{}, effects);
  fixture.router.machine().handle(router::Demote{{.cost = 20, .count = 1}}, Instant{}, effects);
  const RouterStatus status = fixture.status();
  CHECK(status.role == router::Role::backup);
  CHECK(status.reason == Reason::listening);
  CHECK(status.waiting_for == WaitingFor::nothing);
  CHECK_FALSE(status.yielded);
  CHECK(status.demotion == 20);
  CHECK(status.rank == fixture.router.machine().rank());
}

}  // namespace failover::tests
