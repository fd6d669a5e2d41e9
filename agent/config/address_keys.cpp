#include "agent/config/address_keys.hpp"

#include <net/if.h>

#include "agent/config/host_address.hpp"

namespace failover::config {
namespace {

constexpr std::string_view accepted_address =
    "an address like \"192.0.2.1/24\" or \"2001:db8::1/64\"";

// The kernel counts seconds in 32 bits, and the highest number means forever.
constexpr DurationRange lifetimes{
    .shortest = 0s, .longest = 4'294'967'294s, .step = 1s, .word = "forever"};

constexpr std::array scopes{Word<netlink::Scope>{"global", netlink::Scope::global},
                            Word<netlink::Scope>{"site", netlink::Scope::site},
                            Word<netlink::Scope>{"link", netlink::Scope::link},
                            Word<netlink::Scope>{"host", netlink::Scope::host}};

// All bits behind the prefix set, which every host of the subnet takes for all of them. Shorter
// subnets than four addresses have none, and IPv6 has none at all.
bool is_subnet_broadcast(const Prefix& prefix) {
  if (prefix.address().family() == Family::ipv6 || prefix.length() > 30) return false;
  std::uint32_t address = 0;
  for (const std::uint8_t byte : prefix.address().bytes()) address = address << 8 | byte;
  const std::uint32_t host_bits = 0xffff'ffffU >> prefix.length();
  return (address & host_bits) == host_bits;
}

void read_prefix(const Value& value, AddressSettings& address) {
  const auto text = text_in(value, accepted_address);
  if (!text) return;
  const auto prefix = Prefix::parse(*text);
  if (!prefix)
    reject_address_text(value, *text, prefix.error(), accepted_address);
  else if (!is_host_address(value, *text, prefix->address()))
    return;
  else if (is_subnet_broadcast(*prefix))
    value.reject(in_quotes(*text) +
                 " is the broadcast address of its subnet; accepted: the address of a host");
  else
    address.prefix = *prefix;
}

void read_lifetime(const Value& value, AddressSettings& address) {
  const auto* const text = std::get_if<Secret>(&value.node.value);
  if (text != nullptr && characters(*text) == lifetimes.word) {
    address.preferred_lifetime = forever;
    return;
  }
  const auto lifetime = duration_in(value, lifetimes);
  if (!lifetime) return;
  address.preferred_lifetime = std::chrono::duration_cast<std::chrono::seconds>(*lifetime);
}

constexpr std::array address_keys{
    Key<AddressSettings>{"address", read_prefix, "An address with a prefix length.",
                         Presence::required},
    Key<AddressSettings>{"advertise", truth<&AddressSettings::advertise>,
                         "Whether the address is in the adverts, and so on the other nodes too."},
    Key<AddressSettings>{
        "label", name<&AddressSettings::label, IFNAMSIZ - 1>,
        "The label of an IPv4 address: the interface's name, or that, a colon and more."},
    Key<AddressSettings>{"noprefixroute", truth<&AddressSettings::noprefixroute>,
                         "Do not make a route for the prefix."},
    Key<AddressSettings>{"preferred_lifetime", read_lifetime,
                         "How long the address is preferred as a source."},
    Key<AddressSettings>{"scope", word<&AddressSettings::scope, scopes>,
                         "The scope of an IPv4 address."},
};

// The kernel itself takes any label; ifconfig and the address's own interface want this form.
void check_label(const Value& value, const AddressSettings& address, const std::string& interface) {
  const std::string& label = address.label;
  if (address.prefix.address().family() == Family::ipv6) {
    value.reject("IPv6 addresses have no label; leave it out");
    return;
  }
  if (label.empty() || label == interface || label.starts_with(interface + ":")) return;
  value.reject(in_quotes(label) + " does not belong to the interface; accepted: " +
               in_quotes(interface) + ", or " + in_quotes(interface + ":") + " and more, " +
               std::to_string(IFNAMSIZ - 1) + " bytes at most");
}

void read_address_table(const Value& value, const Table& table, const std::string& interface,
                        AddressSettings& address) {
  read_members(value, Section{address_keys, address});
  if (find(table, "address") == nullptr)
    value.reject("address is missing; accepted: " + std::string(accepted_address));
  read_named(value, "label", [&](const Value& label) { check_label(label, address, interface); });
}

AddressSettings read_address(const Value& value, const std::string& interface) {
  AddressSettings address{.prefix = *Prefix::from(IpAddress{}, 32)};
  if (value.describing != nullptr) {
    read_prefix(value, address);
    read_members(value, Section{address_keys, address});
    return address;
  }
  if (const auto* const table = std::get_if<Table>(&value.node.value))
    read_address_table(value, *table, interface, address);
  else if (std::holds_alternative<Secret>(value.node.value))
    read_prefix(value, address);
  else
    value.reject_type("a string or a table", accepted_address);
  return address;
}

const Array& elements_of(const Node& router) {
  return std::get<Array>(find(std::get<Table>(router.value), "addresses")->node.value);
}

}  // namespace

void read_addresses(const Value& value, RouterSettings& router) {
  const auto* const array = array_in(value, "strings like \"192.0.2.1/24\", or tables");
  if (value.describing != nullptr) (void)read_address(described_element(value), router.interface);
  if (array == nullptr) return;
  if (array->empty()) value.reject("is empty; a router needs at least one address");
  if (exceeds(value, array->size(), limits::addresses_per_router, "addresses")) return;
  router.addresses.reserve(array->size());
  for (const Node& element : *array)
    router.addresses.push_back(read_address(
        {element, KeyPath(value.path, router.addresses.size()), value.errors}, router.interface));
}

bool are_addresses_known(const RouterSettings& router) {
  return !router.addresses.empty() &&
         std::ranges::none_of(router.addresses, [](const AddressSettings& address) {
           return address.prefix.address().is_unspecified();
         });
}

Place place_of_address(const Node& router, std::size_t element) {
  const Node& node = elements_of(router).at(element);
  const auto* const details = std::get_if<Table>(&node.value);
  const Member* const address = details == nullptr ? nullptr : find(*details, "address");
  return address == nullptr ? node.place : address->node.place;
}

}  // namespace failover::config
