// Rules 601..: what becomes of the addresses when something fails.

#include "tests/unit/lint/cases.hpp"

namespace failover::tests {
namespace {

// Better than the other node's with CARP by `skew`, and with VRRP by `priority`.
std::string pair_in_web(int skew, int priority, const std::string& web = {}) {
  return in_web(web, "advskew = " + std::to_string(skew) + "\n",
                "priority = " + std::to_string(priority) + "\n");
}

std::string file_track(const std::string& more) {
  return "[group.web.track.ready]\ntype = \"file\"\npath = \"/run/ready\"\n" + more;
}

std::string gateway_track(const std::string& more) {
  return "[group.web.track.gateway]\ntype = \"icmp\"\naddress = \"10.0.0.254\"\n" + more;
}

std::string password(const std::string& word) {
  return "[interface.eth0.carp.10]\npassword = \"" + word + "\"\naddresses = [\"10.0.0.1/24\"]\n";
}

}  // namespace

std::vector<Case> movability_cases() {
  const std::string third =
      "[interface.eth1.vrrp.30]\naddresses = [\"10.1.0.1/24\"]\ngroup = \"web\"\npriority = 200\n";
  const std::string other = pair_in_web(100, 100);
  return {
      {601, pair_in_web(0, 200) + third, "group.web", pair_in_web(0, 200), other},
      {602, pair_in_web(0, 200, file_track("demote = 20\n")), "group.web.track.ready",
       pair_in_web(0, 200, file_track("demote = 120\n")), other},
      {602, pair_in_web(0, 200, "preempt = false\n" + file_track("demote = 120\n")),
       "group.web.track.ready", pair_in_web(0, 200, "preempt = false\n" + file_track(""))},
      {603, password("another one"), "interface.eth0.carp.10", password("long enough"),
       password("long enough") + "advskew = 100\n"},
      {603, in_carp("peers = [\"10.0.0.9\"]\n"), "interface.eth0.carp.10", in_carp(""),
       in_carp("advskew = 100\n")},
      {604, pair_in_web(0, 50), "group.web", pair_in_web(0, 200), other},
      {605, pair_in_web(0, 200, gateway_track("")), "group.web.track.gateway",
       pair_in_web(0, 200, gateway_track("demote = 50\n")),
       pair_in_web(100, 100, gateway_track(""))},
  };
}

}  // namespace failover::tests
