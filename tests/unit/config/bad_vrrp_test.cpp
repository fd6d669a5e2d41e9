// VRRP routers that are refused, with every word that is said about them.

#include "tests/unit/config/temporary_directory.hpp"
#include "tests/unit/config/texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

TEST_CASE("Values of VRRP out of range or of the wrong type are refused") {
  check_bad_texts({
      {"priority below its range", in_vrrp("priority = 0\n"),
       "t.toml:3:12: interface.eth0.vrrp.20.priority: 0 is out of range; accepted: 1..255"},
      {"priority above its range", in_vrrp("priority = 256\n"),
       "t.toml:3:12: interface.eth0.vrrp.20.priority: 256 is out of range; accepted: 1..255"},
      {"priority as a string", in_vrrp("priority = \"high\"\n"),
       "t.toml:3:12: interface.eth0.vrrp.20.priority: must be an integer, not a string; accepted: "
       "1..255"},
      {"dead_ratio below its range", in_vrrp("dead_ratio = 0\n"),
       "t.toml:3:14: interface.eth0.vrrp.20.dead_ratio: 0 is out of range; accepted: 1..255"},
      {"dead_ratio above its range", in_vrrp("dead_ratio = 256\n"),
       "t.toml:3:14: interface.eth0.vrrp.20.dead_ratio: 256 is out of range; accepted: 1..255"},
      {"accept as a string", in_vrrp("accept = \"yes\"\n"),
       "t.toml:3:10: interface.eth0.vrrp.20.accept: must be a boolean, not a string; accepted: "
       "true, false"},
      {"a mistyped checksum", in_vrrp("checksum = \"rfc5789\"\n"),
       "t.toml:3:12: interface.eth0.vrrp.20.checksum: \"rfc5789\" is unknown; accepted: rfc5798, "
       "rfc9568; did you mean \"rfc5798\"?"},
      {"checksum as a number", in_vrrp("checksum = 5798\n"),
       "t.toml:3:12: interface.eth0.vrrp.20.checksum: must be a string, not an integer; accepted: "
       "rfc5798, rfc9568"},
      {"no addresses", "[interface.eth0.vrrp.20]\npriority = 1\n",
       "t.toml:1:1: interface.eth0.vrrp.20: addresses is missing; a router needs at least one "
       "address"},
      {"the owner without preempt", in_vrrp("preempt = false\npriority = 255\n"),
       "t.toml:3:11: interface.eth0.vrrp.20.preempt: the owner of the addresses (priority 255) "
       "always preempts; leave it out, or use a priority of 1..254"},
      {"the owner that takes no packets", in_vrrp("priority = 255\naccept = false\n"),
       "t.toml:4:10: interface.eth0.vrrp.20.accept: the owner of the addresses (priority 255) "
       "always takes packets for them; leave it out, or use a priority of 1..254"},
  });
}

TEST_CASE("Versions but 2 and 3 are refused, and nothing that depends on the version is judged") {
  check_bad_texts({
      {"version 1", in_vrrp("version = 1\ninterval = \"100s\"\npassword = \"hunter2\"\n"),
       "t.toml:3:11: interface.eth0.vrrp.20.version: 1 is out of range; accepted: 2..3"},
      {"version 4", in_vrrp("version = 4\n"),
       "t.toml:3:11: interface.eth0.vrrp.20.version: 4 is out of range; accepted: 2..3"},
      {"version as a string", in_vrrp("version = \"3\"\n"),
       "t.toml:3:11: interface.eth0.vrrp.20.version: must be an integer, not a string; accepted: "
       "2..3"},
  });
}

TEST_CASE("Intervals that version 3 cannot carry are refused") {
  check_bad_texts({
      {"too short", in_vrrp("interval = \"9ms\"\n"),
       "t.toml:3:12: interface.eth0.vrrp.20.interval: \"9ms\" is out of range; accepted: "
       "\"10ms\"..\"40.95s\" in steps of 10ms with version 3"},
      {"too long", in_vrrp("version = 3\ninterval = \"41s\"\n"),
       "t.toml:4:12: interface.eth0.vrrp.20.interval: \"41s\" is out of range; accepted: "
       "\"10ms\"..\"40.95s\" in steps of 10ms with version 3"},
      {"between two steps", in_vrrp("interval = \"15ms\"\n"),
       "t.toml:3:12: interface.eth0.vrrp.20.interval: \"15ms\" is not a multiple of \"10ms\"; "
       "accepted: \"10ms\"..\"40.95s\" in steps of 10ms with version 3"},
      {"without a unit", in_vrrp("interval = 1\n"),
       "t.toml:3:12: interface.eth0.vrrp.20.interval: 1 has no unit; accepted: "
       "\"10ms\"..\"40.95s\" in steps of 10ms with version 3"},
      {"no duration", in_vrrp("interval = \"fast\"\n"),
       "t.toml:3:12: interface.eth0.vrrp.20.interval: \"fast\" is not a duration; accepted: "
       "\"10ms\"..\"40.95s\" in steps of 10ms with version 3"},
  });
}

TEST_CASE("Intervals that version 2 cannot carry are refused and led to version 3") {
  check_bad_texts({
      {"less than a second", in_vrrp("version = 2\ninterval = \"100ms\"\n"),
       "t.toml:4:12: interface.eth0.vrrp.20.interval: \"100ms\" is out of range; accepted: "
       "\"1s\"..\"255s\" in whole seconds with version 2; for parts of a second use version = 3"},
      {"one and a half", in_vrrp("version = 2\ninterval = \"1.5s\"\n"),
       "t.toml:4:12: interface.eth0.vrrp.20.interval: \"1.5s\" is not a whole number of seconds; "
       "accepted: \"1s\"..\"255s\" in whole seconds with version 2; for parts of a second use "
       "version = 3"},
      {"too long, and before the version", in_vrrp("interval = \"256s\"\nversion = 2\n"),
       "t.toml:3:12: interface.eth0.vrrp.20.interval: \"256s\" is out of range; accepted: "
       "\"1s\"..\"255s\" in whole seconds with version 2; for parts of a second use version = 3"},
  });
}

TEST_CASE("What only one version has is refused with the other, and passwords are not shown") {
  check_bad_texts({
      {"a password with version 3", in_vrrp("password = \"hunter2\"\n"),
       "t.toml:3:12: interface.eth0.vrrp.20.password: VRRPv3 has no password; leave it out, or use "
       "version = 2 on all nodes"},
      {"a password file with version 3, which is not read",
       in_vrrp("version = 3\npassword_file = \"/nonexistent\"\n"),
       "t.toml:4:17: interface.eth0.vrrp.20.password_file: VRRPv3 has no password; leave it out, "
       "or "
       "use version = 2 on all nodes"},
      {"a password of nine bytes", in_vrrp("version = 2\npassword = \"hunter2-9\"\n"),
       "t.toml:4:12: interface.eth0.vrrp.20.password: the password does not fit; accepted: 1..8 "
       "bytes, none of them NUL"},
      {"an empty password", in_vrrp("version = 2\npassword = \"\"\n"),
       "t.toml:4:12: interface.eth0.vrrp.20.password: the password does not fit; accepted: 1..8 "
       "bytes, none of them NUL"},
      {"a password with a NUL", in_vrrp("version = 2\npassword = \"a\\u0000b\"\n"),
       "t.toml:4:12: interface.eth0.vrrp.20.password: the password does not fit; accepted: 1..8 "
       "bytes, none of them NUL"},
      {"a checksum with version 2", in_vrrp("version = 2\nchecksum = \"rfc5798\"\n"),
       "t.toml:4:12: interface.eth0.vrrp.20.checksum: VRRPv2 has only one checksum; leave it out, "
       "or use version = 3"},
      {"IPv6 with version 2", in_vrrp("version = 2\n", "\"10.0.0.1/24\", \"2001:db8::1/64\""),
       "t.toml:2:29: interface.eth0.vrrp.20.addresses[1]: 2001:db8::1 is an IPv6 address, which "
       "VRRPv2 does not carry; use version = 3, or a router of its own with version = 3 for IPv6"},
      {"IPv6 in a table with version 2",
       in_vrrp("version = 2\n", "{ scope = \"link\", address = \"fe80::1/64\" }, \"fe80::2\""),
       "t.toml:2:42: interface.eth0.vrrp.20.addresses[0]: fe80::1 is an IPv6 address, which VRRPv2 "
       "does not carry; use version = 3, or a router of its own with version = 3 for IPv6"},
  });
}

TEST_CASE("The password file of a VRRPv2 router has a password of VRRP") {
  const TemporaryDirectory directory;
  const auto key = directory.write("web.key", "hunter2-hunter2\n").string();
  CHECK(errors_of(in_vrrp("version = 2\npassword_file = \"" + key + "\"\n")) ==
        "t.toml:4:17: interface.eth0.vrrp.20.password_file: the password in the first line of " +
            key + " does not fit; accepted: 1..8 bytes, none of them NUL");
  CHECK(errors_of(in_vrrp("version = 2\npassword = \"x\"\npassword_file = \"" +
                          directory.write("good.key", "hunter2\n").string() + "\"\n")) ==
        "t.toml:5:17: interface.eth0.vrrp.20.password_file: only one of password and "
        "password_file is accepted, and password is set at t.toml:4:12");
}

// "10.0.0.1", "10.0.0.2", ... or "fd00::1", "fd00::2", ...
std::string many(std::string_view prefix, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) {
    const auto number = prefix.ends_with(':')
                            ? std::string{digits[i >> 8], digits[i >> 4 & 15], digits[i & 15]}
                            : std::to_string(i >> 8) + "." + std::to_string(i & 255);
    text += "\"" + std::string(prefix) + number + "\",";
  }
  return text;
}

TEST_CASE("A VRRP router advertises as many addresses as an advert carries, and not one more") {
  CHECK(errors_of(in_vrrp("", many("10.0.", 255) + many("fd00::", 89))).empty());
  CHECK(errors_of(in_vrrp("", many("10.0.", 256))) ==
        "t.toml:2:13: interface.eth0.vrrp.20.addresses: 256 advertised IPv4 addresses; accepted: "
        "at most 255, which an advert carries; write advertise = false for the others");
  CHECK(errors_of(in_vrrp("", many("fd00::", 90))) ==
        "t.toml:2:13: interface.eth0.vrrp.20.addresses: 90 advertised IPv6 addresses; accepted: "
        "at most 89, which an advert carries; write advertise = false for the others");
}

TEST_CASE("A VRRP router holds more addresses than it advertises") {
  const auto router = read_router(
      in_vrrp("", many("fd00::", 89) + "{ address = \"fd00::1:1\", advertise = false }"));
  CHECK(router.addresses.size() == 90);
}

TEST_CASE("A family of a VRRP router without an advertised address is refused") {
  CHECK(errors_of(in_vrrp("", "\"10.0.0.1\", { address = \"fe80::1\", advertise = false }")) ==
        "t.toml:2:13: interface.eth0.vrrp.20.addresses: no IPv6 address is advertised; leave "
        "advertise = false away for at least one");
}

}  // namespace
}  // namespace failover::tests
