#pragma once
// Short ways to write addresses in tests, and to read them in failures.

#include <ostream>
#include <string_view>

#include "netlink/kernel.hpp"
#include "netlink/route_words.hpp"

namespace failover {

inline std::ostream& operator<<(std::ostream& out, const IpAddress& address) {
  return out << address.text();
}
inline std::ostream& operator<<(std::ostream& out, const Prefix& prefix) {
  return out << prefix.text();
}

namespace netlink {

inline Prefix prefix(std::string_view text) { return Prefix::parse(text).value(); }
inline IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }

inline std::ostream& operator<<(std::ostream& out, const Address& address) {
  out << address.prefix << " dev " << address.interface << " label '" << address.label << "' scope "
      << static_cast<int>(address.scope);
  if (address.mark) out << " mark " << static_cast<int>(*address.mark);
  if (address.secondary) out << " secondary";
  if (address.tentative) out << " tentative";
  if (address.noprefixroute) out << " noprefixroute";
  return out;
}

inline std::ostream& operator<<(std::ostream& out, const WantedRoute& route) {
  return out << text(route);
}
inline std::ostream& operator<<(std::ostream& out, const Rule& rule) { return out << text(rule); }
inline std::ostream& operator<<(std::ostream& out, const Route& route) {
  out << text(route.key) << " type " << static_cast<int>(route.type) << " protocol "
      << static_cast<int>(route.protocol) << " scope " << static_cast<int>(route.scope);
  for (const Hop& hop : route.hops)
    out << " via " << (hop.gateway ? hop.gateway->text() : "-") << " dev " << hop.interface;
  if (route.preferred_source) out << " src " << *route.preferred_source;
  return out << (route.onlink ? " onlink" : "");
}

inline std::ostream& operator<<(std::ostream& out, const KernelError& error) {
  return out << error.text();
}

inline std::ostream& operator<<(std::ostream& out, const Step& step) {
  if (const auto* add = std::get_if<AddAddress>(&step)) return out << "add " << add->address.prefix;
  if (const auto* replace = std::get_if<ReplaceAddress>(&step))
    return out << "replace " << replace->address.prefix;
  if (const auto* remove = std::get_if<RemoveAddress>(&step))
    return out << "remove " << remove->prefix;
  if (const auto* macvlan = std::get_if<AddMacvlan>(&step))
    return out << "add macvlan " << macvlan->name << " on " << macvlan->parent;
  if (const auto* mac = std::get_if<SetMac>(&step)) return out << "mac " << mac->mac.text();
  if (const auto* link = std::get_if<SetLink>(&step))
    return out << "set link "
               << link->interface << (link->state == LinkState::up ? " up" : " down");
  if (const auto* link = std::get_if<RemoveLink>(&step))
    return out << "remove link " << link->interface;
  if (const auto* setting = std::get_if<SetSetting>(&step))
    return out << "set " << setting->path << " to " << setting->value;
  if (const auto* add = std::get_if<AddRoute>(&step))
    return out << "add " << text(add->route) << " on " << add->interface;
  if (const auto* remove = std::get_if<RemoveRoute>(&step))
    return out << "remove " << text(remove->key);
  if (const auto* add = std::get_if<AddRule>(&step)) return out << "add " << text(add->rule);
  if (const auto* remove = std::get_if<RemoveRule>(&step))
    return out << "remove " << text(remove->rule);
  if (const auto* silence = std::get_if<SetProtoDown>(&step))
    return out << "protodown "
               << silence->interface << (silence->state == ProtoDown::on ? " on" : " off");
  if (const auto* drop = std::get_if<DropPackets>(&step))
    return out << "drop packets for " << drop->to.size();
  return out << "keep secondaries";
}

}  // namespace netlink
}  // namespace failover
