// Rules 101..: one virtual router.

#include "tests/unit/lint/cases.hpp"

namespace failover::tests {

std::string in_carp(const std::string& more) {
  return "[interface.eth0.carp.10]\npassword = \"long enough\"\naddresses = [\"10.0.0.1/24\"]\n" +
         more;
}

std::string in_vrrp(const std::string& more, const std::string& addresses) {
  return "[interface.eth0.vrrp.20]\naddresses = [" + addresses + "]\n" + more;
}

std::string in_web(const std::string& more, const std::string& carp, const std::string& vrrp) {
  return in_carp("group = \"web\"\n" + carp) +
         in_vrrp("group = \"web\"\n" + vrrp, R"("10.0.0.2/24")") + "[group.web]\n" + more;
}

std::vector<Case> router_cases() {
  const std::string carp = "interface.eth0.carp.10";
  const std::string vrrp = "interface.eth0.vrrp.20";
  const std::string key = R"(keys = [{ id = 1, key = "01234567890123456789012345678901" }])";
  return {
      {101, in_carp("advbase = 0\nadvskew = 4\n"), carp, in_carp("advbase = 0\nadvskew = 5\n")},
      {101, in_vrrp("interval = \"10ms\"\n"), vrrp, in_vrrp("interval = \"20ms\"\n")},
      {102, in_carp("advbase = 4\n"), carp, in_carp("advbase = 3\n")},
      {103, in_carp("dead_ratio = 1\n"), carp + ".dead_ratio", in_carp("dead_ratio = 2\n")},
      {103, in_vrrp("dead_ratio = 1\n"), vrrp + ".dead_ratio", in_vrrp("dead_ratio = 2\n")},
      {104, in_carp("advskew = 240\n"), carp + ".advskew", in_carp("advskew = 239\n")},
      {105, "[interface.eth0.carp.10]\npassword = \"1234567\"\naddresses = [\"10.0.0.1/24\"]\n",
       carp + ".password",
       "[interface.eth0.carp.10]\npassword = \"12345678\"\naddresses = [\"10.0.0.1/24\"]\n"},
      {106, in_vrrp("version = 2\npassword = \"secret\"\n"), vrrp + ".password",
       in_vrrp("version = 2\n")},
      {107, in_vrrp("", R"("2001:db8::1/64", "fe80::1/64")"), vrrp + ".addresses",
       in_vrrp("", R"("10.0.0.1/24", "fe80::1/64", "2001:db8::1/64")")},
      {108, in_vrrp("", R"("10.0.0.1")"), vrrp + ".addresses",
       in_vrrp("", R"("10.0.0.1", "10.0.0.2/24")")},
      {109, in_vrrp("accept = false\nfollow = [\"nginx.service\"]\n"), vrrp + ".accept",
       in_vrrp("accept = false\n")},
      {109, in_vrrp("accept = false\ntrack.site = { type = \"tcp\", address = \"10.0.0.1:80\" }\n"),
       vrrp + ".accept",
       in_vrrp("accept = false\ntrack.site = { type = \"tcp\", address = \"10.0.0.9:80\" }\n")},
      {110, in_carp("replay_protection = \"enforce\"\n"), carp + ".replay_protection",
       in_carp("replay_protection = \"monitor\"\n")},
      {110, in_vrrp("hmac = { " + key + " }\n"), vrrp + ".hmac",
       in_vrrp("hmac = { anti_replay = \"monotonic\", " + key + " }\n")},
      {111, in_carp("handover_timeout = \"3s\"\n"), carp + ".handover_timeout",
       in_carp("handover_timeout = \"4s\"\n")},
      {112, in_vrrp("peers = [\"10.0.0.9\"]\n"), vrrp + ".peers",
       in_vrrp("peers = [\"10.0.0.9\"]\nmax_hops = 0\n")},
      {112, in_vrrp("peers = [\"10.0.0.9\"]\n"), vrrp + ".peers",
       in_vrrp("peers = [\"10.0.0.9\"]\nhmac = { " + key + " }\n")},
      {113, in_carp("") + "[interface.eth0.vrrp.10]\naddresses = [\"10.0.0.2/24\"]\n",
       "interface.eth0.vrrp.10", in_carp("") + in_vrrp("", R"("10.0.0.2/24")")},
      {114, in_vrrp("hmac = { mode = \"permissive\", " + key + " }\n"), vrrp + ".hmac.mode",
       in_vrrp("hmac = { mode = \"enforce\", " + key + " }\n")},
      {115, in_carp("replay_protection = \"off\"\n"), carp + ".replay_protection", in_carp("")},
      {116, in_carp("source = \"10.0.0.8\"\npeers = [\"10.0.0.8\", \"10.0.0.9\"]\n"),
       carp + ".peers", in_carp("source = \"10.0.0.8\"\npeers = [\"10.0.0.9\"]\n")},
  };
}

}  // namespace failover::tests
