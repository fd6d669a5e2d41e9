// Rules 401..: commands and units.

#include "tests/unit/lint/cases.hpp"

namespace failover::tests {
namespace {

std::string with_hook(const std::string& kind, const std::string& command,
                      const std::string& more = {}) {
  return in_carp("hooks." + kind + " = [[" + command + "]]\n" + more);
}

}  // namespace

std::vector<Case> hook_cases() {
  const std::string hooks = "interface.eth0.carp.10.hooks";
  return {
      {401, with_hook("before_release", R"("/bin/true")"), hooks + ".before_release",
       with_hook("before_release", R"("/bin/true")", "hooks.timeout = \"26s\"\n")},
      {401, with_hook("before_release", R"("/bin/true")", "hooks.timeout = \"27s\"\n"),
       hooks + ".before_release", with_hook("active", R"("/bin/true")")},
      {402, with_hook("active", R"("/sbin/ip", "addr", "add", "10.0.0.1/24", "dev", "eth0")"),
       hooks + ".active[0]", with_hook("active", R"("/sbin/ip", "route", "flush", "cache")")},
      {402, with_hook("backup", R"("/sbin/ifconfig", "eth0:1", "down")"), hooks + ".backup[0]",
       with_hook("backup", R"("/bin/echo", "addr")")},
      {403, with_hook("active", R"("/bin/systemctl", "start", "nginx")"), hooks + ".active[0]",
       with_hook("active", R"("/bin/systemctl", "reload", "nginx")")},
      {404, with_hook("active", R"("/tmp/active")"), hooks + ".active[0]",
       with_hook("active", R"("/tmpfiles/active")")},
      {404, in_carp("track.t = { type = \"command\", command = [\"/var/tmp/check\"] }\n"),
       "interface.eth0.carp.10.track.t.command",
       in_carp("track.t = { type = \"command\", command = [\"/usr/local/bin/check\"] }\n")},
      {405, in_carp("follow = [\"failoverd.service\"]\n"), "interface.eth0.carp.10.follow",
       in_carp("follow = [\"nginx.service\"]\n")},
      {406, with_hook("active", R"("/usr/bin/failoverctl", "switchover", "web")"),
       hooks + ".active[0]", with_hook("active", R"("/usr/bin/failoverctl", "status")")},
      {406, with_hook("backup", R"("/usr/bin/failoverctl", "drain", "web")"), hooks + ".backup[0]",
       with_hook("fault", R"("/usr/bin/failoverctl", "drain", "web")")},
  };
}

}  // namespace failover::tests
