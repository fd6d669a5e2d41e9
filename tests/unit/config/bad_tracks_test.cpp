// Tracks that are refused, with every word that is said about them.

#include "tests/unit/config/group_texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

TEST_CASE("A track without a right type is refused, and only what no type has is judged") {
  check_bad_texts({
      {"no type", in_group("track.site = { interface = \"eth1\", timeout = \"1s\" }\n"),
       "t.toml:6:14: group.web.track.site: type is missing; accepted: link, address, route, "
       "process, file, command, tcp, http, icmp, unit"},
      {"a mistyped type", in_group("track.site = { type = \"htpt\", url = \"x\" }\n"),
       "t.toml:6:23: group.web.track.site.type: \"htpt\" is unknown; accepted: link, address, "
       "route, process, file, command, tcp, http, icmp, unit; did you mean \"http\"?"},
      {"a type that is a number", in_track("unit", "unit = \"a\"\n[group.web.track.b]\ntype = 1\n"),
       "t.toml:10:8: group.web.track.b.type: must be a string, not an integer; accepted: link, "
       "address, route, process, file, command, tcp, http, icmp, unit"},
      {"a track that is a value", in_group("track.site = \"eth1\"\n"),
       "t.toml:6:14: group.web.track.site: must be a table, not a string"},
      {"tracks that are a value", in_group("track = \"eth1\"\n"),
       "t.toml:6:9: group.web.track: must be a table, not a string"},
      {"a track with a space", in_group("track.\"a b\" = { type = \"unit\", unit = \"a\" }\n"),
       "t.toml:6:7: group.web.track.\"a b\": \"a b\" is no track name; accepted: 1..63 letters, "
       "digits, '_', '-' and '.', the first a letter or a digit"},
  });
}

TEST_CASE("Keys that a track does not have are refused, with whose they are") {
  check_bad_texts({
      {"a key of one other type", in_track("icmp", "address = \"10.0.0.1\"\nurl = \"x\"\n"),
       "t.toml:9:1: group.web.track.site.url: is a key of type \"http\", and this is \"icmp\"; "
       "accepted: address, demote, fall, interval, rise, timeout, type"},
      {"a key of several other types", in_track("unit", "unit = \"a\"\ninterface = \"eth1\"\n"),
       "t.toml:9:1: group.web.track.site.interface: is a key of type \"link\" or \"address\" or "
       "\"route\", and this is \"unit\"; accepted: demote, fall, interval, rise, timeout, type, "
       "unit"},
      {"a mistyped key", in_track("unit", "unit = \"a\"\ndemoet = 1\n"),
       "t.toml:9:1: group.web.track.site.demoet: unknown key \"demoet\"; did you mean \"demote\"?"},
      {"no key of its own", in_track("file", "newer_than = \"1m\"\n"),
       "t.toml:6:1: group.web.track.site: path is missing; a track of type \"file\" needs it"},
      {"fall and timeout of what the kernel tells",
       in_track("link", "interface = \"eth1\"\nfall = 1\ntimeout = \"1s\"\n"),
       "t.toml:9:8: group.web.track.site.fall: the kernel tells what becomes of a track of type "
       "\"link\", which is down at once then; leave it out\n"
       "t.toml:10:11: group.web.track.site.timeout: the kernel tells what becomes of a track of "
       "type \"link\", which is down at once then; leave it out"},
  });
}

TEST_CASE("The numbers of a track out of range are refused") {
  check_bad_texts({
      {"all of them",
       in_track("unit",
                "unit = \"a\"\ninterval = \"49ms\"\ntimeout = \"9ms\"\nrise = 0\nfall = 101\n"
                "demote = 255\n"),
       "t.toml:9:12: group.web.track.site.interval: \"49ms\" is out of range; accepted: "
       "\"50ms\"..\"3600s\" (ms, s, m, h)\n"
       "t.toml:10:11: group.web.track.site.timeout: \"9ms\" is out of range; accepted: "
       "\"10ms\"..\"3600s\" (ms, s, m, h)\n"
       "t.toml:11:8: group.web.track.site.rise: 0 is out of range; accepted: 1..100\n"
       "t.toml:12:8: group.web.track.site.fall: 101 is out of range; accepted: 1..100\n"
       "t.toml:13:10: group.web.track.site.demote: 255 is out of range; accepted: 0..254"},
      {"a timeout that is longer than the interval",
       in_track("unit", "unit = \"a\"\ninterval = \"500ms\"\ntimeout = \"2s\"\n"),
       "t.toml:10:11: group.web.track.site.timeout: \"2s\" is longer than the interval, \"500ms\"; "
       "accepted: at most the interval"},
  });
}

TEST_CASE("What cannot be tracked with the kernel's help is refused") {
  check_bad_texts({
      {"a link with a slash", in_track("link", "interface = \"a/b\"\n"),
       "t.toml:8:13: group.web.track.site.interface: \"a/b\" is no interface name; accepted: 1..15 "
       "bytes without '/', ':' and white space, not \".\" or \"..\""},
      {"an address with a length", in_track("address", "address = \"10.0.0.1/24\"\n"),
       "t.toml:8:11: group.web.track.site.address: \"10.0.0.1/24\": not an IPv4 or IPv6 address; "
       "accepted: an address like \"192.0.2.1\" or \"fe80::1\""},
      {"a multicast address", in_track("address", "address = \"ff02::1\"\n"),
       "t.toml:8:11: group.web.track.site.address: \"ff02::1\" is a multicast address; accepted: "
       "the address of a host"},
      {"a destination with bits behind its length",
       in_track("route", "destination = \"10.0.0.1/24\"\n"),
       "t.toml:8:15: group.web.track.site.destination: \"10.0.0.1/24\" has bits behind its prefix "
       "length, and no route has; accepted: \"default\", or a prefix like \"198.51.100.0/24\" or "
       "\"2001:db8::/32\""},
      {"a destination that is a name", in_track("route", "destination = \"defualt\"\n"),
       "t.toml:8:15: group.web.track.site.destination: \"defualt\": not an IPv4 or IPv6 address; "
       "accepted: \"default\", or a prefix like \"198.51.100.0/24\" or \"2001:db8::/32\""},
      {"an IPv4 gateway to IPv6",
       in_track("route", "destination = \"2001:db8::/32\"\ngateway = \"10.0.0.1\"\n"),
       "t.toml:9:11: group.web.track.site.gateway: is an IPv4 address, which no route to an IPv6 "
       "destination has; accepted: an IPv6 address"},
      {"table 0", in_track("route", "destination = \"default\"\ntable = 0\n"),
       "t.toml:9:9: group.web.track.site.table: 0 is out of range; accepted: 1..4294967295"},
  });
}

TEST_CASE("What cannot be found on this machine is refused") {
  check_bad_texts({
      {"a process of sixteen bytes", in_track("process", "process = \"abcdefghijklmnop\"\n"),
       "t.toml:8:11: group.web.track.site.process: \"abcdefghijklmnop\" is no process; accepted: a "
       "name of 1..15 bytes, as in /proc/PID/comm, or the absolute path of a program"},
      {"a relative path of a program", in_track("process", "process = \"bin/a\"\n"),
       "t.toml:8:11: group.web.track.site.process: \"bin/a\" is no process; accepted: a name of "
       "1..15 bytes, as in /proc/PID/comm, or the absolute path of a program"},
      {"no process at all", in_track("process", "process = \"a\"\ncount = 0\n"),
       "t.toml:9:9: group.web.track.site.count: 0 is out of range; accepted: 1..10000"},
      {"a relative path", in_track("file", "path = \"ready\"\n"),
       "t.toml:8:8: group.web.track.site.path: \"ready\" is no path of a file; accepted: an "
       "absolute path like \"/run/ready\""},
      {"a directory's path", in_track("file", "path = \"/run/\"\n"),
       "t.toml:8:8: group.web.track.site.path: \"/run/\" is no path of a file; accepted: an "
       "absolute path like \"/run/ready\""},
      {"newer than an instant", in_track("file", "path = \"/a\"\nnewer_than = \"500ms\"\n"),
       "t.toml:9:14: group.web.track.site.newer_than: \"500ms\" is out of range; accepted: "
       "\"1s\"..\"2678400s\" (ms, s, m, h)"},
      {"a command without a path", in_track("command", "command = [\"curl\", \"-f\"]\n"),
       "t.toml:8:12: group.web.track.site.command[0]: \"curl\" is no absolute path of a program; "
       "accepted: a program and its arguments, like [\"/usr/bin/test\", \"-e\", \"/run/ready\"], "
       "without a shell and without PATH"},
      {"a user with a space", in_track("command", "command = [\"/a\"]\nuser = \"a b\"\n"),
       "t.toml:9:8: group.web.track.site.user: \"a b\" is no user name; accepted: 1..32 letters, "
       "digits, '_', '-' and '.', the first not '-'"},
      {"a unit that is empty", in_track("unit", "unit = \"\"\n"),
       "t.toml:8:8: group.web.track.site.unit: \"\" is no unit; accepted: 1..255 letters, digits "
       "and any of \":_-.\\@\", the first a letter or a digit"},
  });
}

// `text` is refused as the address of a track of type tcp for that reason.
void check_tcp(std::string_view text, const std::string& why) {
  INFO(text);
  CHECK(errors_of(in_track("tcp", "address = \"" + std::string(text) + "\"\n")) ==
        "t.toml:8:11: group.web.track.site.address: \"" + std::string(text) + "\"" + why);
}

TEST_CASE("TCP's address without a right address and port is refused") {
  const std::string accepted =
      "; accepted: an address with a port like \"127.0.0.1:8443\" or \"[::1]:80\"";
  check_tcp("127.0.0.1", " has no port" + accepted);
  check_tcp("127.0.0.1:0", ": a port is a number of 1..65535" + accepted);
  check_tcp("127.0.0.1:65536", ": a port is a number of 1..65535" + accepted);
  check_tcp("127.0.0.1:http", ": a port is a number of 1..65535" + accepted);
  check_tcp("127.0.0.1:", ": a port is a number of 1..65535" + accepted);
  check_tcp("localhost:80", ": not an IPv4 or IPv6 address" + accepted);
  check_tcp("::1:80", ": an IPv6 address is written in brackets here" + accepted);
  check_tcp("[::1:80", ": the bracket is not closed" + accepted);
  check_tcp("[::1]80", ": behind the bracket there is something else than a port" + accepted);
  check_tcp("[127.0.0.1]:80", ": only an IPv6 address is written in brackets" + accepted);
  check_tcp("0.0.0.0:80", " is the unspecified address; accepted: the address of a host");
  check_tcp("[fe80::1]:80",
            " is a link-local address, which says nothing without an interface; accepted: another "
            "address of the host");
}

void check_url(std::string_view text, const std::string& why) {
  INFO(text);
  CHECK(errors_of(in_track("http", "url = \"" + std::string(text) + "\"\n")) ==
        "t.toml:8:7: group.web.track.site.url: \"" + std::string(text) + "\"" + why);
}

TEST_CASE("URLs that are not of http, of a name, or cannot be sent are refused") {
  const std::string accepted =
      "; accepted: \"http://ADDRESS[:PORT]/PATH\" with an address, not a name, whose look-up may "
      "hang";
  check_url("https://10.0.0.1/",
            ": https is not spoken here; use a track of type \"command\" with a program that "
            "speaks it, like [\"/usr/bin/curl\", \"-fsS\", \"https://...\"]" +
                accepted);
  check_url("10.0.0.1/healthz", ": not a URL of http" + accepted);
  check_url("http://www.example.org/", ": not an IPv4 or IPv6 address" + accepted);
  check_url("http://user@10.0.0.1/", ": not an IPv4 or IPv6 address" + accepted);
  check_url("http://10.0.0.1:99999/", ": a port is a number of 1..65535" + accepted);
  check_url("http://10.0.0.1/a b",
            ": the path has a character that a URL cannot have, or a fragment" + accepted);
  check_url("http://10.0.0.1/a#b",
            ": the path has a character that a URL cannot have, or a fragment" + accepted);
  check_url("http://224.0.0.1/", " is a multicast address; accepted: the address of a host");
  const std::string longest = "http://10.0.0.1/" + std::string(2048 - 16, 'x');
  CHECK(errors_of(in_track("http", "url = \"" + longest + "\"\n")).empty());
  CHECK(errors_of(in_track("http", "url = \"" + longest + "x\"\n")) ==
        "t.toml:8:7: group.web.track.site.url: \"" + longest.substr(0, 64) +
            "...\": longer than 2048 bytes, which servers need not take" + accepted);
}

TEST_CASE("A status that is none is refused") {
  for (const std::string text : {"99", "600", "200-", "-299", "299-200", "ok", "2xx", ""}) {
    INFO(text);
    CHECK(errors_of(in_track("http", "url = \"http://10.0.0.1\"\nstatus = \"" + text + "\"\n")) ==
          "t.toml:9:10: group.web.track.site.status: \"" + text +
              "\" is no status; accepted: \"200\", or a range like \"200-299\", of 100..599");
  }
}

}  // namespace
}  // namespace failover::tests
