// Routers that are refused, with every word that is said about them.

#include "tests/unit/config/texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

TEST_CASE("Numbers, booleans and durations out of range or of the wrong type are refused") {
  check_bad_texts({
      {"advbase below its range", in_router("advbase = -1\n"),
       "t.toml:4:11: interface.eth0.carp.10.advbase: -1 is out of range; accepted: 0..255"},
      {"advbase above its range", in_router("advbase = 256\n"),
       "t.toml:4:11: interface.eth0.carp.10.advbase: 256 is out of range; accepted: 0..255"},
      {"advbase as a string", in_router("advbase = \"1s\"\n"),
       "t.toml:4:11: interface.eth0.carp.10.advbase: must be an integer, not a string; accepted: "
       "0..255"},
      {"advskew below its range", in_router("advskew = -1\n"),
       "t.toml:4:11: interface.eth0.carp.10.advskew: -1 is out of range; accepted: 0..254"},
      {"advskew above its range", in_router("advskew = 255\n"),
       "t.toml:4:11: interface.eth0.carp.10.advskew: 255 is out of range; accepted: 0..254"},
      {"advskew as a float", in_router("advskew = 1.0\n"),
       "t.toml:4:11: interface.eth0.carp.10.advskew: must be an integer, not a float; accepted: "
       "0..254"},
      {"dead_ratio below its range", in_router("dead_ratio = 0\n"),
       "t.toml:4:14: interface.eth0.carp.10.dead_ratio: 0 is out of range; accepted: 1..255"},
      {"dead_ratio above its range", in_router("dead_ratio = 256\n"),
       "t.toml:4:14: interface.eth0.carp.10.dead_ratio: 256 is out of range; accepted: 1..255"},
      {"dead_ratio as an array", in_router("dead_ratio = [3]\n"),
       "t.toml:4:14: interface.eth0.carp.10.dead_ratio: must be an integer, not an array; "
       "accepted: 1..255"},
      {"preempt as a string", in_router("preempt = \"yes\"\n"),
       "t.toml:4:11: interface.eth0.carp.10.preempt: must be a boolean, not a string; accepted: "
       "true, false"},
      {"preempt as a number", in_router("preempt = 1\n"),
       "t.toml:4:11: interface.eth0.carp.10.preempt: must be a boolean, not an integer; accepted: "
       "true, false"},
      {"handover_timeout below its range", in_router("handover_timeout = \"99ms\"\n"),
       "t.toml:4:20: interface.eth0.carp.10.handover_timeout: \"99ms\" is out of range; accepted: "
       "\"100ms\"..\"600s\" (ms, s, m, h)"},
      {"handover_timeout above its range", in_router("handover_timeout = \"601s\"\n"),
       "t.toml:4:20: interface.eth0.carp.10.handover_timeout: \"601s\" is out of range; accepted: "
       "\"100ms\"..\"600s\" (ms, s, m, h)"},
      {"handover_timeout without a unit", in_router("handover_timeout = 10\n"),
       "t.toml:4:20: interface.eth0.carp.10.handover_timeout: 10 has no unit; accepted: "
       "\"100ms\"..\"600s\" (ms, s, m, h)"},
      {"handover_timeout as a string without a unit", in_router("handover_timeout = \"10\"\n"),
       "t.toml:4:20: interface.eth0.carp.10.handover_timeout: \"10\" is not a duration; accepted: "
       "\"100ms\"..\"600s\" (ms, s, m, h)"},
      {"handover_timeout with an unknown unit", in_router("handover_timeout = \"10 s\"\n"),
       "t.toml:4:20: interface.eth0.carp.10.handover_timeout: \"10 s\" is not a duration; "
       "accepted: \"100ms\"..\"600s\" (ms, s, m, h)"},
      {"replay_window below its range", in_router("replay_window = \"999ms\"\n"),
       "t.toml:4:17: interface.eth0.carp.10.replay_window: \"999ms\" is out of range; accepted: "
       "\"1s\"..\"300s\" (ms, s, m, h)"},
      {"replay_window above its range", in_router("replay_window = \"301s\"\n"),
       "t.toml:4:17: interface.eth0.carp.10.replay_window: \"301s\" is out of range; accepted: "
       "\"1s\"..\"300s\" (ms, s, m, h)"},
      {"a mistyped replay_protection", in_router("replay_protection = \"enforced\"\n"),
       "t.toml:4:21: interface.eth0.carp.10.replay_protection: \"enforced\" is unknown; accepted: "
       "off, monitor, enforce; did you mean \"enforce\"?"},
      {"replay_protection as a boolean", in_router("replay_protection = true\n"),
       "t.toml:4:21: interface.eth0.carp.10.replay_protection: must be a string, not a boolean; "
       "accepted: off, monitor, enforce"},
      {"handover_timeout as a float", in_router("handover_timeout = 1.5\n"),
       "t.toml:4:20: interface.eth0.carp.10.handover_timeout: must be a string, not a float; "
       "accepted: \"100ms\"..\"600s\" (ms, s, m, h)"},
  });
}

TEST_CASE("Addresses that cannot be failover IPs are refused") {
  check_bad_texts({
      {"no addresses", without_addresses(""),
       "t.toml:1:1: interface.eth0.carp.10: addresses is missing; a router needs at least one "
       "address"},
      {"an empty list of addresses", without_addresses("addresses = []\n"),
       "t.toml:3:13: interface.eth0.carp.10.addresses: is empty; a router needs at least one "
       "address"},
      {"addresses that are a string", without_addresses("addresses = \"10.0.0.1/24\"\n"),
       "t.toml:3:13: interface.eth0.carp.10.addresses: must be an array, not a string; accepted: "
       "strings like \"192.0.2.1/24\", or tables"},
      {"an address that is a number", without_addresses("addresses = [10]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: must be a string or a table, not an "
       "integer; accepted: an address like \"192.0.2.1/24\" or \"2001:db8::1/64\""},
      {"an address that is a name", without_addresses("addresses = [\"www.example.org\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"www.example.org\": not an IPv4 or IPv6 "
       "address; accepted: an address like \"192.0.2.1/24\" or \"2001:db8::1/64\""},
      {"a prefix length that is too long", without_addresses("addresses = [\"10.0.0.1/33\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"10.0.0.1/33\": the prefix length of an "
       "IPv4 address is 0..32; accepted: an address like \"192.0.2.1/24\" or \"2001:db8::1/64\""},
      {"a prefix length that is no number",
       without_addresses("addresses = [\"10.0.0.1/255.255.255.0\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"10.0.0.1/255.255.255.0\": the prefix "
       "length is not a number; accepted: an address like \"192.0.2.1/24\" or \"2001:db8::1/64\""},
      {"an IPv6 prefix length that is too long",
       without_addresses("addresses = [\"2001:db8::10/129\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"2001:db8::10/129\": the prefix length "
       "of an IPv6 address is 0..128; accepted: an address like \"192.0.2.1/24\" or "
       "\"2001:db8::1/64\""},
      {"an IPv6 address with a zone", without_addresses("addresses = [\"fe80::1%eth0/64\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"fe80::1%eth0/64\": not an IPv4 or IPv6 "
       "address; accepted: an address like \"192.0.2.1/24\" or \"2001:db8::1/64\""},
      {"the unspecified IPv6 address", without_addresses("addresses = [\"::/64\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"::/64\" is the unspecified address; "
       "accepted: the address of a host"},
      {"the IPv6 loopback address", without_addresses("addresses = [\"::1/128\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"::1/128\" is a loopback address; "
       "accepted: the address of a host"},
      {"an IPv6 multicast address", without_addresses("addresses = [\"ff02::12\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"ff02::12\" is a multicast address; "
       "accepted: the address of a host"},
      {"an IPv4 address in an IPv6 one", without_addresses("addresses = [\"::ffff:10.0.0.1\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"::ffff:10.0.0.1\" is an IPv4 address "
       "in "
       "an IPv6 one; accepted: the address of a host"},
      {"the unspecified address", without_addresses("addresses = [\"0.0.0.0/24\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"0.0.0.0/24\" is the unspecified "
       "address; accepted: the address of a host"},
      {"a loopback address", without_addresses("addresses = [\"127.0.0.1/8\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"127.0.0.1/8\" is a loopback address; "
       "accepted: the address of a host"},
      {"a multicast address", without_addresses("addresses = [\"224.0.0.18/32\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"224.0.0.18/32\" is a multicast "
       "address; accepted: the address of a host"},
      {"the broadcast address", without_addresses("addresses = [\"255.255.255.255\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"255.255.255.255\" is the broadcast "
       "address; accepted: the address of a host"},
      {"a subnet's broadcast address", without_addresses("addresses = [\"10.0.0.255/24\"]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"10.0.0.255/24\" is the broadcast "
       "address of its subnet; accepted: the address of a host"},
      {"an address twice in a router",
       without_addresses("addresses = [\"10.0.0.1/24\", \"10.0.0.1/32\"]\n"),
       "t.toml:3:29: interface.eth0.carp.10.addresses[1]: 10.0.0.1 is already an address of "
       "eth0.carp.10 at t.toml:3:14"},
      {"an address in two routers",
       in_router("\n[interface.\"eth1.5\".carp.2]\npassword = \"x\"\naddresses = [\"10.0.0.2/24\", "
                 "{ address = \"10.0.0.1/24\" }]\n"),
       "t.toml:7:41: interface.\"eth1.5\".carp.2.addresses[1]: 10.0.0.1 is already an address of "
       "eth0.carp.10 at t.toml:3:14"},
      {"the later of two is wrong, whatever the names",
       "[interface.eth9.carp.1]\npassword = \"mekmitasdigoat\"\naddresses = "
       "[\"10.0.0.1/24\"]\n[interface.eth0.carp.1]\npassword = \"mekmitasdigoat\"\naddresses = "
       "[\"10.0.0.1/24\"]\n",
       "t.toml:6:14: interface.eth0.carp.1.addresses[0]: 10.0.0.1 is already an address of "
       "eth9.carp.1 at t.toml:3:14"},
      {"an IPv6 address in two spellings",
       without_addresses("addresses = [\"2001:db8::1/64\", \"2001:DB8:0::1/128\"]\n"),
       "t.toml:3:32: interface.eth0.carp.10.addresses[1]: 2001:db8::1 is already an address of "
       "eth0.carp.10 at t.toml:3:14"},
      {"an address in routers of both protocols",
       in_router("[interface.eth1.vrrp.10]\naddresses = [\"10.0.0.1/24\"]\n"),
       "t.toml:5:14: interface.eth1.vrrp.10.addresses[0]: 10.0.0.1 is already an address of "
       "eth0.carp.10 at t.toml:3:14"},
      {"only addresses that are not advertised",
       without_addresses("addresses = [{ address = \"10.0.0.1/24\", advertise = false }]\n"),
       "t.toml:3:13: interface.eth0.carp.10.addresses: no IPv4 address is advertised; leave "
       "advertise = false away for at least one"},
      {"a family of which no address is advertised",
       without_addresses("addresses = [\"10.0.0.1/24\", { address = \"2001:db8::1/64\", "
                         "advertise = false }]\n"),
       "t.toml:3:13: interface.eth0.carp.10.addresses: no IPv6 address is advertised; leave "
       "advertise = false away for at least one"},
      {"one refused address, which might have been the advertised one",
       without_addresses(
           "addresses = [\"fe80::x\", { address = \"fd00::1\", advertise = false }]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"fe80::x\": not an IPv4 or IPv6 "
       "address; "
       "accepted: an address like \"192.0.2.1/24\" or \"2001:db8::1/64\""},
      {"an address table without an address",
       without_addresses("addresses = [{ label = \"eth0:1\" }]\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: address is missing; accepted: an "
       "address like \"192.0.2.1/24\" or \"2001:db8::1/64\""},
      {"a mistyped key of an address",
       without_addresses("addresses = [{ adress = \"10.0.0.1\", address = \"10.0.0.1\" }]\n"),
       "t.toml:3:16: interface.eth0.carp.10.addresses[0].adress: unknown key \"adress\"; did you "
       "mean \"address\"?"},
      {"a label of another interface",
       without_addresses("addresses = [{ address = \"10.0.0.1\", label = \"eth1:a\" }]\n"),
       "t.toml:3:46: interface.eth0.carp.10.addresses[0].label: \"eth1:a\" does not belong to the "
       "interface; accepted: \"eth0\", or \"eth0:\" and more, 15 bytes at most"},
      {"a label that only begins like the interface",
       without_addresses("addresses = [{ address = \"10.0.0.1\", label = \"eth01\" }]\n"),
       "t.toml:3:46: interface.eth0.carp.10.addresses[0].label: \"eth01\" does not belong to the "
       "interface; accepted: \"eth0\", or \"eth0:\" and more, 15 bytes at most"},
      {"a label of sixteen bytes",
       without_addresses(
           "addresses = [{ address = \"10.0.0.1\", label = \"eth0:abcdefghijk\" }]\n"),
       "t.toml:3:46: interface.eth0.carp.10.addresses[0].label: \"eth0:abcdefghijk\" cannot be "
       "used; accepted: 1..15 printable characters without spaces"},
      {"an empty label",
       without_addresses("addresses = [{ address = \"10.0.0.1\", label = \"\" }]\n"),
       "t.toml:3:46: interface.eth0.carp.10.addresses[0].label: \"\" cannot be used; accepted: "
       "1..15 printable characters without spaces"},
      {"a label of an IPv6 address",
       without_addresses("addresses = [{ address = \"2001:db8::1\", label = \"eth0:a\" }]\n"),
       "t.toml:3:49: interface.eth0.carp.10.addresses[0].label: IPv6 addresses have no label; "
       "leave "
       "it out"},
      {"an unknown scope",
       without_addresses("addresses = [{ address = \"10.0.0.1\", scope = \"globl\" }]\n"),
       "t.toml:3:46: interface.eth0.carp.10.addresses[0].scope: \"globl\" is unknown; accepted: "
       "global, site, link, host; did you mean \"global\"?"},
      {"a preferred_lifetime without a unit",
       without_addresses("addresses = [{ address = \"10.0.0.1\", preferred_lifetime = 5 }]\n"),
       "t.toml:3:59: interface.eth0.carp.10.addresses[0].preferred_lifetime: 5 has no unit; "
       "accepted: \"0s\"..\"4294967294s\" (ms, s, m, h), \"forever\""},
      {"a preferred_lifetime of half a second",
       without_addresses(
           "addresses = [{ address = \"10.0.0.1\", preferred_lifetime = \"500ms\" }]\n"),
       "t.toml:3:59: interface.eth0.carp.10.addresses[0].preferred_lifetime: \"500ms\" is not a "
       "whole number of seconds; accepted: \"0s\"..\"4294967294s\" (ms, s, m, h), \"forever\""},
      {"a preferred_lifetime above its range",
       without_addresses(
           "addresses = [{ address = \"10.0.0.1\", preferred_lifetime = \"4294967295s\" }]\n"),
       "t.toml:3:59: interface.eth0.carp.10.addresses[0].preferred_lifetime: \"4294967295s\" is "
       "out of range; accepted: \"0s\"..\"4294967294s\" (ms, s, m, h), \"forever\""},
      {"a preferred_lifetime that is a word",
       without_addresses(
           "addresses = [{ address = \"10.0.0.1\", preferred_lifetime = \"never\" }]\n"),
       "t.toml:3:59: interface.eth0.carp.10.addresses[0].preferred_lifetime: \"never\" is not a "
       "duration; accepted: \"0s\"..\"4294967294s\" (ms, s, m, h), \"forever\""},
      {"noprefixroute as a string",
       without_addresses("addresses = [{ address = \"10.0.0.1\", noprefixroute = \"true\" }]\n"),
       "t.toml:3:54: interface.eth0.carp.10.addresses[0].noprefixroute: must be a boolean, not a "
       "string; accepted: true, false"},
      {"advertise as a number",
       without_addresses("addresses = [{ address = \"10.0.0.1\", advertise = 0 }]\n"),
       "t.toml:3:50: interface.eth0.carp.10.addresses[0].advertise: must be a boolean, not an "
       "integer; accepted: true, false"},
  });
}

TEST_CASE("A router without one right password is refused, and the password is not shown") {
  check_bad_texts({
      {"no password", without_password(""),
       "t.toml:1:1: interface.eth0.carp.10: password is missing; set password or password_file, "
       "the same on all nodes"},
      {"an empty password", without_password("password = \"\"\n"),
       "t.toml:3:12: interface.eth0.carp.10.password: the password does not fit; accepted: 1..19 "
       "bytes, none of them NUL"},
      {"a password of twenty bytes", without_password("password = \"hunter2-hunter2-hunt\"\n"),
       "t.toml:3:12: interface.eth0.carp.10.password: the password does not fit; accepted: 1..19 "
       "bytes, none of them NUL"},
      {"a password with a NUL", without_password("password = \"hunter2\\u0000x\"\n"),
       "t.toml:3:12: interface.eth0.carp.10.password: the password does not fit; accepted: 1..19 "
       "bytes, none of them NUL"},
      {"a password that is a number", without_password("password = 12345\n"),
       "t.toml:3:12: interface.eth0.carp.10.password: must be a string, not an integer; accepted: "
       "1..19 bytes, none of them NUL"},
      {"a password file without a name", without_password("password_file = \"\"\n"),
       "t.toml:3:17: interface.eth0.carp.10.password_file: \"\" is not a file name; accepted: the "
       "name of a file"},
  });
}

}  // namespace
}  // namespace failover::tests
