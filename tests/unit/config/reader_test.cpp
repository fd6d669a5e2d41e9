// What the reader does with a text as a whole: all errors at once, order, bounds, equality.

#include "protocol/limits.hpp"
#include "tests/unit/config/texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

std::string router_text(std::size_t interface, std::size_t vhid, std::size_t address) {
  return "[interface.i" + std::to_string(interface) + ".carp." + std::to_string(vhid) +
         "]\npassword = \"x\"\naddresses = [\"10." + std::to_string(address >> 16) + "." +
         std::to_string(address >> 8 & 255) + "." + std::to_string(address & 255) + "\"]\n";
}

constexpr std::string_view everything = R"(
[agent]
node = "lb1"
log_level = "debug"

[interface.eth1.carp.20]
addresses = ["10.0.1.1/24"]
password = "second"
group = "web"

[group.web]
description = "public"
mode = "cold"
preempt_delay = "7s"
start_delay = "8s"
damping = { moves = 11, window = "11s" }
follow = ["a.service"]
routes = ["default via 10.0.1.9"]
rules = ["from 10.0.1.1 lookup 12 priority 500"]
track.site = { type = "icmp", address = "10.0.1.8", rise = 13, fall = 14, demote = 15 }
hooks = { active = [["/bin/a", "b"]], timeout = "16s", user = "nobody" }

[interface.eth0.carp.10]
addresses = [
  "10.0.0.1/24",
  { address = "10.0.0.2/24", label = "eth0:a", scope = "link", preferred_lifetime = "90s" },
  { address = "10.0.0.4/24", noprefixroute = true, advertise = false },
]
password = "first"
advbase = 2
advskew = 100
dead_ratio = 4
handover_timeout = "5s"
source = "10.0.0.9"
preempt = false

[interface.eth0.vrrp.9]
addresses = ["10.0.2.1/24", "fd00::1/64"]
priority = 150
interval = "250ms"
dead_ratio = 6
checksum = "rfc9568"
accept = true
peers = ["10.0.2.3", "fe80::3"]

[interface.eth0.vrrp.8]
version = 2
addresses = ["10.0.3.1/24"]
password = "fifth"
mac = "virtual"

[interface.eth0.carp.9]
addresses = ["10.0.0.3/24"]
password = "third"
)";

TEST_CASE("Every error is reported at once, in the order of the places") {
  CHECK(
      errors_of("[interface.eth1.carp.2]\n"
                "advskew = 255\n"
                "addresses = [\"10.0.0.1\", \"x\", { address = \"224.0.0.1\", scop = \"link\" }]\n"
                "[interface.eth0.carp.300]\n"
                "advbase = \"1\"\n"
                "[agent]\n"
                "log_levl = \"info\"\n") ==
      "t.toml:1:1: interface.eth1.carp.2: password is missing; set password or password_file, "
      "the same on all nodes\n"
      "t.toml:2:11: interface.eth1.carp.2.advskew: 255 is out of range; accepted: 0..254\n"
      "t.toml:3:26: interface.eth1.carp.2.addresses[1]: \"x\": not an IPv4 or IPv6 address; "
      "accepted: an address like \"192.0.2.1/24\" or \"2001:db8::1/64\"\n"
      "t.toml:3:43: interface.eth1.carp.2.addresses[2].address: \"224.0.0.1\" is a multicast "
      "address; accepted: the address of a host\n"
      "t.toml:3:56: interface.eth1.carp.2.addresses[2].scop: unknown key \"scop\"; did you mean "
      "\"scope\"?\n"
      "t.toml:4:1: interface.eth0.carp.300: addresses is missing; a router needs at least one "
      "address\n"
      "t.toml:4:1: interface.eth0.carp.300: password is missing; set password or password_file, "
      "the same on all nodes\n"
      "t.toml:4:22: interface.eth0.carp.300: \"300\" is no VHID; accepted: 1..255, without "
      "leading zeros\n"
      "t.toml:5:11: interface.eth0.carp.300.advbase: must be an integer, not a string; "
      "accepted: 0..255\n"
      "t.toml:7:1: agent.log_levl: unknown key \"log_levl\"; did you mean \"log_level\"?");
}

TEST_CASE("Of too many errors the first are shown and the others counted") {
  std::string text = "[agent]\n";
  const auto shown = limits::configuration_errors_shown;
  // Names in the opposite order of places: what is kept goes by place.
  for (std::size_t i = 0; i < shown + 7; ++i) text += "x" + std::to_string(900 - i) + " = 1\n";
  const auto result = read_configuration_text(text, "t.toml");
  REQUIRE_FALSE(result.has_value());
  const auto& errors = result.error();
  REQUIRE(errors.size() == shown + 1);
  for (std::size_t i = 0; i < shown; ++i) CHECK(errors[i].line == i + 2);
  CHECK(errors.back().text() == "t.toml: and 7 more");
}

TEST_CASE("As many errors as are shown are not followed by a count") {
  std::string text = "[agent]\n";
  for (std::size_t i = 0; i < limits::configuration_errors_shown; ++i)
    text += "x" + std::to_string(i) + " = 1\n";
  const auto result = read_configuration_text(text, "t.toml");
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().size() == limits::configuration_errors_shown);
}

TEST_CASE("Routers come in the order of interface, CARP before VRRP, then id as a number") {
  const auto configuration = read(everything);
  REQUIRE(configuration.routers.size() == 5);
  CHECK(configuration.routers[0].name() == "eth0.carp.9");
  CHECK(configuration.routers[1].name() == "eth0.carp.10");
  CHECK(configuration.routers[2].name() == "eth0.vrrp.8");
  CHECK(configuration.routers[3].name() == "eth0.vrrp.9");
  CHECK(configuration.routers[4].name() == "eth1.carp.20");
}

TEST_CASE("The same text read twice gives equal configurations") {
  CHECK(read(everything) == read(everything));
}

TEST_CASE("A change of any one key makes a different configuration") {
  const std::string text(everything);
  const std::vector<std::pair<std::string, std::string>> changes{
      {"\"lb1\"", "\"lb2\""},
      {"\"debug\"", "\"info\""},
      {"carp.20", "carp.21"},
      {"eth1", "eth2"},
      {"10.0.0.1/24", "10.0.0.1/25"},
      {"eth0:a", "eth0:b"},
      {"\"link\"", "\"host\""},
      {"90s", "91s"},
      {"noprefixroute = true", "noprefixroute = false"},
      {"advertise = false", "advertise = true"},
      {"\"first\"", "\"fourth\""},
      {"advbase = 2", "advbase = 3"},
      {"advskew = 100", "advskew = 101"},
      {"dead_ratio = 4", "dead_ratio = 5"},
      {"\"5s\"", "\"6s\""},
      {"source = \"10.0.0.9\"", "source = \"10.0.0.8\""},
      {"preempt = false", "preempt = true"},
      {"vrrp.9", "vrrp.7"},
      {"fd00::1/64", "fd00::2/64"},
      {"priority = 150", "priority = 151"},
      {"\"250ms\"", "\"260ms\""},
      {"dead_ratio = 6", "dead_ratio = 7"},
      {"rfc9568", "rfc5798"},
      {"\"10.0.2.3\"", "\"10.0.2.4\""},
      {"\"fe80::3\"", "\"fe80::4\""},
      {"\"fifth\"", "\"sixth\""},
      {"mac = \"virtual\"", "mac = \"interface\""},
      {"\"public\"", "\"private\""},
      {"\"cold\"", "\"warm\""},
      {"\"7s\"", "\"9s\""},
      {"\"8s\"", "\"9s\""},
      {"moves = 11", "moves = 12"},
      {"\"11s\"", "\"12s\""},
      {"a.service", "b.service"},
      {"10.0.1.9", "10.0.1.7"},
      {"lookup 12", "lookup 11"},
      {"track.site", "track.sight"},
      {"10.0.1.8", "10.0.1.7"},
      {"rise = 13", "rise = 12"},
      {"fall = 14", "fall = 12"},
      {"demote = 15", "demote = 12"},
      {"\"b\"", "\"c\""},
      {"\"16s\"", "\"17s\""},
      {"nobody", "somebody"},
  };
  const auto before = read(text);
  for (const auto& [old_text, new_text] : changes) {
    INFO(old_text);
    std::string changed = text;
    const auto place = changed.find(old_text);
    REQUIRE(place != std::string::npos);
    CHECK_FALSE(read(changed.replace(place, old_text.size(), new_text)) == before);
  }
}

TEST_CASE("Routers may be written as inline tables and as dotted keys") {
  const auto expected = read(in_router("advskew = 7\n"));
  CHECK(read("interface.eth0.carp.10 = { password = \"mekmitasdigoat\", "
             "addresses = [\"10.0.0.1/24\"], advskew = 7 }\n") == expected);
  CHECK(read("interface.eth0.carp.10.password = \"mekmitasdigoat\"\n"
             "interface.eth0.carp.10.addresses = [\"10.0.0.1/24\"]\n"
             "interface.eth0.carp.10.advskew = 7\n") == expected);
}

TEST_CASE("A router has 16,384 addresses and not one more") {
  const auto text = [](std::size_t count) {
    std::string addresses = "addresses = [";
    for (std::size_t i = 0; i < count; ++i)
      addresses += "\"10.0." + std::to_string(i >> 8) + "." + std::to_string(i & 255) + "\",";
    return without_addresses(addresses + "]\n");
  };
  CHECK(read_router(text(limits::addresses_per_router)).addresses.size() ==
        limits::addresses_per_router);
  CHECK(errors_of(text(limits::addresses_per_router + 1)) ==
        "t.toml:3:13: interface.eth0.carp.10.addresses: 16385 addresses; accepted: at most 16384");
}

TEST_CASE("An agent has 8,192 routers and not one more") {
  std::string text;
  for (std::size_t i = 0; i < limits::routers; ++i) text += router_text(i / 255, i % 255 + 1, i);
  CHECK(read(text).routers.size() == limits::routers);
  CHECK(errors_of(text + router_text(999, 1, limits::routers)) ==
        "t.toml:1:1: interface: 8193 routers; accepted: at most 8192");
}

TEST_CASE("Routers sit on 1,024 interfaces and not one more") {
  std::string text = "[interface.idle]\n";
  for (std::size_t i = 0; i < limits::interfaces; ++i) text += router_text(i, 1, i);
  CHECK(read(text).routers.size() == limits::interfaces);
  CHECK(errors_of(text + router_text(limits::interfaces, 1, limits::interfaces)) ==
        "t.toml:1:1: interface: 1025 interfaces; accepted: at most 1024");
}

TEST_CASE("Nesting without end is refused instead of followed") {
  std::string dots = "a";
  for (std::size_t i = 0; i < 100'000; ++i) dots += ".a";
  CHECK(errors_of(dots + " = 1\n") ==
        "t.toml:1:514: a key with too many dots; accepted: at most 256");
  CHECK(errors_of("[" + dots + "]\n") ==
        "t.toml:1:515: a key with too many dots; accepted: at most 256");
  CHECK(errors_of("a = " + std::string(100'000, '[')) ==
        "t.toml:1:261: syntax error in value: nested too deeply; accepted: at most 256 levels");
}

TEST_CASE("Text that is not UTF-8 is refused at its place") {
  CHECK(errors_of("[agent]\nnode = \"l\xff\"\n") ==
        "t.toml:2:9: this is not UTF-8, which TOML files are written in");
}

TEST_CASE("A control character in a string is refused at its place") {
  CHECK(errors_of("[agent]\nnode = \"\x01\"\n") ==
        "t.toml:2:9: syntax error in string: a control character or the end of the line inside a "
        "string");
}

}  // namespace
}  // namespace failover::tests
