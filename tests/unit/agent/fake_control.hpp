#pragma once
// The control thread's parts without its sockets: a directory whose other threads are the test, and
// configurations in two words.

#include <string>
#include <string_view>
#include <vector>

#include "agent/control/directory.hpp"
#include "tests/unit/agent/values.hpp"

namespace failover::tests {

[[nodiscard]] inline config::CarpSettings carp_settings(std::string interface, carp::Vhid vhid,
                                                        std::string_view address) {
  config::CarpSettings settings{.interface = std::move(interface), .vhid = vhid};
  settings.addresses.push_back({.prefix = prefix(address)});
  settings.password = Secret("secret");
  return settings;
}

[[nodiscard]] inline config::Configuration configuration(
    std::vector<config::CarpSettings> routers) {
  return {.agent = {}, .routers = std::move(routers)};
}

// "add-interface eth0 0", "add 0 eth0.carp.10", "change 0 eth0.carp.10", "remove 0", "operation
// switchover 0 1": what the directory and the API asked of the other threads.
[[nodiscard]] std::vector<std::string> asked_of_kernel(Mailboxes& mailboxes);
[[nodiscard]] std::vector<std::string> asked_of_engine(Mailboxes& mailboxes);

}  // namespace failover::tests
