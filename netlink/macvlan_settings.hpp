#pragma once
// The settings that a macvlan of ours has beside those of any link: why is in rtnetlink_links.hpp.

#include <string>
#include <vector>

#include "netlink/kernel.hpp"

namespace failover::netlink {

// Of the link of that name. Those of IPv6 for one that has IPv6.
[[nodiscard]] std::vector<SetSetting> macvlan_settings4(const std::string& name);
[[nodiscard]] std::vector<SetSetting> macvlan_settings6(const std::string& name);

}  // namespace failover::netlink
