#include "agent/config/interface_keys.hpp"

#include <net/if.h>

#include <charconv>
#include <tuple>

#include "agent/config/router_keys.hpp"

namespace failover::config {
namespace {

constexpr std::array<std::string_view, 1> protocols{"carp"};

// A router with where it stands, for the rules that need more than one.
struct PlacedRouter {
  CarpSettings settings;
  std::vector<Place> address_places;  // as long as settings.addresses
};

// The kernel's dev_valid_name(), and no control characters, which nobody could type.
bool is_interface_name(std::string_view name) {
  if (name.empty() || name.size() >= IFNAMSIZ || name == "." || name == "..") return false;
  return std::ranges::none_of(name, [](char letter) {
    return (letter >= 0 && letter <= ' ') || letter == 0x7f || letter == '/' || letter == ':';
  });
}

std::optional<carp::Vhid> parse_vhid(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (std::to_string(number) != text) return std::nullopt;
  return carp::Vhid::from(number);
}

bool names_protocol(const Table& table) {
  return find(table, "carp") != nullptr || find(table, "vrrp") != nullptr;
}

// [interface.eth0.100.carp.5] is a table 100 in eth0. The name that was meant, when one finds a
// protocol by going on where there is only one way.
std::optional<std::string> unquoted_name(std::string_view interface, const Member& member) {
  std::string name = std::string(interface) + "." + member.name;
  const auto* table = std::get_if<Table>(&member.node.value);
  while (table != nullptr && !names_protocol(*table)) {
    if (table->size() != 1) return std::nullopt;
    name += "." + table->front().name;
    table = std::get_if<Table>(&table->front().node.value);
  }
  if (table == nullptr) return std::nullopt;
  return name;
}

std::vector<Place> places_of_addresses(const Node& router) {
  std::vector<Place> places;
  const auto* const table = std::get_if<Table>(&router.value);
  const auto* const member = table == nullptr ? nullptr : find(*table, "addresses");
  const auto* const array = member == nullptr ? nullptr : std::get_if<Array>(&member->node.value);
  if (array == nullptr) return places;
  places.reserve(array->size());
  for (const Node& element : *array) {
    const auto* const details = std::get_if<Table>(&element.value);
    const auto* const address = details == nullptr ? nullptr : find(*details, "address");
    places.push_back(address == nullptr ? element.place : address->node.place);
  }
  return places;
}

class InterfaceReader {
 public:
  explicit InterfaceReader(const Value& interfaces) : interfaces_(interfaces) {}

  void read(const Member& member) {
    const KeyPath path(interfaces_.path, member.name);
    if (!is_interface_name(member.name))
      errors().add(member.place, path.text(),
                   in_quotes(member.name) + " is no interface name; accepted: 1.." +
                       std::to_string(IFNAMSIZ - 1) +
                       " bytes without '/', ':' and white space, not \".\" or \"..\"");
    const Value value{member.node, path, errors()};
    const auto* const table = table_in(value);
    if (table == nullptr) return;
    const auto before = routers_.size();
    for (const Member& protocol : *table) read_protocol(value, member.name, protocol);
    if (routers_.size() > before) ++interfaces_used_;
  }

  // The rules for all of them, and the routers in their order.
  [[nodiscard]] std::vector<CarpSettings> finish() && {
    check_count("routers", routers_.size(), limits::routers);
    check_count("interfaces", interfaces_used_, limits::interfaces);
    check_addresses();
    std::ranges::sort(routers_, {}, [](const PlacedRouter& router) {
      return std::tie(router.settings.interface, router.settings.vhid);
    });
    std::vector<CarpSettings> settings;
    settings.reserve(routers_.size());
    for (PlacedRouter& router : routers_) settings.push_back(std::move(router.settings));
    return settings;
  }

 private:
  [[nodiscard]] ErrorList& errors() const { return interfaces_.errors; }

  void read_protocol(const Value& interface, const std::string& name, const Member& protocol) {
    const KeyPath path(interface.path, protocol.name);
    if (protocol.name == "carp")
      read_carp({protocol.node, path, errors()}, name);
    else if (protocol.name == "vrrp")
      errors().add(protocol.place, path.text(), "this version speaks CARP only; accepted: carp");
    else if (const auto meant = unquoted_name(name, protocol))
      errors().add(protocol.place, path.text(),
                   "unknown key " + in_quotes(protocol.name) +
                       "; a name with dots must be quoted: [interface." + key_text(*meant) +
                       ".carp...]");
    else
      reject_unknown_key(protocol, interface, protocols);
  }

  void read_carp(const Value& value, const std::string& interface) {
    const auto* const table = table_in(value);
    if (table == nullptr) return;
    for (const Member& member : *table) {
      const KeyPath path(value.path, member.name);
      const auto vhid = parse_vhid(member.name);
      if (!vhid)
        errors().add(
            member.place, path.text(),
            in_quotes(member.name) + " is no VHID; accepted: 1..255, without leading zeros");
      auto router =
          read_router({member.node, path, errors()}, interface, vhid.value_or(carp::Vhid::of<1>()));
      if (vhid) routers_.push_back({std::move(router), places_of_addresses(member.node)});
    }
  }

  void check_count(std::string_view what, std::size_t count, std::size_t most) const {
    if (count > most)
      interfaces_.reject(std::to_string(count) + " " + std::string(what) + "; accepted: at most " +
                         std::to_string(most));
  }

  // An address in two places is wrong in the later one.
  void check_addresses() const {
    struct Use {
      IpAddress address;
      Place place;
      const CarpSettings* router;
      std::size_t element;
    };
    std::vector<Use> uses;
    for (const PlacedRouter& router : routers_)
      for (std::size_t i = 0; i < router.settings.addresses.size(); ++i) {
        const auto& address = router.settings.addresses[i].prefix.address();
        if (!address.is_unspecified())  // the stand-in for one that was refused
          uses.push_back({address, router.address_places[i], &router.settings, i});
      }
    std::ranges::sort(uses, {}, [](const Use& use) { return std::tie(use.address, use.place); });
    for (std::size_t i = 1; i < uses.size(); ++i) {
      const Use& first = uses[i - 1];
      const Use& second = uses[i];
      if (first.address != second.address) continue;
      const auto vhid = std::to_string(second.router->vhid.value());
      const KeyPath interface(interfaces_.path, second.router->interface);
      const KeyPath carp(interface, "carp");
      const KeyPath router(carp, vhid);
      const KeyPath addresses(router, "addresses");
      errors().add(second.place, KeyPath(addresses, second.element).text(),
                   second.address.text() + " is already an address of " + first.router->name() +
                       " at " + errors().place_text(first.place));
    }
  }

  const Value& interfaces_;
  std::vector<PlacedRouter> routers_;
  std::size_t interfaces_used_ = 0;
};

}  // namespace

std::vector<CarpSettings> read_interfaces(const Value& value) {
  const auto* const table = table_in(value);
  if (table == nullptr) return {};
  InterfaceReader reader(value);
  for (const Member& member : *table) reader.read(member);
  return std::move(reader).finish();
}

}  // namespace failover::config
