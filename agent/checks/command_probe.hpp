#pragma once
// Commands, and units of the service manager, which is asked by a command: good when it exits
// with 0.

#include <memory>

#include "agent/checks/execute.hpp"
#include "agent/checks/probe.hpp"
#include "agent/config/group_settings.hpp"

namespace failover::checks {

[[nodiscard]] std::unique_ptr<Probe> make_command_probe(Execute& execute,
                                                        const config::CommandTrack& track);
[[nodiscard]] std::unique_ptr<Probe> make_unit_probe(Execute& execute,
                                                     const config::UnitTrack& track);

}  // namespace failover::checks
