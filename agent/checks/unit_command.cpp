#include "agent/checks/unit_command.hpp"

#include <sys/stat.h>

namespace failover::checks {

// As sd_booted(3) has it.
ServiceManager service_manager() {
  struct stat status {};
  const bool booted = lstat("/run/systemd/system", &status) == 0 && S_ISDIR(status.st_mode);
  return booted ? ServiceManager::systemd : ServiceManager::init_scripts;
}

namespace {

config::ArgumentVector unit_command(ServiceManager manager, std::string_view unit,
                                    std::string_view to_systemd, std::string_view to_script) {
  if (manager == ServiceManager::systemd)
    return {"/usr/bin/systemctl", std::string(to_systemd), std::string(unit)};
  constexpr std::string_view suffix = ".service";
  if (unit.ends_with(suffix)) unit.remove_suffix(suffix.size());
  return {"/etc/init.d/" + std::string(unit), std::string(to_script)};
}

}  // namespace

// Without --quiet: its one word says why.
config::ArgumentVector unit_status_command(ServiceManager manager, std::string_view unit) {
  return unit_command(manager, unit, "is-active", "status");
}

config::ArgumentVector unit_start_command(ServiceManager manager, std::string_view unit) {
  return unit_command(manager, unit, "start", "start");
}

config::ArgumentVector unit_stop_command(ServiceManager manager, std::string_view unit) {
  return unit_command(manager, unit, "stop", "stop");
}

}  // namespace failover::checks
