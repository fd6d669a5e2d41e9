// Rules 301..: what groups depend on.

#include "tests/unit/lint/cases.hpp"

namespace failover::tests {
namespace {

// The track `t` of a group of one router.
std::string with_track(const std::string& track, const std::string& router = {}) {
  return in_carp(router + "track.t = { " + track + " }\n");
}

const std::string tcp = R"(type = "tcp", address = "127.0.0.1:80")";
const std::string icmp = R"(type = "icmp", address = "10.0.0.9")";

}  // namespace

std::vector<Case> track_cases() {
  const std::string own = "interface.eth0.carp.10";
  const std::string track = own + ".track.t";
  const std::string two = "track.a = { demote = 200, " + tcp + " }\n" + "track.b = { demote = ";
  const std::string peer = in_carp("preempt = false\nadvskew = 5\n");
  return {
      {301, with_track("demote = 9, " + tcp, "preempt = false\n"), own + ".track",
       with_track(tcp, "preempt = false\n")},
      {301, with_track("demote = 9, " + tcp), own + ".track", with_track(tcp), peer},
      {301, with_track("demote = 9, " + tcp, "preempt = false\nadvbase = 0\nadvskew = 5\n"),
       own + ".track",
       with_track("demote = 11, " + tcp, "preempt = false\nadvbase = 0\nadvskew = 5\n")},
      {302, with_track("demote = 0, " + tcp), track + ".demote", with_track("demote = 1, " + tcp)},
      {303, in_vrrp("priority = 255\ntrack.t = { demote = 9, " + tcp + " }\n"),
       "interface.eth0.vrrp.20.priority",
       in_vrrp("priority = 254\ntrack.t = { demote = 9, " + tcp + " }\n")},
      {303, with_track("demote = 9, " + tcp, "advskew = 240\n"), own + ".advskew",
       with_track("demote = 9, " + tcp, "advskew = 239\n")},
      {304, in_carp(two + "41, " + icmp + " }\n"), own + ".track",
       in_carp(two + "40, " + icmp + " }\n")},
      {305, with_track("fall = 1, " + tcp), track + ".fall", with_track("fall = 2, " + tcp)},
      {305, with_track("fall = 1, " + tcp), track + ".fall",
       with_track(R"(fall = 1, type = "process", process = "nginx")")},
      {306, with_track(R"(type = "tcp", address = "10.0.0.1:80")"), track, with_track(tcp)},
      {306, with_track(R"(type = "address", address = "10.0.0.1")"), track,
       with_track(R"(type = "address", address = "10.0.0.2")")},
      {307, with_track(icmp, "peers = [\"10.0.0.9\"]\n"), track,
       with_track(icmp, "peers = [\"10.0.0.8\"]\n")},
      {307, with_track(icmp), track, with_track(R"(type = "icmp", address = "10.0.0.8")"),
       in_carp("source = \"10.0.0.9\"\n")},
      {308, with_track(R"(type = "link", interface = "eth0")"), track,
       with_track(R"(type = "link", interface = "eth1")")},
      {309, with_track(R"(interval = "10s", )" + tcp), track,
       with_track(R"(interval = "9s", )" + tcp)},
      {310, in_carp("track.a = { " + tcp + " }\ntrack.b = { " + tcp + " }\n"), own + ".track.b",
       in_carp("track.a = { " + tcp + " }\ntrack.b = { " + icmp + " }\n")},
      {311, with_track(R"(type = "unit", unit = "a.service")", "follow = [\"a.service\"]\n"), track,
       with_track(R"(type = "unit", unit = "b.service")", "follow = [\"a.service\"]\n")},
      {312, with_track(tcp, "follow = [\"a.service\"]\n"), track, with_track(tcp)},
      {313, with_track(icmp), track, with_track("demote = 9, " + icmp)},
      {313, with_track(icmp), track, with_track(R"(type = "icmp", address = "::1")")},
      {314, with_track("rise = 1, " + tcp), track + ".rise", with_track("rise = 2, " + tcp)},
      {314, with_track("rise = 1, " + tcp), track + ".rise",
       with_track("rise = 1, " + tcp, "preempt_delay = \"30s\"\n")},
      {314, with_track("rise = 1, " + tcp), track + ".rise",
       with_track(R"(rise = 1, type = "link", interface = "eth1")")},
  };
}

}  // namespace failover::tests
