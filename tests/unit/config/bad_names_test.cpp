// Texts that are refused for their names and their syntax, with every word that is said about them.

#include "tests/unit/config/texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

TEST_CASE("Unknown and misplaced tables, names and keys are refused at their place") {
  check_bad_texts({
      {"an unknown table", "[frontend.shop]\n",
       "t.toml:1:2: frontend: unknown key \"frontend\"; accepted: agent, group, interface"},
      {"a table of a later version", "[client_failover]\n",
       "t.toml:1:2: client_failover: unknown key \"client_failover\"; accepted: agent, group, "
       "interface"},
      {"a mistyped table", "[interfaces.eth0]\n",
       "t.toml:1:2: interfaces: unknown key \"interfaces\"; did you mean \"interface\"?"},
      {"a key outside of all tables", "node = \"lb1\"\n",
       "t.toml:1:1: node: unknown key \"node\"; accepted: agent, group, interface"},
      {"a table that is a value", "agent = 1\n",
       "t.toml:1:9: agent: must be a table, not an integer"},
      {"interfaces that are a value", "interface = \"eth0\"\n",
       "t.toml:1:13: interface: must be a table, not a string"},
      {"an interface that is a value", "[interface]\neth0 = true\n",
       "t.toml:2:8: interface.eth0: must be a table, not a boolean"},
      {"a protocol that is a value", "[interface.eth0]\ncarp = 10\n",
       "t.toml:2:8: interface.eth0.carp: must be a table, not an integer"},
      {"a router that is a value", "[interface.eth0.carp]\n10 = \"10.0.0.1\"\n",
       "t.toml:2:6: interface.eth0.carp.10: must be a table, not a string"},
      {"a router that is an array of tables",
       "[[interface.eth0.carp.10]]\npassword = \"mekmitasdigoat\"\naddresses = [\"10.0.0.1/24\"]\n",
       "t.toml:1:1: interface.eth0.carp.10: must be a table, not an array"},
      {"a mistyped key", "[agent]\nlog_levle = \"info\"\n",
       "t.toml:2:1: agent.log_levle: unknown key \"log_levle\"; did you mean \"log_level\"?"},
      {"a key that resembles none", "[agent]\ncolour = \"blue\"\n",
       "t.toml:2:1: agent.colour: unknown key \"colour\"; accepted: log_level, node"},
      {"a mistyped router key", in_router("advskw = 100\n"),
       "t.toml:4:1: interface.eth0.carp.10.advskw: unknown key \"advskw\"; did you mean "
       "\"advskew\"?"},
      {"a mistyped VRRP key", in_vrrp("priorty = 150\n"),
       "t.toml:3:1: interface.eth0.vrrp.20.priorty: unknown key \"priorty\"; did you mean "
       "\"priority\"?"},
      {"a key of CARP in a VRRP router", in_vrrp("advskew = 100\n"),
       "t.toml:3:1: interface.eth0.vrrp.20.advskew: unknown key \"advskew\"; accepted: accept, "
       "addresses, checksum, damping, dead_ratio, description, follow, group, handover_timeout, "
       "hmac, hooks, interval, mac, max_hops, mode, password, password_file, peers, preempt, "
       "preempt_delay, priority, routes, rules, source, start_delay, track, version"},
      {"a key of VRRP in a CARP router", in_router("priority = 100\n"),
       "t.toml:4:1: interface.eth0.carp.10.priority: unknown key \"priority\"; accepted: "
       "addresses, advbase, advskew, damping, dead_ratio, description, follow, group, "
       "handover_timeout, hooks, mac, max_hops, mode, password, password_file, peers, preempt, "
       "preempt_delay, replay_protection, replay_window, routes, rules, source, start_delay, "
       "track"},
      {"a mistyped protocol",
       "[interface.eth0.crap.10]\npassword = \"mekmitasdigoat\"\naddresses = [\"10.0.0.1/24\"]\n",
       "t.toml:1:17: interface.eth0.crap: unknown key \"crap\"; did you mean \"carp\"?"},
      {"a mistyped VRRP", "[interface.eth0.vrpp.10]\npriority = 100\n",
       "t.toml:1:17: interface.eth0.vrpp: unknown key \"vrpp\"; did you mean \"vrrp\"?"},
      {"an unknown protocol", "[interface.eth0.hsrp.10]\npriority = 100\n",
       "t.toml:1:17: interface.eth0.hsrp: unknown key \"hsrp\"; accepted: carp, vrrp"},
      {"an unquoted name with a dot",
       "[interface.eth0.100.carp.5]\npassword = \"mekmitasdigoat\"\naddresses = "
       "[\"10.0.0.1/24\"]\n",
       "t.toml:1:17: interface.eth0.100: unknown key \"100\"; a name with dots must be quoted: "
       "[interface.\"eth0.100\".carp...]"},
      {"an unquoted name with a dot and VRRP",
       "[interface.eth0.100.vrrp.5]\naddresses = [\"10.0.0.1/24\"]\n",
       "t.toml:1:17: interface.eth0.100: unknown key \"100\"; a name with dots must be quoted: "
       "[interface.\"eth0.100\".vrrp...]"},
      {"an unquoted name with two dots",
       "[interface.eth0.100.200.carp.5]\npassword = \"mekmitasdigoat\"\naddresses = "
       "[\"10.0.0.1/24\"]\n",
       "t.toml:1:17: interface.eth0.100: unknown key \"100\"; a name with dots must be quoted: "
       "[interface.\"eth0.100.200\".carp...]"},
      {"an interface name of sixteen bytes", "[interface.abcdefghijklmnop]\n",
       "t.toml:1:12: interface.abcdefghijklmnop: \"abcdefghijklmnop\" is no interface name; "
       "accepted: 1..15 bytes without '/', ':' and white space, not \".\" or \"..\""},
      {"an empty interface name", "[interface.\"\"]\n",
       "t.toml:1:12: interface.\"\": \"\" is no interface name; accepted: 1..15 bytes without '/', "
       "':' and white space, not \".\" or \"..\""},
      {"an interface name with a slash", "[interface.\"a/b\"]\n",
       "t.toml:1:12: interface.\"a/b\": \"a/b\" is no interface name; accepted: 1..15 bytes "
       "without '/', ':' and white space, not \".\" or \"..\""},
      {"an interface name with a space", "[interface.\"a b\"]\n",
       "t.toml:1:12: interface.\"a b\": \"a b\" is no interface name; accepted: 1..15 bytes "
       "without '/', ':' and white space, not \".\" or \"..\""},
      {"the interface name ..", "[interface.\"..\"]\n",
       "t.toml:1:12: interface.\"..\": \"..\" is no interface name; accepted: 1..15 bytes without "
       "'/', ':' and white space, not \".\" or \"..\""},
      {"an interface name with a NUL", "[interface.\"eth0\\u0000\"]\n",
       "t.toml:1:12: interface.\"eth0\\x00\": \"eth0\\x00\" is no interface name; accepted: 1..15 "
       "bytes without '/', ':' and white space, not \".\" or \"..\""},
      {"VHID 0",
       "[interface.eth0.carp.0]\npassword = \"mekmitasdigoat\"\naddresses = [\"10.0.0.1/24\"]\n",
       "t.toml:1:22: interface.eth0.carp.0: \"0\" is no VHID; accepted: 1..255, without leading "
       "zeros"},
      {"VHID 256",
       "[interface.eth0.carp.256]\npassword = \"mekmitasdigoat\"\naddresses = [\"10.0.0.1/24\"]\n",
       "t.toml:1:22: interface.eth0.carp.256: \"256\" is no VHID; accepted: 1..255, without "
       "leading zeros"},
      {"a VHID with a leading zero",
       "[interface.eth0.carp.01]\npassword = \"mekmitasdigoat\"\naddresses = [\"10.0.0.1/24\"]\n",
       "t.toml:1:22: interface.eth0.carp.01: \"01\" is no VHID; accepted: 1..255, without leading "
       "zeros"},
      {"a VHID that is a word",
       "[interface.eth0.carp.web]\npassword = \"mekmitasdigoat\"\naddresses = [\"10.0.0.1/24\"]\n",
       "t.toml:1:22: interface.eth0.carp.web: \"web\" is no VHID; accepted: 1..255, without "
       "leading zeros"},
      {"VRID 0", "[interface.eth0.vrrp.0]\naddresses = [\"10.0.0.1/24\"]\n",
       "t.toml:1:22: interface.eth0.vrrp.0: \"0\" is no VRID; accepted: 1..255, without leading "
       "zeros"},
      {"VRID 256", "[interface.eth0.vrrp.256]\naddresses = [\"10.0.0.1/24\"]\n",
       "t.toml:1:22: interface.eth0.vrrp.256: \"256\" is no VRID; accepted: 1..255, without "
       "leading zeros"},
  });
}

TEST_CASE("The settings of the agent are refused with what is accepted") {
  check_bad_texts({
      {"a node that is a number", "[agent]\nnode = 1\n",
       "t.toml:2:8: agent.node: must be a string, not an integer; accepted: 1..64 printable "
       "characters without spaces"},
      {"an empty node", "[agent]\nnode = \"\"\n",
       "t.toml:2:8: agent.node: \"\" cannot be used; accepted: 1..64 printable characters without "
       "spaces"},
      {"a node with a space", "[agent]\nnode = \"lb 1\"\n",
       "t.toml:2:8: agent.node: \"lb 1\" cannot be used; accepted: 1..64 printable characters "
       "without spaces"},
      {"a node with an escape sequence", "[agent]\nnode = \"\\u001b[2J\"\n",
       "t.toml:2:8: agent.node: \"\\x1b[2J\" cannot be used; accepted: 1..64 printable characters "
       "without spaces"},
      {"a mistyped log level", "[agent]\nlog_level = \"warn\"\n",
       "t.toml:2:13: agent.log_level: \"warn\" is unknown; accepted: error, warning, notice, info, "
       "debug"},
      {"a misspelt log level", "[agent]\nlog_level = \"debgu\"\n",
       "t.toml:2:13: agent.log_level: \"debgu\" is unknown; accepted: error, warning, notice, "
       "info, debug; did you mean \"debug\"?"},
      {"a log level that is a number", "[agent]\nlog_level = 7\n",
       "t.toml:2:13: agent.log_level: must be a string, not an integer; accepted: error, warning, "
       "notice, info, debug"},
  });
}

TEST_CASE("Text that is not TOML is refused at its place, and nothing of a value is shown") {
  check_bad_texts({
      {"a line without a value", "[interface.eth0.carp.10]\nadvskew =\n",
       "t.toml:2:10: syntax error in key-value pair: expected value"},
      {"a line without an equals sign", "[interface.eth0.carp.10]\nadvskew 100\n",
       "t.toml:2:9: syntax error in key-value pair: expected '='"},
      {"a header that is not closed", "[interface.eth0\n",
       "t.toml:1:16: syntax error in table header: expected ']'"},
      {"a key twice", in_router("advskew = 1\nadvskew = 2\n"),
       "t.toml:5:11: syntax error in key-value pair: cannot redefine existing integer 'advskew'"},
      {"a table twice", "[agent]\n[agent]\n",
       "t.toml:2:1: syntax error in table header: cannot redefine existing table 'agent'"},
      {"a table into an inline table", "agent = { node = \"a\" }\n[agent.x]\n",
       "t.toml:2:11: syntax error in table header: cannot insert 'agent.x' into existing inline "
       "table"},
      {"a password that is not closed", "[interface.eth0.carp.10]\npassword = \"hunter2\n",
       "t.toml:2:20: syntax error in string: a control character or the end of the line inside a "
       "string"},
      {"a password without quotes", "[interface.eth0.carp.10]\npassword = hunter2\n",
       "t.toml:2:12: syntax error in value: this is no value; strings must be in quotes"},
      {"a password that looks like a number", "[interface.eth0.carp.10]\npassword = 12hunter2\n",
       "t.toml:2:12: syntax error in value: this is no value; strings must be in quotes"},
      {"a password that looks like true", "[interface.eth0.carp.10]\npassword = truehunter2\n",
       "t.toml:2:16: syntax error in boolean: expected value-terminator"},
      {"a password with a wrong escape", "[interface.eth0.carp.10]\npassword = \"\\hunter2\"\n",
       "t.toml:2:14: syntax error in string: unknown escape sequence; a backslash is written \\\\"},
      {"a password that is a long number",
       "[interface.eth0.carp.10]\npassword = 99999999999999999999\n",
       "t.toml:2:32: syntax error in decimal integer: the number does not fit 64 bits"},
      {"text behind a password", "[interface.eth0.carp.10]\npassword = \"x\" hunter2\n",
       "t.toml:2:16: syntax error in key-value pair: expected a comment or whitespace"},
      {"a list that is not closed",
       "[interface.eth0.carp.10]\naddresses = [\"10.0.0.1\", \"10.0.0.2\"\n",
       "t.toml:2:37: syntax error in array: encountered end-of-file"},
  });
}

}  // namespace
}  // namespace failover::tests
