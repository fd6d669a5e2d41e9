#include "agent/config/interface_keys.hpp"

#include <charconv>
#include <tuple>

#include "agent/config/carp_keys.hpp"
#include "agent/config/names.hpp"
#include "agent/config/router_rules.hpp"
#include "agent/config/vrrp_keys.hpp"

namespace failover::config {
namespace {

constexpr std::array<std::string_view, 2> protocols{"carp", "vrrp"};

template <class Id>
std::optional<Id> parse_id(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (std::to_string(number) != text) return std::nullopt;
  return Id::from(number);
}

// The first of the protocols that the table names; empty when it names none.
std::string_view named_protocol(const Table& table) {
  for (const auto protocol : protocols)
    if (find(table, protocol) != nullptr) return protocol;
  return {};
}

// [interface.eth0.100.carp.5] is a table 100 in eth0. The header that was meant, when one finds a
// protocol by going on where there is only one way.
std::optional<std::string> quoted_header(std::string_view interface, const Member& member) {
  std::string name = std::string(interface) + "." + member.name;
  const auto* table = std::get_if<Table>(&member.node.value);
  while (table != nullptr && named_protocol(*table).empty()) {
    if (table->size() != 1) return std::nullopt;
    name += "." + table->front().name;
    table = std::get_if<Table>(&table->front().node.value);
  }
  if (table == nullptr) return std::nullopt;
  return "[interface." + key_text(name) + "." + std::string(named_protocol(*table)) + "...]";
}

constexpr std::string_view id_pattern = "^([1-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])$";

void describe_interface(const Value& interface) {
  GroupSettings group;
  const auto by_vhid =
      described_member(interface, protocols[0], "CARP routers, by their VHID.", Presence::optional);
  (void)read_carp_router(described_entry(by_vhid, "VHID", id_pattern), {}, carp::Vhid::of<1>(),
                         group);
  const auto by_vrid =
      described_member(interface, protocols[1], "VRRP routers, by their VRID.", Presence::optional);
  (void)read_vrrp_router(described_entry(by_vrid, "VRID", id_pattern), {}, vrrp::Vrid::of<1>(),
                         group);
}

class InterfaceReader {
 public:
  explicit InterfaceReader(const Value& interfaces) : interfaces_(interfaces) {}

  void read(const Member& member) {
    const KeyPath path(interfaces_.path, member.name);
    if (!is_name(member.name, interface_names))
      errors().add(member.place, path.text(), refusal(member.name, interface_names));
    const Value value{member.node, path, errors()};
    const auto* const table = table_in(value);
    if (table == nullptr) return;
    for (const Member& protocol : *table) read_protocol(value, member.name, protocol);
  }

  // The rules for all of them, and the routers in their order.
  [[nodiscard]] std::vector<PlacedRouter> finish() && {
    check_together(interfaces_, routers_);
    std::ranges::sort(routers_, {}, [](const PlacedRouter& router) {
      const RouterSettings& settings = router.settings;
      return std::tuple(std::string_view(settings.interface), settings.protocol.index(),
                        settings.id());
    });
    return std::move(routers_);
  }

 private:
  [[nodiscard]] ErrorList& errors() const { return interfaces_.errors; }

  void read_protocol(const Value& interface, const std::string& name, const Member& protocol) {
    const KeyPath path(interface.path, protocol.name);
    const Value value{protocol.node, path, errors()};
    if (protocol.name == "carp")
      read_routers<carp::Vhid>(value, name, "VHID", read_carp_router);
    else if (protocol.name == "vrrp")
      read_routers<vrrp::Vrid>(value, name, "VRID", read_vrrp_router);
    else if (const auto meant = quoted_header(name, protocol))
      errors().add(protocol.place, path.text(),
                   "unknown key " + in_quotes(protocol.name) +
                       "; a name with dots must be quoted: " + *meant);
    else
      reject_unknown_key(protocol, interface, protocols);
  }

  // All of one protocol on one interface.
  template <class Id>
  void read_routers(const Value& value, const std::string& interface, std::string_view id_name,
                    RouterSettings (*read_router)(const Value&, std::string, Id, GroupSettings&)) {
    const auto* const table = table_in(value);
    if (table == nullptr) return;
    for (const Member& member : *table) {
      const KeyPath path(value.path, member.name);
      const auto id = parse_id<Id>(member.name);
      if (!id)
        errors().add(member.place, path.text(),
                     in_quotes(member.name) + " is no " + std::string(id_name) +
                         "; accepted: 1..255, without leading zeros");
      GroupSettings group;
      auto router = read_router({member.node, path, errors()}, interface,
                                id.value_or(Id::template of<1>()), group);
      if (id)
        routers_.push_back(
            {.settings = std::move(router), .own_group = std::move(group), .node = &member.node});
    }
  }

  const Value& interfaces_;
  std::vector<PlacedRouter> routers_;
};

}  // namespace

std::vector<PlacedRouter> read_interfaces(const Value& value) {
  const auto* const table = table_in(value);
  if (value.describing != nullptr)
    describe_interface(described_entry(value, interface_names.what, interface_names.pattern));
  if (table == nullptr) return {};
  InterfaceReader reader(value);
  for (const Member& member : *table) reader.read(member);
  return std::move(reader).finish();
}

}  // namespace failover::config
