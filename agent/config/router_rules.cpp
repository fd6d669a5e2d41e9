#include "agent/config/router_rules.hpp"

#include <set>
#include <tuple>

#include "agent/config/address_keys.hpp"

namespace failover::config {
namespace {

// Two places that are one thing: the later one is wrong, whatever the names.
struct AddressUse {
  IpAddress address;
  std::string_view link;  // of a link-local one, which is another address on another link
  Place place;
  const PlacedRouter* router;
  std::size_t element;
};

void check_addresses(const Value& interfaces, const std::vector<PlacedRouter>& routers) {
  std::vector<AddressUse> uses;
  for (const PlacedRouter& router : routers)
    for (std::size_t i = 0; i < router.settings.addresses.size(); ++i) {
      const auto& address = router.settings.addresses[i].prefix.address();
      if (!address.is_unspecified())  // the stand-in for one that was refused
        uses.push_back({address,
                        address.is_link_local() ? router.settings.interface : std::string_view{},
                        place_of_address(*router.node, i), &router, i});
    }
  std::ranges::sort(
      uses, {}, [](const AddressUse& use) { return std::tie(use.address, use.link, use.place); });
  for (std::size_t i = 1; i < uses.size(); ++i) {
    const AddressUse& first = uses[i - 1];
    const AddressUse& second = uses[i];
    if (first.address != second.address || first.link != second.link) continue;
    interfaces.errors.add(second.place,
                          router_key(interfaces.path, second.router->settings) + ".addresses[" +
                              std::to_string(second.element) + "]",
                          second.address.text() + " is already an address of " +
                              first.router->settings.name() + " at " +
                              interfaces.errors.place_text(first.place));
  }
}

struct MacUse {
  std::string_view interface;
  std::uint8_t id;
  Place place;
  const RouterSettings* router;
};

// CARP and VRRP make the virtual MAC of the id alone, from one range. Bridges and neighbours know
// nothing of the protocols: they would take two routers for one.
void check_virtual_macs(const Value& interfaces, const std::vector<PlacedRouter>& routers) {
  std::vector<MacUse> uses;
  for (const PlacedRouter& router : routers)
    if (router.settings.mac == MacMode::virtual_mac)
      uses.push_back({router.settings.interface, router.settings.id(),
                      find(std::get<Table>(router.node->value), "mac")->node.place,
                      &router.settings});
  std::ranges::sort(uses, {},
                    [](const MacUse& use) { return std::tie(use.interface, use.id, use.place); });
  for (std::size_t i = 1; i < uses.size(); ++i) {
    const MacUse& first = uses[i - 1];
    const MacUse& second = uses[i];
    if (first.interface != second.interface || first.id != second.id) continue;
    interfaces.errors.add(second.place, router_key(interfaces.path, *second.router) + ".mac",
                          "the virtual MAC of " + std::to_string(second.id) + " is already that " +
                              "of " + first.router->name() + " at " +
                              interfaces.errors.place_text(first.place) +
                              "; use another id, or mac = \"interface\"");
  }
}

}  // namespace

std::string router_key(const KeyPath& interfaces, const RouterSettings& router) {
  const KeyPath interface(interfaces, router.interface);
  const KeyPath protocol(interface,
                         std::holds_alternative<CarpSettings>(router.protocol) ? "carp" : "vrrp");
  const auto id = std::to_string(router.id());
  return KeyPath(protocol, id).text();
}

void check_together(const Value& interfaces, const std::vector<PlacedRouter>& routers) {
  std::set<std::string_view> used;
  for (const PlacedRouter& router : routers) used.insert(router.settings.interface);
  std::ignore = exceeds(interfaces, routers.size(), limits::routers, "routers");
  std::ignore = exceeds(interfaces, used.size(), limits::interfaces, "interfaces");
  check_addresses(interfaces, routers);
  check_virtual_macs(interfaces, routers);
}

}  // namespace failover::config
