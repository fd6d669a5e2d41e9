#include "netlink/subnets.hpp"

#include <algorithm>
#include <array>

namespace failover::netlink {
namespace {

Prefix network_of(const IpAddress& address, std::uint8_t length) {
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(address.bytes(), bytes.begin());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int kept = std::clamp(length - 8 * static_cast<int>(i), 0, 8);
    bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xff00U >> kept));
  }
  // A length that came out of a prefix of the same family fits.
  return Prefix::from(IpAddress::from_bytes(address.family(), bytes), length).value();
}

}  // namespace

Prefix network_of(const Prefix& prefix) { return network_of(prefix.address(), prefix.length()); }

void Subnets::insert(const Prefix& prefix) {
  networks_.insert(network_of(prefix));
  lengths_.emplace(prefix.address().family(), prefix.length());
}

bool Subnets::cover(const IpAddress& address) const {
  return std::ranges::any_of(lengths_, [&](const auto& of) {
    return of.first == address.family() && networks_.contains(network_of(address, of.second));
  });
}

}  // namespace failover::netlink
