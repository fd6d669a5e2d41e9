// Groups and hooks that are refused, with every word that is said about them.

#include "tests/unit/config/group_texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

TEST_CASE("Groups and routers that do not fit together are refused") {
  check_bad_texts({
      {"a group that no router names", in_router("[group.web]\n"),
       "t.toml:4:8: group.web: no router names it; add group = \"web\" to a router, or leave it "
       "out"},
      {"a mistyped group", in_router("group = \"wbe\"\n[group.web]\n"),
       "t.toml:4:9: interface.eth0.carp.10.group: \"wbe\" is no group; did you mean \"web\"?"},
      {"a group that there is not", in_router("group = \"web\"\n"),
       "t.toml:4:9: interface.eth0.carp.10.group: \"web\" is no group; add [group.web], or leave "
       "it out for a group of the router alone"},
      {"a group that is a number", in_router("group = 1\n"),
       "t.toml:4:9: interface.eth0.carp.10.group: must be a string, not an integer; accepted: "
       "1..63 letters, digits, '_', '-' and '.', the first a letter or a digit"},
      {"a group with a space", in_router("group = \"a b\"\n"),
       "t.toml:4:9: interface.eth0.carp.10.group: \"a b\" is no group name; accepted: 1..63 "
       "letters, digits, '_', '-' and '.', the first a letter or a digit"},
      {"a group whose only router is refused",
       "[interface.eth0.carp.300]\npassword = \"x\"\naddresses = [\"10.0.0.1\"]\n"
       "group = \"web\"\n[group.web]\n",
       "t.toml:1:22: interface.eth0.carp.300: \"300\" is no VHID; accepted: 1..255, without "
       "leading zeros"},
      {"a group called like a router that is alone", in_router("[group.\"eth0.carp.10\"]\n"),
       "t.toml:4:8: group.\"eth0.carp.10\": is the name of a router that is not in the group; use "
       "another name, or set group = \"eth0.carp.10\" in the router"},
      {"a group called like a router of another group",
       in_group("[group.\"eth0.carp.10\"]\n[interface.eth1.vrrp.1]\naddresses = [\"10.1.0.1\"]\n"
                "group = \"eth0.carp.10\"\n"),
       "t.toml:6:8: group.\"eth0.carp.10\": is the name of a router that is not in the group; use "
       "another name, or set group = \"eth0.carp.10\" in the router"},
      {"keys of the group in one of its routers",
       in_router("group = \"web\"\npreempt = false\nmode = \"hot\"\nhooks.active = "
                 "[[\"/a\"]]\n[group.web]\n"),
       "t.toml:5:1: interface.eth0.carp.10.preempt: belongs to the group, which other routers may "
       "be in; move it to [group.web]\n"
       "t.toml:6:1: interface.eth0.carp.10.mode: belongs to the group, which other routers may be "
       "in; move it to [group.web]\n"
       "t.toml:7:1: interface.eth0.carp.10.hooks: belongs to the group, which other routers may "
       "be in; move it to [group.web]"},
      {"a hot group with a router that has no mac", in_group("mode = \"hot\"\n"),
       "t.toml:1:1: interface.eth0.carp.10: mac is missing; mode = \"hot\" at t.toml:6:8 needs mac "
       "= \"virtual\"; set it, or use mode = \"warm\""},
      {"a hot router with the interface's MAC", in_router("mode = \"hot\"\nmac = \"interface\"\n"),
       "t.toml:5:7: interface.eth0.carp.10.mac: mode = \"hot\" at t.toml:4:8 needs mac = "
       "\"virtual\"; set it, or use mode = \"warm\""},
      {"an owner in a group without preempt",
       in_vrrp("priority = 255\ngroup = \"web\"\n[group.web]\npreempt = false\n"),
       "t.toml:6:11: group.web.preempt: eth0.vrrp.20 is the owner of its addresses (priority 255), "
       "which always preempts; leave it out, or use a priority of 1..254"},
  });
}

TEST_CASE("Names and keys of groups that cannot be are refused") {
  check_bad_texts({
      {"groups that are a value", "group = 1\n",
       "t.toml:1:9: group: must be a table, not an integer"},
      {"a group that is a value", in_router("group = \"web\"\n[group]\nweb = true\n"),
       "t.toml:6:7: group.web: must be a table, not a boolean"},
      {"a name with a dot first",
       in_vrrp("[interface.eth1.vrrp.1]\naddresses = [\"10.1.0.1\"]\n[group.\".a\"]\n"),
       "t.toml:5:8: group.\".a\": \".a\" is no group name; accepted: 1..63 letters, digits, '_', "
       "'-' and '.', the first a letter or a digit\n"
       "t.toml:5:8: group.\".a\": no router names it; add group = \".a\" to a router, or leave it "
       "out"},
      {"a mistyped key", in_group("premept = true\n"),
       "t.toml:6:1: group.web.premept: unknown key \"premept\"; did you mean \"preempt\"?"},
      {"a key of routers", in_group("advskew = 1\n"),
       "t.toml:6:1: group.web.advskew: unknown key \"advskew\"; accepted: damping, description, "
       "follow, hooks, mode, preempt, preempt_delay, routes, rules, start_delay, track"},
      {"an empty description", in_group("description = \"\"\n"),
       "t.toml:6:15: group.web.description: \"\" cannot be used; accepted: 1..255 bytes without "
       "control characters"},
      {"a description of two lines", in_group("description = \"a\\nb\"\n"),
       "t.toml:6:15: group.web.description: \"a\\x0ab\" cannot be used; accepted: 1..255 bytes "
       "without control characters"},
      {"an unknown mode", in_group("mode = \"wram\"\n"),
       "t.toml:6:8: group.web.mode: \"wram\" is unknown; accepted: hot, warm, cold, none; did you "
       "mean \"warm\"?"},
      {"a preempt_delay above its range", in_group("preempt_delay = \"61m\"\n"),
       "t.toml:6:17: group.web.preempt_delay: \"61m\" is out of range; accepted: \"0s\"..\"3600s\" "
       "(ms, s, m, h)"},
      {"a start_delay without a unit", in_group("start_delay = 5\n"),
       "t.toml:6:15: group.web.start_delay: 5 has no unit; accepted: \"0s\"..\"3600s\" (ms, s, m, "
       "h)"},
      {"damping that is a number", in_group("damping = 10\n"),
       "t.toml:6:11: group.web.damping: must be a table, not an integer"},
      {"damping out of its ranges", in_group("damping = { moves = 101, window = \"9s\" }\n"),
       "t.toml:6:21: group.web.damping.moves: 101 is out of range; accepted: 0..100\n"
       "t.toml:6:35: group.web.damping.window: \"9s\" is out of range; accepted: "
       "\"10s\"..\"86400s\" (ms, s, m, h)"},
      {"a unit that looks like an option", in_group("follow = [\"--now\"]\n"),
       "t.toml:6:11: group.web.follow[0]: \"--now\" is no unit; accepted: 1..255 letters, digits "
       "and any of \":_-.\\@\", the first a letter or a digit"},
      {"a unit that is a path", in_group("follow = [\"../a\"]\n"),
       "t.toml:6:11: group.web.follow[0]: \"../a\" is no unit; accepted: 1..255 letters, digits "
       "and any of \":_-.\\@\", the first a letter or a digit"},
      {"a unit twice", in_group("follow = [\"a\", \"b\", \"a\"]\n"),
       "t.toml:6:21: group.web.follow[2]: \"a\" is named twice"},
      {"routes that are a string", in_group("routes = \"default via 10.0.0.9\"\n"),
       "t.toml:6:10: group.web.routes: must be an array, not a string; accepted: strings"},
      {"an empty route and one twice",
       in_group("routes = [\"\", \"default dev eth0\", \"default dev eth0\"]\n"),
       "t.toml:6:11: group.web.routes[0]: \"\" cannot be used; accepted: 1..512 bytes without "
       "control characters\n"
       "t.toml:6:35: group.web.routes[2]: \"default dev eth0\" is named twice"},
      {"a rule that is a number", in_group("rules = [1]\n"),
       "t.toml:6:10: group.web.rules[0]: must be a string, not an integer; accepted: 1..512 bytes "
       "without control characters"},
  });
}

TEST_CASE("Hooks that cannot be run are refused") {
  check_bad_texts({
      {"hooks that are a list", in_group("hooks = []\n"),
       "t.toml:6:9: group.web.hooks: must be a table, not an array"},
      {"a mistyped kind", in_group("hooks.actve = [[\"/a\"]]\n"),
       "t.toml:6:7: group.web.hooks.actve: unknown key \"actve\"; did you mean \"active\"?"},
      {"a command line", in_group("hooks.active = \"/a b\"\n"),
       "t.toml:6:16: group.web.hooks.active: must be an array, not a string; accepted: commands "
       "like [[\"/etc/failover/hooks/active\"]]"},
      {"an argument vector alone", in_group("hooks.active = [\"/a\"]\n"),
       "t.toml:6:17: group.web.hooks.active[0]: must be an array, not a string; accepted: a "
       "program and its arguments, like [\"/usr/bin/test\", \"-e\", \"/run/ready\"]"},
      {"an empty command", in_group("hooks.fault = [[]]\n"),
       "t.toml:6:16: group.web.hooks.fault[0]: is empty; accepted: a program and its arguments, "
       "like [\"/usr/bin/test\", \"-e\", \"/run/ready\"]"},
      {"a program to be looked for", in_group("hooks.backup = [[\"logger\", \"x\"]]\n"),
       "t.toml:6:18: group.web.hooks.backup[0][0]: \"logger\" is no absolute path of a program; "
       "accepted: a program and its arguments, like [\"/usr/bin/test\", \"-e\", \"/run/ready\"], "
       "without a shell and without PATH"},
      {"an argument that is a number", in_group("hooks.backup = [[\"/a\", 1]]\n"),
       "t.toml:6:24: group.web.hooks.backup[0][1]: must be a string, not an integer; accepted: a "
       "program and its arguments, like [\"/usr/bin/test\", \"-e\", \"/run/ready\"]"},
      {"an argument with a NUL", in_group("hooks.backup = [[\"/a\", \"b\\u0000\"]]\n"),
       "t.toml:6:24: group.web.hooks.backup[0][1]: has a NUL, which ends an argument; leave it "
       "out"},
      {"a timeout below its range", in_group("hooks.timeout = \"99ms\"\n"),
       "t.toml:6:17: group.web.hooks.timeout: \"99ms\" is out of range; accepted: "
       "\"100ms\"..\"3600s\" (ms, s, m, h)"},
      {"a user that looks like an option", in_group("hooks.user = \"-u\"\n"),
       "t.toml:6:14: group.web.hooks.user: \"-u\" is no user name; accepted: 1..32 letters, "
       "digits, '_', '-' and '.', the first not '-'"},
  });
}

}  // namespace
}  // namespace failover::tests
