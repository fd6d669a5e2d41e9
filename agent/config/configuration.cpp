#include "agent/config/configuration.hpp"

namespace failover::config {

std::string CarpSettings::name() const {
  return interface + ".carp." + std::to_string(vhid.value());
}

}  // namespace failover::config
