// Rules 201..: one group.

#include "tests/unit/lint/cases.hpp"

namespace failover::tests {
namespace {

std::string two_groups(const std::string& web, const std::string& mail) {
  return in_carp("group = \"web\"\n") + in_vrrp("group = \"mail\"\n", R"("10.0.0.2/24")") +
         "[group.web]\n" + web + "[group.mail]\n" + mail;
}

}  // namespace

std::vector<Case> group_cases() {
  const std::string own = "interface.eth0.carp.10";
  return {
      {201, in_web("mode = \"none\"\n"), "group.web.mode", in_web("mode = \"warm\"\n")},
      {202, in_carp("mode = \"none\"\n"), own + ".mode",
       two_groups("mode = \"none\"\n", "mode = \"warm\"\n")},
      {203, in_carp("mac = \"virtual\"\nmode = \"hot\"\n"), own + ".mode",
       in_carp("mac = \"virtual\"\n")},
      {204, in_carp("mode = \"cold\"\n"), own + ".mode",
       in_carp("mode = \"cold\"\nfollow = [\"nginx.service\"]\n")},
      {205, two_groups("follow = [\"nginx.service\"]\n", "follow = [\"nginx.service\"]\n"),
       "group.web.follow",
       two_groups("follow = [\"nginx.service\"]\n", "follow = [\"exim.service\"]\n")},
      {206, in_carp("damping.moves = 0\n"), own + ".damping.moves", in_carp("damping.moves = 1\n")},
      {207, in_carp("preempt = false\npreempt_delay = \"5s\"\n"), own + ".preempt_delay",
       in_web("preempt = false\npreempt_delay = \"5s\"\n")},
      {208, in_web("", "advskew = 0\n", "priority = 50\n"), "interface.eth0.vrrp.20.priority",
       in_web("", "advskew = 0\n", "priority = 100\n")},
      {208, in_web("", "advskew = 200\n", "priority = 200\n"), "interface.eth0.carp.10.advskew",
       in_web("", "advskew = 200\n", "priority = 40\n")},
      {209, in_carp(""), own, in_web("")},
      {209, in_carp(""), own, in_carp("track.up = { type = \"link\", interface = \"eth2\" }\n")},
      {210, in_carp("routes = [\"default via 10.0.1.9\"]\n"), own + ".routes[0]",
       in_carp("routes = [\"default via 10.0.0.9\"]\n")},
      {210, in_carp("routes = [\"default via 10.0.1.9\"]\n"), own + ".routes[0]",
       in_carp("routes = [\"default via 10.0.1.9 dev eth0 onlink\"]\n")},
      {211, in_carp("start_delay = \"60s\"\n"), own + ".start_delay",
       in_carp("start_delay = \"59s\"\n")},
      {212, in_carp("mode = \"cold\"\nfollow = [\"nginx.service\"]\n"), own,
       in_carp("mode = \"cold\"\npreempt = false\nfollow = [\"nginx.service\"]\n")},
  };
}

}  // namespace failover::tests
