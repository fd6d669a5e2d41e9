#pragma once
// Processes of a name: good when enough of them run.

#include <memory>

#include "agent/checks/probe.hpp"
#include "agent/checks/process_scan.hpp"
#include "agent/config/group_settings.hpp"

namespace failover::checks {

[[nodiscard]] std::unique_ptr<Probe> make_process_probe(ProcessScan& scan,
                                                        const config::ProcessTrack& track);

}  // namespace failover::checks
