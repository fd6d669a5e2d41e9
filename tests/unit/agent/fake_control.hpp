#pragma once
// The control thread's parts without its sockets: a directory whose other threads are the test, and
// configurations in two words.

#include <string>
#include <string_view>
#include <vector>

#include "agent/control/directory.hpp"
#include "tests/unit/agent/values.hpp"

namespace failover::tests {

[[nodiscard]] inline config::RouterSettings carp_settings(std::string interface, carp::Vhid vhid,
                                                          std::string_view address) {
  return {.interface = std::move(interface),
          .addresses = {{.prefix = prefix(address)}},
          .protocol = config::CarpSettings{.vhid = vhid, .password = Secret("secret")}};
}
[[nodiscard]] inline config::RouterSettings vrrp_settings(
    std::string interface, vrrp::Vrid vrid, const std::vector<std::string_view>& addresses) {
  config::RouterSettings settings{.interface = std::move(interface),
                                  .protocol = config::VrrpSettings{.vrid = vrid}};
  for (const std::string_view address : addresses)
    settings.addresses.push_back({.prefix = prefix(address)});
  return settings;
}
// What is the protocol's own of settings that are known to be of it.
[[nodiscard]] inline config::CarpSettings& carp_of(config::RouterSettings& settings) {
  return std::get<config::CarpSettings>(settings.protocol);
}
[[nodiscard]] inline const config::CarpSettings& carp_of(const config::RouterSettings& settings) {
  return std::get<config::CarpSettings>(settings.protocol);
}
[[nodiscard]] inline config::VrrpSettings& vrrp_of(config::RouterSettings& settings) {
  return std::get<config::VrrpSettings>(settings.protocol);
}

[[nodiscard]] inline config::Configuration configuration(
    std::vector<config::RouterSettings> routers) {
  return {.agent = {}, .routers = std::move(routers)};
}

// "add-interface eth0 0", "add 0 eth0.carp.10", "change 0 eth0.carp.10", "remove 0", "operation
// switchover 0 1": what the directory and the API asked of the other threads.
[[nodiscard]] std::vector<std::string> asked_of_kernel(Mailboxes& mailboxes);
[[nodiscard]] std::vector<std::string> asked_of_engine(Mailboxes& mailboxes);

}  // namespace failover::tests
