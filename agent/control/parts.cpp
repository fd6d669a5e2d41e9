#include "agent/control/parts.hpp"

#include <algorithm>

#include "agent/wire/configured.hpp"
#include "netlink/route_words.hpp"

namespace failover::control {
namespace {

// 00:00:5e:00:01:ID for CARP and for VRRP over IPv4, 00:00:5e:00:02:ID for VRRP over IPv6 (RFC
// 9568, section 7.3).
PerFamily<std::optional<MacAddress>> virtual_macs(const config::RouterSettings& settings) {
  if (settings.mac == config::MacMode::interface) return {};
  const auto made = [&](std::uint8_t kind) {
    return MacAddress({0x00, 0x00, 0x5e, 0x00, kind, settings.id()});
  };
  const bool vrrp = std::holds_alternative<config::VrrpSettings>(settings.protocol);
  return {.ipv4 = made(1), .ipv6 = made(vrrp ? 2 : 1)};
}

std::uint8_t least_ttl(const config::RouterSettings& settings) {
  if (settings.peers.empty()) return unrouted_ttl;
  return static_cast<std::uint8_t>(unrouted_ttl - settings.max_hops.value());
}

}  // namespace

std::unique_ptr<EngineRouter> engine_part(const RouterEntry& entry) {
  const config::RouterSettings& settings = entry.settings;
  std::vector<IpAddress> all;
  for (const config::AddressSettings& address : settings.addresses)
    all.push_back(address.prefix.address());
  PerFamily<std::optional<IpAddress>> sources;
  for (const IpAddress& source : settings.sources) sources[source.family()] = source;
  return std::make_unique<EngineRouter>(EngineRouter{.id = entry.id,
                                                     .slot = entry.slot,
                                                     .group = entry.group,
                                                     .number = settings.id(),
                                                     .settings = router_settings(settings),
                                                     .wire = wire_of(settings),
                                                     .addresses = std::move(all),
                                                     .sources = sources,
                                                     .peers = settings.peers,
                                                     .least_ttl = least_ttl(settings),
                                                     .virtual_macs = virtual_macs(settings),
                                                     .status = entry.status.get()});
}

namespace {

// An IPv6 failover IP is deprecated from the beginning, so that nothing that the host sends by
// itself leaves from it, unless a preferred lifetime asks for that.
std::optional<std::chrono::seconds> preferred_lifetime(const config::AddressSettings& address) {
  const bool ipv6 = address.prefix.address().family() == Family::ipv6;
  if (ipv6 && !address.preferred_lifetime) return std::chrono::seconds(0);
  if (address.preferred_lifetime == config::forever) return std::nullopt;
  return address.preferred_lifetime;
}

std::size_t longest_advert(const config::RouterSettings& settings) {
  if (!std::holds_alternative<config::VrrpSettings>(settings.protocol)) return carp::advert_bytes;
  PerFamily<std::size_t> counts;
  for (const IpAddress& address : advertised_by(settings)) ++counts[address.family()];
  std::size_t longest = 0;
  for (const Family family : families)
    for (const auto version : {vrrp::Version::v2, vrrp::Version::v3})
      longest = std::max(longest, vrrp::advert_bytes(version, family, counts[family]));
  return longest + vrrp::trailer_bytes;
}

bool accepts(const config::RouterSettings& settings) {
  const auto* vrrp = std::get_if<config::VrrpSettings>(&settings.protocol);
  return vrrp == nullptr || vrrp->accept;
}

}  // namespace

KernelRouter kernel_part(const RouterEntry& entry) {
  KernelRouter part{.id = entry.id,
                    .slot = entry.slot,
                    .name = entry.settings.name(),
                    .addresses = {},
                    .longest_advert = longest_advert(entry.settings),
                    .protocol = router::protocol_of(election_of(entry.settings)),
                    .number = entry.settings.id(),
                    .virtual_macs = virtual_macs(entry.settings),
                    .accepts = accepts(entry.settings)};
  for (const config::AddressSettings& address : entry.settings.addresses)
    part.addresses.push_back({.prefix = address.prefix,
                              .label = address.label,
                              .scope = address.scope,
                              .preferred_lifetime = preferred_lifetime(address),
                              .noprefixroute = address.noprefixroute});
  return part;
}

std::unique_ptr<EngineGroup> engine_part(const GroupEntry& entry,
                                         const group::Overrides& in_force) {
  const bool is_cold = entry.settings.mode == config::GroupMode::cold;
  const bool has_routes = !entry.settings.routes.empty() || !entry.settings.rules.empty();
  auto part = std::make_unique<EngineGroup>(
      EngineGroup{.id = entry.id,
                  .settings = group_settings(entry.settings),
                  .claiming = is_cold ? Claiming::after_services : Claiming::at_once,
                  .routes = has_routes ? Routes::some : Routes::none,
                  .status = entry.status.get(),
                  .tracks = {},
                  .overrides = in_force});
  for (const config::TrackSettings& track : entry.settings.tracks)
    part->tracks.push_back(entry.tracks.at(track.name).get());
  return part;
}

netlink::WantedRoutes wanted_routes(const config::GroupSettings& group) {
  netlink::WantedRoutes wanted;
  for (const std::string& words : group.routes)
    wanted.routes.push_back(netlink::parse_route(words).value());
  for (const std::string& words : group.rules)
    wanted.rules.push_back(netlink::parse_rule(words).value());
  return wanted;
}

namespace {

// Nothing for what is asked, not told.
struct WatchOf {
  std::optional<Watch> operator()(const config::LinkTrack& link) const {
    return LinkWatch{link.interface};
  }
  std::optional<Watch> operator()(const config::AddressTrack& address) const {
    return AddressWatch{.address = address.address, .interface = address.interface};
  }
  std::optional<Watch> operator()(const config::RouteTrack& route) const {
    return RouteWatch{.destination = route.destination,
                      .gateway = route.gateway,
                      .interface = route.interface,
                      .table = route.table};
  }
  template <class Asked>
  std::optional<Watch> operator()(const Asked&) const {
    return std::nullopt;
  }
};

}  // namespace

KernelGroup kernel_part(const GroupEntry& entry) {
  KernelGroup part{
      .id = entry.id, .name = entry.settings.name, .wanted = wanted_routes(entry.settings)};
  for (const config::TrackSettings& track : entry.settings.tracks)
    if (auto watch = std::visit(WatchOf{}, track.what))
      part.watched.push_back({group::track_number(track.name), std::move(*watch)});
  return part;
}

}  // namespace failover::control
