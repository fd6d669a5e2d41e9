// The directory: what becomes of routers when a configuration is applied, and who is told.

#include "agent/control/directory.hpp"

#include "protocol/ipv4.hpp"
#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;

const auto ten = carp_settings("eth0", vhid_10, "192.0.2.1/24");
const auto eleven = carp_settings("eth0", vhid_11, "192.0.2.2/24");
const auto other = carp_settings("eth1", vhid_10, "198.51.100.1/24");

config::RouterSettings skewed(config::RouterSettings settings) {
  carp_of(settings).advskew = carp::AdvSkew::of<77>();
  return settings;
}

struct Fixture {
  Mailboxes mailboxes;
  control::Directory directory{mailboxes};
  control::Applied apply(std::vector<config::RouterSettings> routers) {
    return directory.apply(configuration(std::move(routers)));
  }
  Words kernel() { return asked_of_kernel(mailboxes); }
  Words engine() { return asked_of_engine(mailboxes); }
};

}  // namespace

TEST_CASE("an applied configuration adds each interface once, before the routers on it") {
  Fixture fixture;
  const auto applied = fixture.apply({ten, eleven, other});
  CHECK(applied.added == Words{"eth0.carp.10", "eth0.carp.11", "eth1.carp.10"});
  CHECK(fixture.kernel() == Words{"add-group 0", "add-group 1", "add-group 2",
                                  "add-interface eth0 0", "add 0 eth0.carp.10",
                                  "add 1 eth0.carp.11", "add-interface eth1 1",
                                  "add 2 eth1.carp.10"});
  CHECK(fixture.engine().empty());
}

TEST_CASE("PRODUCT 8.5: an applied configuration touches what differs and nothing else") {
  Fixture fixture;
  (void)fixture.apply({ten, eleven});
  (void)fixture.kernel();
  const auto applied = fixture.apply({skewed(eleven), other});
  CHECK(applied.added == Words{"eth1.carp.10"});
  CHECK(applied.changed == Words{"eth0.carp.11"});
  CHECK(applied.removed == Words{"eth0.carp.10"});
  CHECK(applied.unchanged == 0);
  CHECK(fixture.kernel() == Words{"add-group 2", "change 1 eth0.carp.11", "add-interface eth1 1",
                                  "add 2 eth1.carp.10"});
  CHECK(fixture.engine() == Words{"remove 0"});
}

TEST_CASE("PRODUCT 8.5: the same configuration again asks nothing of anybody") {
  Fixture fixture;
  (void)fixture.apply({ten, eleven});
  (void)fixture.kernel();
  const auto applied = fixture.apply({ten, eleven});
  CHECK(applied.unchanged == 2);
  CHECK(applied.added.empty());
  CHECK(applied.changed.empty());
  CHECK(applied.removed.empty());
  CHECK(fixture.kernel().empty());
  CHECK(fixture.engine().empty());
}

TEST_CASE("a new password alone is a change") {
  Fixture fixture;
  (void)fixture.apply({ten});
  auto with = ten;
  carp_of(with).password = Secret("another");
  CHECK(fixture.apply({with}).changed == Words{"eth0.carp.10"});
}

TEST_CASE("the engine's part has what is advertised in its digest, and all that is held") {
  Fixture fixture;
  auto settings = ten;
  settings.addresses.push_back({.prefix = prefix("192.0.2.9/24"), .advertise = false});
  settings.sources = {ip("192.0.2.50")};
  (void)fixture.apply({settings});
  auto messages = taken_from(fixture.mailboxes.control_to_kernel);
  REQUIRE(messages.size() == 3);
  const auto& added = std::get<AddRouter>(messages[2]);
  CHECK(added.kernel.addresses.size() == 2);
  EngineRouter& engine = *added.engine;
  CHECK(engine.addresses == std::vector{ip("192.0.2.1"), ip("192.0.2.9")});
  CHECK(engine.settings.addresses == 2);
  CHECK(engine.sources.ipv4 == ip("192.0.2.50"));
  CHECK(engine.status == fixture.directory.find("eth0.carp.10")->status.get());
  std::array<std::uint8_t, carp::advert_bytes> bytes{};
  (void)std::get<CarpWire>(engine.wire)
      .write(carp::Rank{}, {.source = {}, .destination = {}, .now = noon}, bytes);
  const auto right = authenticator("secret", vhid_10, {ip("192.0.2.1")});
  CHECK(right.matches(carp::decode(bytes).value()));
}

TEST_CASE("the engine's part protects against replay as the file says") {
  const auto verdict = [](carp::ReplayProtection protection, Duration window, Duration age) {
    Fixture fixture;
    auto settings = ten;
    carp_of(settings).replay_protection = protection;
    carp_of(settings).replay_window = window;
    (void)fixture.apply({settings});
    auto messages = taken_from(fixture.mailboxes.control_to_kernel);
    auto& wire = std::get<CarpWire>(std::get<AddRouter>(messages.back()).engine->wire);
    CarpWire peer(vhid_10, key_of("secret"), {ip("192.0.2.1")});
    std::array<std::uint8_t, carp::advert_bytes> bytes{};
    (void)peer.write(carp::Rank{}, {.source = {}, .destination = {}, .now = noon - age}, bytes);
    return wire
        .read({.source = ip("192.0.2.12"),
               .destination = advert_group4,
               .ttl = 255,
               .protocol = protocol_carp,
               .payload = bytes},
              ip("192.0.2.11"), noon)
        .has_value();
  };
  CHECK(verdict(carp::ReplayProtection::enforce, 2s, 2s));
  CHECK_FALSE(verdict(carp::ReplayProtection::enforce, 2s, 3s));
  CHECK(verdict(carp::ReplayProtection::enforce, 3s, 3s));
  CHECK(verdict(carp::ReplayProtection::monitor, 2s, 3s));
  CHECK(verdict(carp::ReplayProtection::off, 2s, 3s));
}

TEST_CASE("RFC 5082 3: how far an advert may have come is what the file says, for unicast only") {
  const auto least = [](const config::RouterSettings& settings) {
    Fixture fixture;
    (void)fixture.apply({settings});
    auto messages = taken_from(fixture.mailboxes.control_to_kernel);
    return std::get<AddRouter>(messages.back()).engine->least_ttl;
  };
  auto settings = ten;
  CHECK(least(settings) == 255);
  settings.peers = {ip("192.0.2.12")};
  CHECK(least(settings) == 0);
  settings.max_hops = config::MaxHops::of<0>();
  CHECK(least(settings) == 255);
  settings.max_hops = config::MaxHops::of<3>();
  CHECK(least(settings) == 252);
}

TEST_CASE("a leaving router stays in the directory until the other threads have let go of it") {
  Fixture fixture;
  (void)fixture.apply({ten});
  (void)fixture.apply({});
  REQUIRE(fixture.directory.find("eth0.carp.10") != nullptr);
  CHECK(fixture.directory.find("eth0.carp.10")->leaving);
  // It is removed only once.
  CHECK(fixture.apply({}).removed.empty());
  CHECK(fixture.engine() == Words{"remove 0"});
  fixture.directory.gone(0);
  CHECK(fixture.directory.empty());
  CHECK(fixture.directory.find(RouterId{0}) == nullptr);
}

TEST_CASE("a router that is wanted again while it leaves is added when it has gone") {
  Fixture fixture;
  (void)fixture.apply({ten});
  (void)fixture.apply({});
  (void)fixture.kernel();
  CHECK(fixture.apply({skewed(ten)}).added == Words{"eth0.carp.10"});
  CHECK(fixture.kernel().empty());
  SECTION("with the settings that were wanted last") {
    fixture.directory.gone(0);
    CHECK(fixture.kernel() == Words{"add 0 eth0.carp.10"});
    CHECK(carp_of(fixture.directory.find("eth0.carp.10")->settings).advskew.value() == 77);
    CHECK_FALSE(fixture.directory.find("eth0.carp.10")->leaving);
  }
  SECTION("but not when it is no longer wanted") {
    (void)fixture.apply({});
    fixture.directory.gone(0);
    CHECK(fixture.kernel() == Words{"remove-group 0"});
    CHECK(fixture.directory.empty());
  }
  SECTION("nor when everything is to go") {
    fixture.directory.remove_all();
    fixture.directory.gone(0);
    CHECK(fixture.directory.empty());
  }
}

TEST_CASE("an id is used again only when its router has gone") {
  Fixture fixture;
  (void)fixture.apply({ten, eleven});
  (void)fixture.apply({eleven, other});
  CHECK(fixture.directory.find("eth1.carp.10")->id == 2);
  fixture.directory.gone(0);
  (void)fixture.apply({eleven, other, carp_settings("eth0", carp::Vhid::of<30>(), "192.0.2.3/24")});
  CHECK(fixture.directory.find("eth0.carp.30")->id == 0);
}

TEST_CASE("PRODUCT 8.1: at the end everything hands over, each router once, and can be hurried") {
  Fixture fixture;
  (void)fixture.apply({ten, eleven});
  (void)fixture.apply({eleven});
  (void)fixture.engine();
  fixture.directory.remove_all();
  CHECK(fixture.engine() == Words{"remove 1"});
  fixture.directory.remove_all_now();
  CHECK(fixture.engine() == Words{"remove-now 0", "remove-now 1"});
  CHECK_FALSE(fixture.directory.empty());
}

TEST_CASE("news of a router that nobody knows changes nothing") {
  Fixture fixture;
  (void)fixture.apply({ten});
  fixture.directory.gone(17);
  CHECK(fixture.directory.routers().size() == 1);
}

}  // namespace failover::tests
