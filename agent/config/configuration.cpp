#include "agent/config/configuration.hpp"

#include <algorithm>

namespace failover::config {

std::string RouterSettings::name() const {
  const auto* const word = std::holds_alternative<CarpSettings>(protocol) ? ".carp." : ".vrrp.";
  return interface + word + std::to_string(id());
}

std::uint8_t RouterSettings::id() const {
  if (const auto* const carp = std::get_if<CarpSettings>(&protocol)) return carp->vhid.value();
  return std::get<VrrpSettings>(protocol).vrid.value();
}

bool RouterSettings::has(Family family) const {
  return std::ranges::any_of(addresses, [family](const AddressSettings& address) {
    return address.advertise && address.prefix.address().family() == family;
  });
}

}  // namespace failover::config
