#include "netlink/macvlan_settings.hpp"

namespace failover::netlink {

std::vector<SetSetting> macvlan_settings4(const std::string& name) {
  const std::string here = "net/ipv4/conf/" + name + "/";
  return {{here + "arp_ignore", "1"}, {here + "rp_filter", "2"}, {here + "accept_local", "1"}};
}

std::vector<SetSetting> macvlan_settings6(const std::string& name) {
  const std::string here = "net/ipv6/conf/" + name + "/";
  const std::string a_day = "86400000";  // in ms
  return {{here + "disable_ipv6", "0"},
          {here + "accept_ra", "0"},
          {here + "autoconf", "0"},
          {here + "dad_transmits", "0"},
          {here + "mldv1_unsolicited_report_interval", a_day},
          {here + "mldv2_unsolicited_report_interval", a_day}};
}

}  // namespace failover::netlink
