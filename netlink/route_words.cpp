#include "netlink/route_words.hpp"

#include <array>

#include "netlink/subnets.hpp"

namespace failover::netlink {
namespace {

constexpr std::string_view accepted_destination =
    "a network like \"203.0.113.0/24\" or \"2001:db8::/32\", a single address, or \"default\"";

struct TypeName {
  RouteType type;
  std::string_view name;
};
constexpr std::array type_names{TypeName{RouteType::blackhole, "blackhole"},
                                TypeName{RouteType::unreachable, "unreachable"},
                                TypeName{RouteType::prohibit, "prohibit"}};

struct ScopeName {
  Scope scope;
  std::string_view name;
};
constexpr std::array scope_names{ScopeName{Scope::global, "global"}, ScopeName{Scope::site, "site"},
                                 ScopeName{Scope::link, "link"}, ScopeName{Scope::host, "host"}};

bool read_address(std::optional<IpAddress>& into, std::string_view value) {
  const auto address = IpAddress::parse(value);
  if (address) into = *address;
  return address.has_value();
}

bool read_gateway(WantedRoute& route, std::string_view value) {
  return read_address(route.gateway, value) && !route.gateway->is_unspecified() &&
         !route.gateway->is_multicast();
}
bool read_source(WantedRoute& route, std::string_view value) {
  return read_address(route.preferred_source, value);
}
bool read_device(WantedRoute& route, std::string_view value) {
  route.interface = value;
  return is_interface_name(value);
}
bool read_table(WantedRoute& route, std::string_view value) {
  const auto table = table_in(value);
  route.table = table.value_or(main_table);
  return table.has_value();
}
bool read_metric(WantedRoute& route, std::string_view value) {
  const auto metric = number_in(value);
  route.metric = metric.value_or(0);
  return metric.has_value();
}
bool read_scope(WantedRoute& route, std::string_view value) {
  const auto* const found = std::ranges::find(scope_names, value, &ScopeName::name);
  if (found == scope_names.end()) return false;
  route.scope = found->scope;
  return true;
}
bool read_onlink(WantedRoute& route, std::string_view) { return route.onlink = true; }

using RouteWord = Keyword<WantedRoute>;
using enum RouteWord::Takes;
constexpr std::string_view metrics = "0..4294967295";
constexpr std::array route_keywords{
    RouteWord{"via", "gateway", value, read_gateway, "a gateway's address like \"192.0.2.1\""},
    RouteWord{"dev", "interface", value, read_device, "an interface's name, 15 bytes at most"},
    RouteWord{"table", "table", value, read_table, accepted_tables},
    RouteWord{"metric", "metric", value, read_metric, metrics},
    RouteWord{"priority", "metric", value, read_metric, metrics},
    RouteWord{"preference", "metric", value, read_metric, metrics},
    RouteWord{"src", "source", value, read_source, "an address of this host"},
    RouteWord{"scope", "scope", value, read_scope, "global, site, link, host"},
    RouteWord{"onlink", "onlink", nothing, read_onlink},
};

Prefix default_of(Family family) {
  const IpAddress any = family == Family::ipv4 ? IpAddress() : IpAddress::v6({});
  return Prefix::from(any, 0).value();
}

RouteType take_type(Words& words) {
  for (const TypeName& type : type_names)
    if (words.take_if(type.name)) return type.type;
  static_cast<void>(words.take_if("unicast"));
  return RouteType::unicast;
}

std::optional<WordError> read_destination(Words& words, WantedRoute& route) {
  if (words.at_end())
    return WordError{"a route needs a destination; accepted: " + std::string(accepted_destination)};
  const std::string_view word = words.take();
  if (word == "default") return std::nullopt;
  const auto prefix = Prefix::parse(word);
  if (!prefix)
    return WordError{in_quotes(word) + " is no destination: " + std::string(prefix.error().text) +
                     "; accepted: " + std::string(accepted_destination)};
  if (network_of(*prefix) != *prefix)
    return WordError{in_quotes(word) +
                     " has bits set beyond its prefix length; accepted: its network, " +
                     in_quotes(network_of(*prefix).text())};
  route.destination = *prefix;
  return std::nullopt;
}

// "default" is of the family that the other words are of.
void settle_family(WantedRoute& route) {
  const auto& told = route.gateway ? route.gateway : route.preferred_source;
  if (told) route.destination = default_of(told->family());
}

// What each word accepts, and the route does not.
std::optional<WordError> fault_of(const WantedRoute& route) {
  const Family family = route.destination.address().family();
  for (const auto& address : {route.gateway, route.preferred_source})
    if (address && address->family() != family)
      return WordError{in_quotes(address->text()) + " is not of the family of the destination " +
                       route.destination.text() + "; accepted: one of the same family"};
  const bool goes_somewhere = route.gateway || !route.interface.empty();
  if (route.type != RouteType::unicast && (goes_somewhere || route.onlink))
    return WordError{
        "a route that goes nowhere has no via, dev or onlink; accepted: a destination, table, "
        "metric"};
  if (route.type == RouteType::unicast && !goes_somewhere)
    return WordError{"the route has neither via nor dev; accepted: one of them, or both"};
  if (route.gateway && route.gateway->is_link_local() && route.interface.empty())
    return WordError{in_quotes(route.gateway->text()) +
                     " is on every link; accepted: with dev and the interface that is meant"};
  if (route.onlink && (!route.gateway || route.interface.empty()))
    return WordError{"onlink says that the gateway is on the link; accepted: with via and dev"};
  if (route.scope && family == Family::ipv6)
    return WordError{"routes of IPv6 have no scope; leave it out"};
  return std::nullopt;
}

std::string_view name_of(RouteType type) {
  const auto* const found = std::ranges::find(type_names, type, &TypeName::type);
  return found == type_names.end() ? std::string_view() : found->name;
}

}  // namespace

Result<WantedRoute, WordError> parse_route(std::string_view text) {
  Words words(text);
  const auto family = take_family(words);
  WantedRoute route{.type = take_type(words),
                    .destination = default_of(family.value_or(Family::ipv4))};
  const bool is_default = !words.at_end() && words.peek() == "default";
  if (auto error = read_destination(words, route)) return failure(std::move(*error));
  if (auto error = read_words<WantedRoute>(words, route_keywords, route))
    return failure(std::move(*error));
  if (is_default && !family) settle_family(route);
  if (auto error = fault_of(route)) return failure(std::move(*error));
  return route;
}

std::string text(const WantedRoute& route) {
  std::string words(name_of(route.type));
  if (!words.empty()) words += ' ';
  const bool tells_family = route.gateway || route.preferred_source;
  const bool is_default = route.destination.length() == 0 &&
                          (tells_family || route.destination.address().family() == Family::ipv4);
  words += is_default ? "default" : route.destination.text();
  if (route.gateway) words += " via " + route.gateway->text();
  if (!route.interface.empty()) words += " dev " + route.interface;
  if (route.table != main_table) words += " table " + table_text(route.table);
  if (route.metric != 0) words += " metric " + std::to_string(route.metric);
  if (route.preferred_source) words += " src " + route.preferred_source->text();
  const auto* const scope = std::ranges::find_if(
      scope_names, [&](const ScopeName& each) { return route.scope == each.scope; });
  if (scope != scope_names.end()) words += " scope " + std::string(scope->name);
  if (route.onlink) words += " onlink";
  return words;
}

}  // namespace failover::netlink
