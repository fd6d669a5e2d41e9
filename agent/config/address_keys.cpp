#include "agent/config/address_keys.hpp"

#include <net/if.h>

namespace failover::config {
namespace {

constexpr std::string_view accepted_address = "an IPv4 address, as in \"192.0.2.1/24\"";
constexpr std::string_view accepted_source = "an IPv4 address, as in \"192.0.2.1\"";

// The kernel counts seconds in 32 bits, and the highest number means forever.
constexpr DurationRange lifetimes{.shortest = 0s, .longest = 4'294'967'294s, .word = "forever"};

constexpr std::array scopes{Word<netlink::Scope>{"global", netlink::Scope::global},
                            Word<netlink::Scope>{"site", netlink::Scope::site},
                            Word<netlink::Scope>{"link", netlink::Scope::link},
                            Word<netlink::Scope>{"host", netlink::Scope::host}};

// Why nobody can be reached at it; empty when somebody can.
std::string_view unfit(const IpAddress& address) {
  if (address.is_unspecified()) return "the unspecified address";
  if (address.is_loopback()) return "a loopback address";
  if (address.is_multicast()) return "a multicast address";
  if (address.is_broadcast()) return "the broadcast address";
  return {};
}

// An IPv4 host's address; otherwise nothing, and an error.
bool is_usable(const Value& value, std::string_view text, const IpAddress& address) {
  if (address.family() == Family::ipv6) {
    value.reject(in_quotes(text) + " is an IPv6 address; this version supports only IPv4 here");
    return false;
  }
  const auto why = unfit(address);
  if (!why.empty())
    value.reject(in_quotes(text) + " is " + std::string(why) + "; accepted: the address of a host");
  return why.empty();
}

void reject_text(const Value& value, std::string_view text, const ParseError& error,
                 std::string_view accepted) {
  value.reject(in_quotes(text) + ": " + std::string(error.text) +
               "; accepted: " + std::string(accepted));
}

// All bits behind the prefix set, which every host of the subnet takes for all of them. Shorter
// subnets than four addresses have none.
bool is_subnet_broadcast(const Prefix& prefix) {
  if (prefix.length() > 30) return false;
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
    reject_text(value, *text, prefix.error(), accepted_address);
  else if (!is_usable(value, *text, prefix->address()))
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
    address.preferred_lifetime.reset();
    return;
  }
  const auto lifetime = duration_in(value, lifetimes);
  if (!lifetime) return;
  address.preferred_lifetime = std::chrono::duration_cast<std::chrono::seconds>(*lifetime);
  if (*address.preferred_lifetime != *lifetime)
    value.reject(in_quotes(characters(*text)) + " is not a whole number of seconds");
}

constexpr std::array address_keys{
    Key<AddressSettings>{"address", read_prefix},
    Key<AddressSettings>{"advertise", truth<&AddressSettings::advertise>},
    Key<AddressSettings>{"label", name<&AddressSettings::label, IFNAMSIZ - 1>},
    Key<AddressSettings>{"noprefixroute", truth<&AddressSettings::noprefixroute>},
    Key<AddressSettings>{"preferred_lifetime", read_lifetime},
    Key<AddressSettings>{"scope", word<&AddressSettings::scope, scopes>},
};

// The kernel itself takes any label; ifconfig and the address's own interface want this form.
void check_label(const Value& value, const std::string& label, const std::string& interface) {
  if (label.empty() || label == interface || label.starts_with(interface + ":")) return;
  value.reject(in_quotes(label) + " does not belong to the interface; accepted: " +
               in_quotes(interface) + ", or " + in_quotes(interface + ":") + " and more, " +
               std::to_string(IFNAMSIZ - 1) + " bytes at most");
}

void read_address_table(const Value& value, const Table& table, const std::string& interface,
                        AddressSettings& address) {
  read_members(value, address_keys, address);
  if (find(table, "address") == nullptr)
    value.reject("address is missing; accepted: " + std::string(accepted_address));
  if (const Member* const label = find(table, "label"))
    check_label({label->node, KeyPath(value.path, label->name), value.errors}, address.label,
                interface);
}

AddressSettings read_address(const Value& value, const std::string& interface) {
  AddressSettings address{.prefix = *Prefix::from(IpAddress{}, 32)};
  if (const auto* const table = std::get_if<Table>(&value.node.value))
    read_address_table(value, *table, interface, address);
  else if (std::holds_alternative<Secret>(value.node.value))
    read_prefix(value, address);
  else
    value.reject_type("a string or a table", accepted_address);
  return address;
}

}  // namespace

void read_addresses(const Value& value, CarpSettings& router) {
  const auto* const array = array_in(value, "strings like \"192.0.2.1/24\", or tables");
  if (array == nullptr) return;
  if (array->empty()) value.reject("is empty; a router needs at least one address");
  if (array->size() > limits::addresses_per_router) {
    value.reject(std::to_string(array->size()) + " addresses; accepted: at most " +
                 std::to_string(limits::addresses_per_router));
    return;
  }
  router.addresses.reserve(array->size());
  for (const Node& element : *array)
    router.addresses.push_back(read_address(
        {element, KeyPath(value.path, router.addresses.size()), value.errors}, router.interface));
  const auto silent = [](const AddressSettings& address) { return !address.advertise; };
  if (!array->empty() && std::ranges::all_of(router.addresses, silent))
    value.reject("none is advertised; leave advertise = false away for at least one");
}

void read_source(const Value& value, CarpSettings& router) {
  const auto text = text_in(value, accepted_source);
  if (!text) return;
  const auto address = IpAddress::parse(*text);
  if (!address)
    reject_text(value, *text, address.error(), accepted_source);
  else if (is_usable(value, *text, *address))
    router.source = *address;
}

}  // namespace failover::config
