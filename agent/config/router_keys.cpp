#include "agent/config/router_keys.hpp"

#include "agent/config/address_keys.hpp"
#include "agent/config/host_address.hpp"
#include "agent/config/names.hpp"

namespace failover::config {
namespace {

constexpr DurationRange handover_timeouts{.shortest = limits::handover_timeout_shortest,
                                          .longest = limits::handover_timeout_longest};

constexpr std::array mac_modes{Word<MacMode>{"interface", MacMode::interface},
                               Word<MacMode>{"virtual", MacMode::virtual_mac}};

bool has_any(const RouterSettings& router, Family family) {
  return std::ranges::any_of(router.addresses, [family](const AddressSettings& address) {
    return address.prefix.address().family() == family;
  });
}

bool holds(const RouterSettings& router, const IpAddress& wanted) {
  return std::ranges::any_of(router.addresses, [&](const AddressSettings& address) {
    return address.prefix.address() == wanted;
  });
}

bool names_family(const std::vector<IpAddress>& addresses, Family family) {
  return std::ranges::find(addresses, family, &IpAddress::family) != addresses.end();
}

// A source or a peer of a family that the router does not speak would never be used.
bool is_family_spoken(const Value& value, const RouterSettings& router, const IpAddress& address) {
  const auto family = address.family();
  if (!are_addresses_known(router) || has_any(router, family)) return true;
  const std::string name(family_name(family));
  value.reject(address.text() + " is an " + name + " address, but no address of the router is; " +
               "leave it out, or add " + name + " addresses");
  return false;
}

void read_one_source(const Value& value, RouterSettings& router) {
  const auto address = host_address_in(value);
  if (!address || !is_family_spoken(value, router, *address)) return;
  if (names_family(router.sources, address->family()))
    value.reject(address->text() + " is a second source of its family; accepted: one " +
                 "IPv4 and one IPv6 address");
  else
    router.sources.push_back(*address);
}

// An address, or an array of them.
void read_source(const Value& value, RouterSettings& router) {
  if (value.describing != nullptr) read_one_source(described_element(value), router);
  const auto* const array = std::get_if<Array>(&value.node.value);
  if (array == nullptr) {
    read_one_source(value, router);
    return;
  }
  if (array->empty()) value.reject("is empty; leave it out for the interface's own addresses");
  for (std::size_t i = 0; i < array->size(); ++i)
    read_one_source({(*array)[i], KeyPath(value.path, i), value.errors}, router);
}

void read_peer(const Value& value, RouterSettings& router) {
  const auto address = host_address_in(value);
  if (!address || !is_family_spoken(value, router, *address)) return;
  if (holds(router, *address))
    value.reject(address->text() + " is one of the router's own addresses; accepted: an address " +
                 "that stays with the peer");
  else if (std::ranges::find(router.peers, *address) != router.peers.end())
    value.reject(address->text() + " is named twice");
  else
    router.peers.push_back(*address);
}

// With unicast there is no multicast: a family without a peer would be heard by nobody.
void require_peers(const Value& value, const RouterSettings& router) {
  if (!are_addresses_known(router)) return;
  for (const Family family : families)
    if (has_any(router, family) && !names_family(router.peers, family))
      value.reject("no " + std::string(family_name(family)) +
                   " address, but the router has some; add one of each peer");
}

void read_peers(const Value& value, RouterSettings& router) {
  const auto* const array = array_in(value, "strings like \"192.0.2.1\"");
  if (value.describing != nullptr) read_peer(described_element(value), router);
  if (array == nullptr) return;
  if (array->empty()) {
    value.reject("is empty; leave it out for multicast");
    return;
  }
  if (exceeds(value, array->size(), limits::unicast_peers, "peers")) return;
  for (std::size_t i = 0; i < array->size(); ++i)
    read_peer({(*array)[i], KeyPath(value.path, i), value.errors}, router);
  // What was refused might have been the missing one.
  if (router.peers.size() == array->size()) require_peers(value, router);
  if (router.mac == MacMode::virtual_mac)
    value.reject(
        "unicast adverts leave with the interface's own MAC; leave peers out, or "
        "mac = \"virtual\"");
}

void require_advertised(const Value& value, const RouterSettings& router) {
  if (!are_addresses_known(router)) return;
  for (const Family family : families)
    if (has_any(router, family) && !router.has(family))
      value.reject("no " + std::string(family_name(family)) +
                   " address is advertised; leave advertise = false away for at least one");
}

constexpr std::array keys{
    Key<RouterSettings>{"addresses", read_addresses, "The failover IPs, the same on all nodes.",
                        Presence::required},
    Key<RouterSettings>{
        "group", named<&RouterSettings::group, group_names>,
        "The group that the router moves with; by default it is a group of its own."},
    Key<RouterSettings>{"handover_timeout",
                        duration<&RouterSettings::handover_timeout, handover_timeouts>,
                        "The longest that a hand-over waits for a peer to claim."},
    Key<RouterSettings>{"mac", word<&RouterSettings::mac, mac_modes>,
                        "What neighbours know the failover IPs by."},
    Key<RouterSettings>{"max_hops", number<&RouterSettings::max_hops>,
                        "How many routers a unicast advert may have passed."},
    Key<RouterSettings>{"peers", read_apart<read_peers>,
                        "The other nodes, when adverts go by unicast."},
    Key<RouterSettings>{"source", read_apart<read_source>,
                        "The source address of the adverts, one of each family."},
};

}  // namespace

std::span<const Key<RouterSettings>> router_keys() { return keys; }

void finish_router(const Value& value, RouterSettings& router) {
  const auto* const table = std::get_if<Table>(&value.node.value);
  if (table == nullptr) return;
  if (find(*table, "addresses") == nullptr)
    value.reject("addresses is missing; a router needs at least one address");
  read_named(value, "addresses",
             [&](const Value& addresses) { require_advertised(addresses, router); });
  read_named(value, "source", [&](const Value& source) { read_source(source, router); });
  read_named(value, "peers", [&](const Value& peers) { read_peers(peers, router); });
  if (find(*table, "peers") == nullptr)
    read_named(value, "max_hops", [](const Value& max_hops) {
      max_hops.reject(
          "is for unicast, and there are no peers; leave it out: multicast is never "
          "routed");
    });
}

}  // namespace failover::config
