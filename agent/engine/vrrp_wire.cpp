#include <algorithm>

#include "agent/engine/wire.hpp"
#include "protocol/assert.hpp"

namespace failover {

VrrpWire::VrrpWire(Setup setup) : setup_(std::move(setup)) {
  for (const IpAddress& address : setup_.addresses) addresses_[address.family()].push_back(address);
  sorted_ = addresses_;
  std::ranges::sort(sorted_.ipv4);
  std::ranges::sort(sorted_.ipv6);
}

std::size_t VrrpWire::write(const router::Rank& rank, const Outbound& outbound,
                            std::span<std::uint8_t> out) {
  const auto* said = std::get_if<vrrp::Rank>(&rank);
  promise(said != nullptr);
  return vrrp::encode({.version = setup_.version,
                       .vrid = setup_.vrid,
                       .rank = *said,
                       .addresses = addresses_[outbound.source.family()],
                       .checksum = setup_.checksum,
                       .source = outbound.source,
                       .destination = outbound.destination,
                       .password = setup_.password},
                      out);
}

std::optional<Rejection> VrrpWire::misfit(const Datagram& datagram, Delivery delivery) const {
  return vrrp::misfit(
      datagram, setup_.version, vrrp::Trailer::refused,
      delivery == Delivery::unicast ? vrrp::HopLimit::any : vrrp::HopLimit::must_be_255);
}

Result<Heard, Rejection> VrrpWire::read(const Datagram& datagram,
                                        const IpAddress& own_source) const {
  const auto decoded = vrrp::decode(datagram, setup_.version);
  if (!decoded) return failure(decoded.error());
  const vrrp::Advert& advert = decoded->advert;
  if (setup_.version == vrrp::Version::v2) {
    if (!vrrp::password_matches(advert, setup_.password)) return failure(Rejection::authentication);
    // RFC 3768, 7.1: the interval must be ours.
    if (advert.rank.centiseconds != setup_.centiseconds) return failure(Rejection::interval);
  }
  // An own advert says nothing that only we know; but nobody else has our source address.
  if (datagram.source == own_source) return failure(Rejection::own);
  return Heard{.rank = advert.rank, .lists_others = !lists_ours(advert)};
}

// In any order.
bool VrrpWire::lists_ours(const vrrp::Advert& advert) const {
  const auto& ours = sorted_[advert.family];
  if (advert.count() != ours.size()) return false;
  for (std::size_t i = 0; i < advert.count(); ++i)
    if (!std::ranges::binary_search(ours, advert.address(i))) return false;
  return true;
}

}  // namespace failover
