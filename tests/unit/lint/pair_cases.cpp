// Rules 501..: the same router, and the same group, on two nodes.

#include "tests/unit/lint/cases.hpp"

namespace failover::tests {
namespace {

std::string carp_with_password(const std::string& password) {
  return "[interface.eth0.carp.10]\npassword = \"" + password +
         "\"\naddresses = [\"10.0.0.1/24\"]\n";
}

std::string hmac(const std::string& more) {
  return in_vrrp("hmac = { anti_replay = \"monotonic\", " + more + " }\n");
}

std::vector<Case> router_pair_cases() {
  const std::string carp = "interface.eth0.carp.10";
  const std::string vrrp = "interface.eth0.vrrp.20";
  const std::string first = R"({ id = 1, key = "01234567890123456789012345678901" })";
  const std::string second = R"({ id = 2, key = "abcdefghabcdefghabcdefghabcdefgh" })";
  const std::string unicast = "max_hops = 0\n";
  return {
      {501, in_carp("advskew = 7\n"), carp + ".advskew", in_carp("advskew = 8\n"),
       in_carp("advskew = 7\n")},
      {501, in_vrrp(""), vrrp + ".priority", in_vrrp("priority = 101\n"), in_vrrp("")},
      {502, in_carp("advbase = 2\n"), carp + ".advbase", in_carp("advskew = 9\n"), in_carp("")},
      {502, in_vrrp("interval = \"2s\"\n"), vrrp + ".interval", in_vrrp("priority = 9\n"),
       in_vrrp("")},
      {503, in_carp("dead_ratio = 4\n"), carp + ".dead_ratio", in_carp(""), in_carp("")},
      {504, in_vrrp("", R"("10.0.0.1/24", "10.0.0.2/24")"), vrrp + ".addresses",
       in_vrrp("", R"("10.0.0.1/16", { address = "10.0.0.2/24", advertise = false })"),
       in_vrrp("")},
      {505, carp_with_password("mekmitasdigoat"), carp + ".password",
       carp_with_password("other words"), carp_with_password("other words")},
      {505, in_vrrp("version = 2\npassword = \"a\"\n"), vrrp + ".password",
       in_vrrp("version = 2\npassword = \"b\"\n"), in_vrrp("version = 2\npassword = \"b\"\n")},
      {506, hmac("keys = [" + first + "]"), vrrp + ".hmac",
       hmac("keys = [" + first + ", " + second + "]"),
       hmac("keys = [" + second + ", " + first + "]")},
      {506, in_vrrp(""), vrrp + ".hmac", hmac("keys = [" + first + "]"),
       hmac("keys = [" + first + "]")},
      {506, hmac("keys = [" + first + "]"), vrrp + ".hmac",
       hmac("mode = \"permissive\", keys = [" + first + "]"),
       hmac("mode = \"receive-only\", keys = [" + first + "]")},
      {507, in_vrrp("version = 2\n"), vrrp + ".version", in_vrrp(""), in_vrrp("")},
      {508, in_vrrp(""), vrrp + ".peers", in_vrrp(unicast + "peers = [\"10.0.0.9\"]\n"),
       in_vrrp(unicast + "peers = [\"10.0.0.8\"]\n")},
      {508, in_vrrp(unicast + "peers = [\"10.0.0.7\"]\n"), vrrp + ".peers",
       in_vrrp(unicast + "peers = [\"10.0.0.9\"]\n"),
       in_vrrp(unicast + "source = \"10.0.0.9\"\npeers = [\"10.0.0.8\"]\n")},
      {508, in_vrrp(unicast + "source = \"10.0.0.7\"\npeers = [\"10.0.0.9\"]\n"), vrrp + ".source",
       in_vrrp(unicast + "source = \"10.0.0.8\"\npeers = [\"10.0.0.9\"]\n"),
       in_vrrp(unicast + "peers = [\"10.0.0.8\"]\n")},
      {509, in_carp("") + in_vrrp("", R"("10.0.0.2/24")"), carp,
       "[interface.eth9.vrrp.20]\naddresses = [\"10.0.0.1/24\"]\n", in_vrrp("")},
      {509, in_carp(""), vrrp, in_carp("") + in_vrrp("", R"("10.0.0.2/24")"),
       in_carp("") + in_vrrp("", R"("10.0.0.2/24")")},
      {510, in_carp("source = \"10.0.0.9\"\n"), carp + ".source",
       in_carp("source = \"10.0.0.8\"\n"), in_carp("source = \"10.0.0.9\"\n")},
      {511, in_carp("mac = \"virtual\"\n"), carp + ".mac", in_carp(""), in_carp("")},
      {512, in_vrrp("accept = false\n"), vrrp + ".accept", in_vrrp(""), in_vrrp("")},
  };
}

std::vector<Case> group_pair_cases() {
  const std::string track = R"(track.t = { type = "tcp", address = "127.0.0.1:80", demote = )";
  const std::string apart = in_carp("") + in_vrrp("", R"("10.0.0.2/24")");
  return {
      {521, in_web(""), "group.web", apart, apart},
      {521, apart, "interface.eth0.carp.10", in_web(""), in_web("")},
      {522, in_web("", "advskew = 9\n", "priority = 150\n"), "group.web",
       in_web("", "advskew = 9\n", "priority = 50\n"), in_web("")},
      {523, in_carp(track + "10 }\n"), "interface.eth0.carp.10.track", in_carp(track + "11 }\n"),
       in_carp("advskew = 10\n")},
      {523, in_web(track + "60 }\n", "advskew = 0\n", "priority = 200\n"), "group.web.track",
       in_web(track + "60 }\n", "advskew = 0\n", "priority = 150\n"),
       in_web("", "advskew = 100\n", "priority = 100\n")},
      {524, in_carp("preempt = false\n"), "interface.eth0.carp.10.preempt", in_carp(""),
       in_carp("")},
      {525, in_carp("mode = \"none\"\n"), "interface.eth0.carp.10.mode", in_carp(""), in_carp("")},
      {526, in_carp(track + "9 }\n"), "interface.eth0.carp.10.track.t", in_carp(""), in_carp("")},
      {526, in_carp(""), "interface.eth0.carp.10.track.t", in_carp(track + "8 }\n"),
       in_carp(track + "9 }\n")},
      {527, "agent.node = \"lb1\"\n" + in_carp(""), "agent.node",
       "agent.node = \"lb2\"\n" + in_carp(""), "agent.node = \"lb1\"\n" + in_carp("")},
  };
}

}  // namespace

std::vector<Case> pair_cases() {
  std::vector<Case> cases = router_pair_cases();
  for (Case& of_group : group_pair_cases()) cases.push_back(std::move(of_group));
  return cases;
}

}  // namespace failover::tests
