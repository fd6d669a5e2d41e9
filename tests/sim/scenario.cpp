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
    case Dialect::keepalived: return "keepalived";
    case Dialect::frr: return "frr";
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
    case FaultKind::family_cut: return "family-cut";
    case FaultKind::track_down: return "track-down";
  }
  broken_promise();
}

IpAddress own_address(std::size_t node, std::size_t segment, Family family) {
  const auto place = static_cast<std::uint8_t>(segment);
  const auto last = static_cast<std::uint8_t>(node + 1);
  if (family == Family::ipv4) return IpAddress::v4({10, place, 0, last});
  const auto reversed = static_cast<std::uint8_t>(most_nodes - node);
  return IpAddress::v6(
      {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, place, segment == 0 ? reversed : last});
}

MacAddress mac_address(std::size_t node, std::size_t segment, unsigned generation) {
  return MacAddress({2, 0, static_cast<std::uint8_t>(generation), 0,
                     static_cast<std::uint8_t>(segment), static_cast<std::uint8_t>(node + 1)});
}

namespace {

constexpr std::uint8_t first_service = 113;
constexpr std::uint8_t first_number = 10;

Family family_of(const ServicePlan& service, std::size_t number) {
  if (service.has_both_families()) return number % 2 == 0 ? Family::ipv4 : Family::ipv6;
  return service.speaks.ipv4 ? Family::ipv4 : Family::ipv6;
}

}  // namespace

IpAddress failover_ip(const Scenario& scenario, Place place) {
  const ServicePlan& service = scenario.services[place.service];
  const auto third = static_cast<std::uint8_t>(first_service + place.service);
  const auto last = static_cast<std::uint8_t>(first_number + place.number);
  if (family_of(service, place.number) == Family::ipv4) return IpAddress::v4({203, 0, third, last});
  const bool first = place.number == (service.has_both_families() ? 1U : 0U);
  if (first) return IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0, third, last});
  return IpAddress::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, third, last});
}

std::vector<IpAddress> failover_ips(const Scenario& scenario, std::size_t service) {
  std::vector<IpAddress> all;
  for (std::size_t number = 0; number < scenario.services[service].addresses; ++number)
    all.push_back(failover_ip(scenario, {.service = service, .number = number}));
  return all;
}

std::optional<Place> place_of(const Scenario& scenario, const IpAddress& address) {
  const auto bytes = address.bytes();
  const auto third = bytes[bytes.size() - 2];
  const auto last = bytes.back();
  if (third < first_service || last < first_number) return std::nullopt;
  const Place place{.service = third - std::size_t{first_service},
                    .number = last - std::size_t{first_number}};
  const bool exists = place.service < scenario.services.size() &&
                      place.number < scenario.services[place.service].addresses &&
                      failover_ip(scenario, place) == address;
  return exists ? std::optional(place) : std::nullopt;
}

}  // namespace failover::sim
