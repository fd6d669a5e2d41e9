#pragma once
// How the service manager is asked about a unit. Whoever says which commands may be run takes the
// words from here.

#include <cstdint>
#include <string_view>

#include "agent/config/group_settings.hpp"

namespace failover::checks {

enum class ServiceManager : std::uint8_t { systemd, init_scripts };
// The one that runs this machine.
[[nodiscard]] ServiceManager service_manager();

// Exits with 0 when the unit is active: `systemctl is-active UNIT`, or `/etc/init.d/NAME status`,
// where NAME is the unit without ".service".
[[nodiscard]] config::ArgumentVector unit_status_command(ServiceManager manager,
                                                         std::string_view unit);
// End when it has started, or stopped, as far as the service manager can tell.
[[nodiscard]] config::ArgumentVector unit_start_command(ServiceManager manager,
                                                        std::string_view unit);
[[nodiscard]] config::ArgumentVector unit_stop_command(ServiceManager manager,
                                                       std::string_view unit);

}  // namespace failover::checks
