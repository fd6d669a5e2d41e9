#include "tests/sim/scenario.hpp"

#include <algorithm>

#include "protocol/assert.hpp"

namespace failover::sim {

std::string_view name(Dialect dialect) {
  switch (dialect) {
    case Dialect::ours: return "ours";
    case Dialect::ucarp: return "ucarp";
    case Dialect::freebsd: return "freebsd";
    case Dialect::openbsd: return "openbsd";
  }
  broken_promise();
}

std::string_view name(FaultKind kind) {
  switch (kind) {
    case FaultKind::loss: return "loss";
    case FaultKind::duplication: return "duplication";
    case FaultKind::delay: return "delay";
    case FaultKind::partition: return "partition";
    case FaultKind::one_way: return "one-way";
    case FaultKind::crash: return "crash";
    case FaultKind::reboot: return "reboot";
    case FaultKind::pause: return "pause";
    case FaultKind::clock_step: return "clock-step";
    case FaultKind::slow_kernel: return "slow-kernel";
    case FaultKind::refused_requests: return "refused-requests";
    case FaultKind::lost_notifications: return "lost-notifications";
    case FaultKind::address_removed: return "address-removed";
    case FaultKind::foreign_address: return "foreign-address";
    case FaultKind::link_down: return "link-down";
    case FaultKind::carrier_lost: return "carrier-lost";
    case FaultKind::renamed: return "renamed";
    case FaultKind::new_mac: return "new-mac";
    case FaultKind::send_errors: return "send-errors";
    case FaultKind::switchover: return "switchover";
    case FaultKind::release: return "release";
    case FaultKind::announce: return "announce";
    case FaultKind::stop: return "stop";
    case FaultKind::reload: return "reload";
    case FaultKind::remove_router: return "remove-router";
  }
  broken_promise();
}

IpAddress own_address(std::size_t node, std::size_t segment) {
  return IpAddress::v4(
      {10, static_cast<std::uint8_t>(segment), 0, static_cast<std::uint8_t>(node + 1)});
}

MacAddress mac_address(std::size_t node, std::size_t segment, unsigned generation) {
  return MacAddress({2, 0, static_cast<std::uint8_t>(generation), 0,
                     static_cast<std::uint8_t>(segment), static_cast<std::uint8_t>(node + 1)});
}

IpAddress failover_ip(std::size_t service, std::size_t number) {
  return IpAddress::v4(
      {203, 0, static_cast<std::uint8_t>(113 + service), static_cast<std::uint8_t>(10 + number)});
}

std::optional<Place> place_of(const Scenario& scenario, const IpAddress& address) {
  const auto bytes = address.bytes();
  if (bytes.size() != 4 || bytes[0] != 203 || bytes[2] < 113 || bytes[3] < 10) return std::nullopt;
  const Place place{.service = bytes[2] - std::size_t{113}, .number = bytes[3] - std::size_t{10}};
  const bool exists = place.service < scenario.services.size() &&
                      place.number < scenario.services[place.service].addresses;
  return exists ? std::optional(place) : std::nullopt;
}

}  // namespace failover::sim
