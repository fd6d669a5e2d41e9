// Every key: its default, and what it may be at the ends of its range.

#include "tests/unit/config/texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

AddressSettings read_address(std::string_view more) {
  auto router = read_router(in_address(more));
  REQUIRE(router.addresses.size() == 1);
  return std::move(router.addresses.front());
}

TEST_CASE("An empty configuration is valid and has the defaults of the agent") {
  const auto configuration = read("");
  CHECK(configuration.routers.empty());
  CHECK(configuration.agent.node.empty());
  CHECK(configuration.agent.log_level == LogLevel::info);
}

TEST_CASE("Empty tables mean no more than none") {
  CHECK(read("[agent]\n[interface.eth0]\n[interface.eth1.carp]\n") == Configuration{});
}

TEST_CASE("A router without more than its addresses and its password has the defaults") {
  const auto router = read_router(in_router(""));
  CHECK(router.interface == "eth0");
  CHECK(router.name() == "eth0.carp.10");
  CHECK(router.id() == 10);
  CHECK(router.group == "eth0.carp.10");
  CHECK(router.preempt == Preempt::on);
  CHECK(router.handover_timeout == 10s);
  CHECK(router.sources.empty());
  CHECK(router.peers.empty());
  CHECK(router.mac == MacMode::interface);
  const auto carp = std::get<CarpSettings>(router.protocol);
  CHECK(carp.vhid == carp::Vhid::of<10>());
  CHECK(text_of(carp.password) == "mekmitasdigoat");
  CHECK(carp.advbase.value() == 1);
  CHECK(carp.advskew.value() == 0);
  CHECK(carp.dead_ratio.value() == 3);
  CHECK(carp.replay_protection == carp::ReplayProtection::monitor);
  CHECK(carp.replay_window == 10s);
  REQUIRE(router.addresses.size() == 1);
  CHECK(router.addresses[0].prefix.text() == "10.0.0.1/24");
}

TEST_CASE("An address without more is global, advertised and forever") {
  const auto address = read_address("");
  CHECK(address.prefix.text() == "10.0.0.1/24");
  CHECK(address.label.empty());
  CHECK(address.scope == netlink::Scope::global);
  CHECK(address.preferred_lifetime == std::nullopt);
  CHECK_FALSE(address.noprefixroute);
  CHECK(address.advertise);
}

TEST_CASE("The agent's node has 1 to 64 printable characters") {
  CHECK(read("[agent]\nnode = \"l\"\n").agent.node == "l");
  const std::string longest(64, 'n');
  CHECK(read("[agent]\nnode = \"" + longest + "\"\n").agent.node == longest);
  CHECK(errors_of("[agent]\nnode = \"n" + longest + "\"\n") ==
        "t.toml:2:8: agent.node: \"" + longest +
            "...\" cannot be used; accepted: 1..64 printable characters without spaces");
}

TEST_CASE("The agent's log level is one of five words") {
  const auto level = [](std::string_view text) {
    return read("[agent]\nlog_level = \"" + std::string(text) + "\"\n").agent.log_level;
  };
  CHECK(level("error") == LogLevel::error);
  CHECK(level("warning") == LogLevel::warning);
  CHECK(level("notice") == LogLevel::notice);
  CHECK(level("info") == LogLevel::info);
  CHECK(level("debug") == LogLevel::debug);
}

TEST_CASE("Interface names have up to 15 bytes, and dots in them are quoted") {
  CHECK(read_router("[interface.abcdefghijklmno.carp.1]\npassword = \"x\"\n"
                    "addresses = [\"10.0.0.1\"]\n")
            .interface == "abcdefghijklmno");
  CHECK(read_router("[interface.\"eth0.100\".carp.5]\npassword = \"x\"\n"
                    "addresses = [\"10.0.0.1\"]\n")
            .name() == "eth0.100.carp.5");
}

TEST_CASE("VHIDs are 1 to 255") {
  const auto vhid = [](std::string_view text) {
    return read_router("[interface.eth0.carp." + std::string(text) +
                       "]\npassword = \"x\"\naddresses = [\"10.0.0.1\"]\n")
        .id();
  };
  CHECK(vhid("1") == 1);
  CHECK(vhid("255") == 255);
}

TEST_CASE("Numbers are accepted at both ends of their range") {
  CHECK(read_carp(in_router("advbase = 0\n")).advbase.value() == 0);
  CHECK(read_carp(in_router("advbase = 255\n")).advbase.value() == 255);
  CHECK(read_carp(in_router("advskew = 0\n")).advskew.value() == 0);
  CHECK(read_carp(in_router("advskew = 254\n")).advskew.value() == 254);
  CHECK(read_carp(in_router("dead_ratio = 1\n")).dead_ratio.value() == 1);
  CHECK(read_carp(in_router("dead_ratio = 255\n")).dead_ratio.value() == 255);
}

TEST_CASE("advbase 0 with advskew 0 is the fastest router, not an error") {
  const auto carp = read_carp(in_router("advbase = 0\nadvskew = 0\n"));
  CHECK(carp.advbase.value() == 0);
  CHECK(carp.advskew.value() == 0);
}

TEST_CASE("preempt is true or false") {
  CHECK(read_router(in_router("preempt = true\n")).preempt == Preempt::on);
  CHECK(read_router(in_router("preempt = false\n")).preempt == Preempt::off);
}

TEST_CASE("handover_timeout is a duration of 100 ms to 600 s in any unit") {
  const auto timeout = [](std::string_view text) {
    return read_router(in_router("handover_timeout = \"" + std::string(text) + "\"\n"))
        .handover_timeout;
  };
  CHECK(timeout("100ms") == 100ms);
  CHECK(timeout("0.1s") == 100ms);
  CHECK(timeout("1.5s") == 1500ms);
  CHECK(timeout("2m") == 120s);
  CHECK(timeout("600s") == 600s);
}

TEST_CASE("Replay protection is one of three words, its window 1 s to 300 s in any unit") {
  const auto read_with = [](std::string_view text) { return read_carp(in_router(text)); };
  const auto protection = [&](const std::string& text) {
    return read_with("replay_protection = \"" + text + "\"\n").replay_protection;
  };
  CHECK(protection("off") == carp::ReplayProtection::off);
  CHECK(protection("monitor") == carp::ReplayProtection::monitor);
  CHECK(protection("enforce") == carp::ReplayProtection::enforce);
  CHECK(read_with("replay_window = \"1s\"\n").replay_window == 1s);
  CHECK(read_with("replay_window = \"1500ms\"\n").replay_window == 1500ms);
  CHECK(read_with("replay_window = \"5m\"\n").replay_window == 300s);
}

TEST_CASE("A password has 1 to 19 bytes of any kind but NUL") {
  const auto password = [](std::string_view text) {
    return read_carp(without_password("password = " + std::string(text) + "\n")).password;
  };
  CHECK(text_of(password("\"x\"")) == "x");
  CHECK(text_of(password("\"nineteen-characters\"")) == "nineteen-characters");
  CHECK(text_of(password(R"("a b\"\u00e9\t")")) == "a b\"\xc3\xa9\t");
}

TEST_CASE("Addresses are strings with and without a length, and tables, in the order of the file") {
  const auto router = read_router(
      without_addresses("addresses = [\"10.0.0.9/24\", \"10.0.0.1\", { address = \"10.0.0.5/0\" }, "
                        "\"2001:db8::1/64\", \"fe80::1\"]\n"));
  REQUIRE(router.addresses.size() == 5);
  CHECK(router.addresses[0].prefix.text() == "10.0.0.9/24");
  CHECK(router.addresses[1].prefix.text() == "10.0.0.1/32");
  CHECK(router.addresses[2].prefix.text() == "10.0.0.5/0");
  CHECK(router.addresses[3].prefix.text() == "2001:db8::1/64");
  CHECK(router.addresses[4].prefix.text() == "fe80::1/128");
}

TEST_CASE("Subnets of two addresses and of one, and those of IPv6, have no broadcast address") {
  const auto router = read_router(without_addresses(
      "addresses = [\"10.0.0.1/31\", \"10.0.0.255/32\", \"2001:db8::ffff:ffff/24\"]\n"));
  CHECK(router.addresses.size() == 3);
}

TEST_CASE("A router has a family when it advertises an address of it") {
  const auto has = [](std::string_view addresses) {
    const auto router =
        read_router(without_addresses("addresses = [" + std::string(addresses) + "]\n"));
    return std::pair(router.has(Family::ipv4), router.has(Family::ipv6));
  };
  CHECK(has("\"10.0.0.1\"") == std::pair(true, false));
  CHECK(has("\"2001:db8::1\"") == std::pair(false, true));
  CHECK(has("\"10.0.0.1\", \"2001:db8::1\"") == std::pair(true, true));
}

TEST_CASE("A label is the interface's name, or begins with it and a colon") {
  CHECK(read_address(", label = \"eth0\"").label == "eth0");
  CHECK(read_address(", label = \"eth0:\"").label == "eth0:");
  CHECK(read_address(", label = \"eth0:abcdefghij\"").label == "eth0:abcdefghij");
}

TEST_CASE("A scope is one of the four words of ip address") {
  CHECK(read_address(", scope = \"global\"").scope == netlink::Scope::global);
  CHECK(read_address(", scope = \"site\"").scope == netlink::Scope::site);
  CHECK(read_address(", scope = \"link\"").scope == netlink::Scope::link);
  CHECK(read_address(", scope = \"host\"").scope == netlink::Scope::host);
}

TEST_CASE("A preferred lifetime is a duration that the kernel can count, or forever") {
  const auto lifetime = [](std::string_view text) {
    return read_address(", preferred_lifetime = \"" + std::string(text) + "\"").preferred_lifetime;
  };
  CHECK(lifetime("forever") == forever);
  CHECK(lifetime("0s") == std::chrono::seconds(0));
  CHECK(lifetime("1.5m") == std::chrono::seconds(90));
  CHECK(lifetime("4294967294s") == std::chrono::seconds(4'294'967'294));
}

TEST_CASE("noprefixroute and advertise are booleans") {
  CHECK(read_address(", noprefixroute = true").noprefixroute);
  CHECK_FALSE(read_address(", noprefixroute = false").noprefixroute);
  CHECK(read_address(", advertise = true").advertise);
  const auto router = read_router(without_addresses(
      "addresses = [\"10.0.0.1\", { address = \"10.0.0.2\", advertise = false }]\n"));
  CHECK(router.addresses[0].advertise);
  CHECK_FALSE(router.addresses[1].advertise);
}

}  // namespace
}  // namespace failover::tests
