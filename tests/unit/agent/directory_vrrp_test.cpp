// What the directory makes of settings for the other threads: elections, wires, lifetimes.

#include "agent/wire/configured.hpp"
#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/agent/peer_frames.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;

struct Fixture {
  Mailboxes mailboxes;
  control::Directory directory{mailboxes};

  // What the other threads are given of a single router.
  AddRouter added(const config::RouterSettings& settings) {
    directory.apply(configuration({settings}));
    auto messages = taken_from(mailboxes.control_to_kernel);
    REQUIRE(messages.size() == 3);
    return std::get<AddRouter>(std::move(messages[2]));
  }
  // The same of settings that the router gets later.
  ChangeRouter changed(const config::RouterSettings& settings) {
    CHECK(directory.apply(configuration({settings})).changed == Words{settings.name()});
    auto messages = taken_from(mailboxes.control_to_kernel);
    REQUIRE(messages.size() == 1);
    return std::get<ChangeRouter>(std::move(messages[0]));
  }
};

const auto twenty =
    vrrp_settings("eth0", vrid_20, {"192.0.2.1/24", "fe80::1/64", "2001:db8::1/64"});

// What the wire writes for a datagram of these addresses.
std::vector<std::uint8_t> written(Wire& wire, const router::Rank& rank, const Outbound& outbound) {
  std::vector<std::uint8_t> bytes(limits::advert_frame_bytes);
  bytes.resize(std::visit([&](auto& kind) { return kind.write(rank, outbound, bytes); }, wire));
  return bytes;
}

Datagram datagram(const Outbound& outbound, std::span<const std::uint8_t> payload) {
  return {.source = outbound.source,
          .destination = outbound.destination,
          .ttl = 255,
          .protocol = protocol_carp,
          .payload = payload};
}

const Outbound over_ipv4{.source = ip("192.0.2.11"), .destination = ip("224.0.0.18"), .now = noon};
const Outbound over_ipv6{.source = ip("fe80::11"), .destination = ip("ff02::12"), .now = noon};

std::optional<std::chrono::seconds> lifetime_of(std::string_view address,
                                                std::optional<std::chrono::seconds> configured) {
  Fixture fixture;
  auto settings = vrrp_settings("eth0", vrid_20, {address});
  settings.addresses[0].preferred_lifetime = configured;
  return fixture.added(settings).kernel.addresses.at(0).preferred_lifetime;
}

}  // namespace

TEST_CASE("both protocols have routers beside each other, each by its own name") {
  Fixture fixture;
  const auto carp = carp_settings("eth0", carp::Vhid::of<20>(), "192.0.2.9/24");
  const auto applied = fixture.directory.apply(configuration({carp, twenty}));
  CHECK(applied.added == Words{"eth0.carp.20", "eth0.vrrp.20"});
  CHECK(asked_of_kernel(fixture.mailboxes) == Words{"add-group 0", "add-group 1",
                                                    "add-interface eth0 0", "add 0 eth0.carp.20",
                                                    "add 1 eth0.vrrp.20"});
  CHECK(fixture.directory.apply(configuration({carp, twenty})).unchanged == 2);
}

TEST_CASE("PRODUCT 4: the engine's part of a VRRP router says how it is elected") {
  Fixture fixture;
  auto settings = twenty;
  vrrp_of(settings).priority = vrrp::Priority::of<150>();
  vrrp_of(settings).interval = vrrp::Centiseconds::of<25>();
  vrrp_of(settings).dead_ratio = vrrp::DeadRatio::of<5>();
  settings.preempt = Preempt::off;
  settings.handover_timeout = 7s;
  settings.sources = {ip("2001:db8::50"), ip("192.0.2.50")};
  settings.peers = {ip("192.0.2.12"), ip("2001:db8::12")};
  const auto added = fixture.added(settings);
  const EngineRouter& engine = *added.engine;
  CHECK(engine.number == 20);
  CHECK(engine.settings.election ==
        router::Election(vrrp::Election{.version = vrrp::Version::v3,
                                        .priority = vrrp::Priority::of<150>(),
                                        .interval = vrrp::Centiseconds::of<25>(),
                                        .dead_ratio = vrrp::DeadRatio::of<5>()}));
  CHECK(engine.settings.preempt == Preempt::off);
  CHECK(engine.settings.handover_timeout == 7s);
  CHECK(engine.settings.addresses == 3);
  CHECK(engine.settings.speaks == PerFamily<bool>{.ipv4 = true, .ipv6 = true});
  CHECK(engine.sources.ipv4 == ip("192.0.2.50"));
  CHECK(engine.sources.ipv6 == ip("2001:db8::50"));
  CHECK(engine.peers == settings.peers);
  CHECK(engine.addresses == std::vector{ip("192.0.2.1"), ip("fe80::1"), ip("2001:db8::1")});
  CHECK(added.kernel.name == "eth0.vrrp.20");
  CHECK(election_of(settings) == engine.settings.election);
}

TEST_CASE("PRODUCT 4: the kernel's part of a router says whether packets are taken") {
  Fixture fixture;
  auto settings = twenty;
  vrrp_of(settings).accept = false;
  CHECK_FALSE(fixture.added(settings).kernel.accepts);
  CHECK(fixture.changed(twenty).kernel.accepts);
  Fixture other;
  CHECK(other.added(carp_settings("eth0", vhid_10, "192.0.2.1/24")).kernel.accepts);
}

TEST_CASE("PRODUCT 4: the engine's part of a CARP router says how it is elected") {
  Fixture fixture;
  auto settings = carp_settings("eth0", vhid_10, "192.0.2.1/24");
  carp_of(settings).advbase = carp::AdvBase::of<2>();
  carp_of(settings).advskew = carp::AdvSkew::of<30>();
  carp_of(settings).dead_ratio = carp::DeadRatio::of<4>();
  const auto added = fixture.added(settings);
  CHECK(added.engine->number == 10);
  CHECK(added.engine->settings.election ==
        router::Election(carp::Election{.advbase = carp::AdvBase::of<2>(),
                                        .advskew = carp::AdvSkew::of<30>(),
                                        .dead_ratio = carp::DeadRatio::of<4>()}));
  CHECK(added.engine->settings.speaks == PerFamily<bool>{.ipv4 = true, .ipv6 = false});
}

TEST_CASE("PRODUCT 4: a family of which no address is advertised is not spoken") {
  Fixture fixture;
  auto settings = vrrp_settings("eth0", vrid_20, {"192.0.2.1/24", "2001:db8::1/64"});
  settings.addresses[1].advertise = false;
  const auto added = fixture.added(settings);
  CHECK(added.engine->settings.speaks == PerFamily<bool>{.ipv4 = true, .ipv6 = false});
  CHECK(added.engine->settings.addresses == 2);
  CHECK(added.kernel.addresses.size() == 2);
}

TEST_CASE("a VRRP router's adverts list what is advertised of the family, in the file's order") {
  Fixture fixture;
  auto settings = vrrp_settings(
      "eth0", vrid_20,
      {"192.0.2.9/24", "2001:db8::1/64", "192.0.2.1/24", "192.0.2.5/24", "fe80::1/64"});
  settings.addresses[3].advertise = false;
  const auto added = fixture.added(settings);
  const vrrp::Rank rank{.priority = 7, .centiseconds = 100};
  const auto bytes4 = written(added.engine->wire, rank, over_ipv4);
  const auto decoded = vrrp::decode(datagram(over_ipv4, bytes4), vrrp::Version::v3);
  REQUIRE(decoded);
  CHECK(decoded->covered == vrrp::Covered::pseudo_header);
  CHECK(decoded->advert.vrid == 20);
  CHECK(decoded->advert.rank == rank);
  REQUIRE(decoded->advert.count() == 2);
  CHECK(decoded->advert.address(0) == ip("192.0.2.9"));
  CHECK(decoded->advert.address(1) == ip("192.0.2.1"));
  const auto bytes6 = written(added.engine->wire, rank, over_ipv6);
  const auto decoded6 = vrrp::decode(datagram(over_ipv6, bytes6), vrrp::Version::v3);
  REQUIRE(decoded6);
  REQUIRE(decoded6->advert.count() == 2);
  CHECK(decoded6->advert.address(0) == ip("2001:db8::1"));
  CHECK(decoded6->advert.address(1) == ip("fe80::1"));
}

TEST_CASE("PRODUCT 4: checksum = rfc9568 is what the adverts have") {
  Fixture fixture;
  auto settings = twenty;
  vrrp_of(settings).checksum = vrrp::Checksum::rfc9568;
  const auto added = fixture.added(settings);
  const auto bytes =
      written(added.engine->wire, vrrp::Rank{.priority = 7, .centiseconds = 100}, over_ipv4);
  const auto decoded = vrrp::decode(datagram(over_ipv4, bytes), vrrp::Version::v3);
  REQUIRE(decoded);
  CHECK(decoded->covered == vrrp::Covered::message);
}

TEST_CASE(
    "PRODUCT 4: version 2 has its password in its adverts, and asks for it and the interval") {
  Fixture fixture;
  auto settings = vrrp_settings("eth0", vrid_20, {"192.0.2.1/24"});
  vrrp_of(settings).version = vrrp::Version::v2;
  vrrp_of(settings).interval = vrrp::Centiseconds::of<300>();
  vrrp_of(settings).password = Secret("secret");
  const auto added = fixture.added(settings);
  const vrrp::Rank rank{.priority = 7, .centiseconds = 300};
  const auto bytes = written(added.engine->wire, rank, over_ipv4);
  const auto decoded = vrrp::decode(datagram(over_ipv4, bytes), vrrp::Version::v2);
  REQUIRE(decoded);
  CHECK(decoded->advert.rank == rank);
  CHECK(vrrp::password_matches(decoded->advert, vrrp::password_from(key_of("secret"))));
  auto& wire = std::get<VrrpWire>(added.engine->wire);
  CHECK(wire.read(datagram(over_ipv4, bytes), ip("192.0.2.99"), noon));
  auto others = settings;
  vrrp_of(others).interval = vrrp::Centiseconds::of<100>();
  const auto changed = fixture.changed(others);
  CHECK(std::get<VrrpWire>(changed.engine->wire)
            .read(datagram(over_ipv4, bytes), ip("192.0.2.99"), noon)
            .error()
            .reason == Rejection::interval);
}

TEST_CASE("PRODUCT 8.5: another priority or other peers are a change of the router") {
  Fixture fixture;
  (void)fixture.added(twenty);
  auto settings = twenty;
  vrrp_of(settings).priority = vrrp::Priority::of<200>();
  const auto better = fixture.changed(settings);
  CHECK(std::get<vrrp::Election>(better.engine->settings.election).priority.value() == 200);
  settings.peers = {ip("192.0.2.12"), ip("fe80::12")};
  CHECK(fixture.changed(settings).engine->peers == settings.peers);
}

TEST_CASE("an IPv6 failover IP is deprecated from the beginning, unless a lifetime is asked for") {
  CHECK(lifetime_of("2001:db8::1/64", std::nullopt) == 0s);
  CHECK(lifetime_of("2001:db8::1/64", 100s) == 100s);
  CHECK(lifetime_of("2001:db8::1/64", 0s) == 0s);
  CHECK(lifetime_of("2001:db8::1/64", config::forever) == std::nullopt);
}

TEST_CASE("an IPv4 failover IP lives for ever, unless a lifetime is asked for") {
  CHECK(lifetime_of("192.0.2.1/24", std::nullopt) == std::nullopt);
  CHECK(lifetime_of("192.0.2.1/24", 100s) == 100s);
  CHECK(lifetime_of("192.0.2.1/24", config::forever) == std::nullopt);
}

TEST_CASE("a capture is asked for the longest advert that may come for the router") {
  const auto longest = [](const config::RouterSettings& settings) {
    Fixture fixture;
    return fixture.added(settings).kernel.longest_advert;
  };
  CHECK(longest(carp_settings("eth0", vhid_10, "192.0.2.1/24")) == carp::advert_bytes);
  // An advert of the other version, or with a trailer, must arrive whole to be told as what it is.
  CHECK(longest(vrrp_settings("eth0", vrid_20, {"192.0.2.1/24"})) ==
        vrrp::advert_bytes(vrrp::Version::v2, Family::ipv4, 1) + vrrp::trailer_bytes);
  std::vector<std::string> texts;
  for (int i = 1; i <= 60; ++i) texts.push_back("2001:db8::" + std::to_string(i) + "/64");
  const std::vector<std::string_view> sixty(texts.begin(), texts.end());
  const auto of_ipv6 = vrrp_settings("eth0", vrid_20, sixty);
  CHECK(longest(of_ipv6) >=
        vrrp::advert_bytes(vrrp::Version::v3, Family::ipv6, 60) + vrrp::trailer_bytes);
  auto of_both = of_ipv6;
  of_both.addresses.push_back({.prefix = prefix("192.0.2.1/24")});
  CHECK(longest(of_both) == longest(of_ipv6));
  of_both.addresses[0].advertise = false;
  CHECK(longest(of_both) == longest(of_ipv6) - address_bytes(Family::ipv6));
}

}  // namespace failover::tests
