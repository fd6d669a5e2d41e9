#include "netlink/rtnetlink_routes.hpp"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "netlink/message_attributes.hpp"
#include "netlink/rtnetlink_messages.hpp"

namespace failover::netlink {
namespace {

std::uint8_t number_of(Family family) { return family == Family::ipv4 ? AF_INET : AF_INET6; }

std::optional<Family> family_of(std::uint8_t number) {
  if (number == AF_INET) return Family::ipv4;
  if (number == AF_INET6) return Family::ipv6;
  return std::nullopt;
}

// ---- writing ----

struct TypeNumber {
  RouteType type;
  std::uint8_t number;
};
constexpr std::array type_numbers{TypeNumber{RouteType::unicast, RTN_UNICAST},
                                  TypeNumber{RouteType::blackhole, RTN_BLACKHOLE},
                                  TypeNumber{RouteType::unreachable, RTN_UNREACHABLE},
                                  TypeNumber{RouteType::prohibit, RTN_PROHIBIT}};

struct ActionNumber {
  RuleAction action;
  std::uint8_t number;
};
constexpr std::array action_numbers{ActionNumber{RuleAction::lookup, FR_ACT_TO_TBL},
                                    ActionNumber{RuleAction::blackhole, FR_ACT_BLACKHOLE},
                                    ActionNumber{RuleAction::unreachable, FR_ACT_UNREACHABLE},
                                    ActionNumber{RuleAction::prohibit, FR_ACT_PROHIBIT}};

Refusal ask(NetlinkSocket& socket, std::uint32_t sequence, const MessageBuilder& message) {
  Bytes request;
  message.append_to(request);
  Refusal refusal;
  const int error = socket.exchange({request, sequence, sequence}, [&](nlmsghdr& told) {
    if (auto answer = parse_answer(told)) refusal = {answer->error, std::move(answer->hint)};
  });
  if (error != 0) return {error, "the request could not be handed over"};
  return refusal;
}

// What `ip route` takes as well: without a gateway the destination is on the link.
std::uint8_t scope_of(const WantedRoute& route) {
  if (route.scope) return static_cast<std::uint8_t>(*route.scope);
  const bool is_on_link = route.type == RouteType::unicast && !route.gateway &&
                          route.destination.address().family() == Family::ipv4;
  return is_on_link ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

rtmsg header_for(const RouteKey& key) {
  return {.rtm_family = number_of(key.destination.address().family()),
          .rtm_dst_len = key.destination.length(),
          .rtm_src_len = 0,
          .rtm_tos = 0,
          .rtm_table = RT_TABLE_UNSPEC,  // its number has an attribute of its own
          .rtm_protocol = our_protocol,
          .rtm_scope = RT_SCOPE_NOWHERE,  // any, of a route that is to be removed
          .rtm_type = RTN_UNSPEC,         // likewise
          .rtm_flags = 0};
}

void put_key(MessageBuilder& message, const RouteKey& key) {
  if (key.destination.length() != 0) message.put(RTA_DST, key.destination.address().bytes());
  message.put(RTA_TABLE, key.table);
  if (key.metric != 0) message.put(RTA_PRIORITY, key.metric);
}

fib_rule_hdr header_for(const WantedRule& rule) {
  fib_rule_hdr header{};
  header.family = number_of(rule.family);
  header.dst_len = rule.to ? rule.to->length() : 0;
  header.src_len = rule.from ? rule.from->length() : 0;
  for (const ActionNumber& each : action_numbers)
    if (each.action == rule.action) header.action = each.number;
  return header;
}

MessageBuilder rule_message(int type, int flags, std::uint32_t sequence, const WantedRule& rule) {
  MessageBuilder message(type, flags | NLM_F_ACK, sequence);
  message.header(header_for(rule));
  message.put(FRA_PROTOCOL, std::span(&our_protocol, 1));
  message.put(FRA_PRIORITY, rule.priority);
  if (rule.from) message.put(FRA_SRC, rule.from->address().bytes());
  if (rule.to) message.put(FRA_DST, rule.to->address().bytes());
  if (!rule.iif.empty()) message.put(FRA_IIFNAME, rule.iif);
  if (!rule.oif.empty()) message.put(FRA_OIFNAME, rule.oif);
  if (rule.mark) {
    message.put(FRA_FWMARK, rule.mark->value);
    message.put(FRA_FWMASK, rule.mark->mask);
  }
  if (rule.action == RuleAction::lookup) message.put(FRA_TABLE, rule.table);
  return message;
}

// ---- reading ----

// Nothing when they are not as long as an address of the family.
std::optional<IpAddress> address_in(Family family, std::span<const std::uint8_t> bytes) {
  if (bytes.size() != address_bytes(family)) return std::nullopt;
  return IpAddress::from_bytes(family, bytes);
}

// No bytes: the network of length 0, whose address is not told.
std::optional<Prefix> prefix_in(Family family, std::span<const std::uint8_t> bytes, int length) {
  constexpr std::array<std::uint8_t, 16> any{};
  const auto address =
      address_in(family, bytes.empty() ? std::span(any).first(address_bytes(family)) : bytes);
  if (!address || (bytes.empty() && length != 0)) return std::nullopt;
  const auto prefix = Prefix::from(*address, length);
  return prefix ? std::optional(*prefix) : std::nullopt;
}

// RTA_VIA: a gateway of another family than the route's.
std::optional<IpAddress> via_in(std::span<const std::uint8_t> bytes) {
  sa_family_t number = 0;
  if (bytes.size() < sizeof number) return std::nullopt;
  std::memcpy(&number, bytes.data(), sizeof number);
  const auto family = family_of(static_cast<std::uint8_t>(number));
  return family ? address_in(*family, bytes.subspan(sizeof number)) : std::nullopt;
}

std::optional<IpAddress> gateway_in(Family family, const Attributes<RTA_MAX>& attributes) {
  const auto gateway = address_in(family, attributes.bytes(RTA_GATEWAY));
  return gateway ? gateway : via_in(attributes.bytes(RTA_VIA));
}

void read_hops(Route& route, Family family, std::span<const std::uint8_t> bytes) {
  while (bytes.size() >= sizeof(rtnexthop)) {
    rtnexthop hop;
    std::memcpy(&hop, bytes.data(), sizeof hop);
    if (hop.rtnh_len < sizeof hop || hop.rtnh_len > bytes.size()) return;
    auto* const first = const_cast<std::uint8_t*>(bytes.data() + sizeof hop);
    const Attributes<RTA_MAX> attributes(reinterpret_cast<nlattr*>(first),
                                         hop.rtnh_len - static_cast<int>(sizeof hop));
    if (!attributes.ok()) return;
    route.hops.push_back(
        {.gateway = gateway_in(family, attributes), .interface = hop.rtnh_ifindex});
    bytes = bytes.subspan(std::min<std::size_t>(RTNH_ALIGN(hop.rtnh_len), bytes.size()));
  }
}

std::optional<RouteType> type_of(const rtmsg& header) {
  for (const TypeNumber& each : type_numbers)
    if (each.number == header.rtm_type) return each.type;
  return std::nullopt;
}

// What more it may ask of a packet than we have words for.
bool has_other_selectors(const fib_rule_hdr& header, const Attributes<FRA_MAX>& attributes) {
  constexpr std::array others{FRA_GOTO,       FRA_FLOW,      FRA_TUN_ID,   FRA_SUPPRESS_IFGROUP,
                              FRA_L3MDEV,     FRA_UID_RANGE, FRA_IP_PROTO, FRA_SPORT_RANGE,
                              FRA_DPORT_RANGE};
  const auto is_there = [&](int number) {
    return attributes.nest(static_cast<std::size_t>(number)) != nullptr;
  };
  const bool suppresses = attributes.number(FRA_SUPPRESS_PREFIXLEN).value_or(~0U) != ~0U;
  return header.tos != 0 || (header.flags & FIB_RULE_INVERT) != 0 || suppresses ||
         std::ranges::any_of(others, is_there);
}

std::optional<RuleAction> action_of(const fib_rule_hdr& header) {
  for (const ActionNumber& each : action_numbers)
    if (each.number == header.action) return each.action;
  return std::nullopt;
}

}  // namespace

Refusal add_route(NetlinkSocket& socket, const AddRoute& wanted) {
  const WantedRoute& route = wanted.route;
  const std::uint32_t sequence = socket.take_sequence(1);
  MessageBuilder message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, sequence);
  rtmsg header = header_for(key_of(route));
  header.rtm_scope = scope_of(route);
  header.rtm_flags = route.onlink ? RTNH_F_ONLINK : 0U;
  for (const TypeNumber& each : type_numbers)
    if (each.type == route.type) header.rtm_type = each.number;
  message.header(header);
  put_key(message, key_of(route));
  if (route.gateway) message.put(RTA_GATEWAY, route.gateway->bytes());
  if (wanted.interface != 0) message.put(RTA_OIF, static_cast<std::uint32_t>(wanted.interface));
  if (route.preferred_source) message.put(RTA_PREFSRC, route.preferred_source->bytes());
  return ask(socket, sequence, message);
}

Refusal remove_route(NetlinkSocket& socket, const RemoveRoute& wanted) {
  const std::uint32_t sequence = socket.take_sequence(1);
  MessageBuilder message(RTM_DELROUTE, NLM_F_ACK, sequence);
  message.header(header_for(wanted.key));
  put_key(message, wanted.key);
  return ask(socket, sequence, message);
}

Refusal add_rule(NetlinkSocket& socket, const AddRule& wanted) {
  const std::uint32_t sequence = socket.take_sequence(1);
  return ask(socket, sequence,
             rule_message(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, sequence, wanted.rule));
}

Refusal remove_rule(NetlinkSocket& socket, const RemoveRule& wanted) {
  const std::uint32_t sequence = socket.take_sequence(1);
  return ask(socket, sequence, rule_message(RTM_DELRULE, 0, sequence, wanted.rule));
}

void append_route_dump(Bytes& batch, std::uint32_t sequence, Family family, std::uint8_t protocol) {
  MessageBuilder message(RTM_GETROUTE, NLM_F_DUMP, sequence);
  rtmsg header{};
  header.rtm_family = number_of(family);
  header.rtm_protocol = protocol;
  message.header(header);
  message.append_to(batch);
}

void append_rule_dump(Bytes& batch, std::uint32_t sequence, Family family) {
  MessageBuilder message(RTM_GETRULE, NLM_F_DUMP, sequence);
  fib_rule_hdr header{};
  header.family = number_of(family);
  message.header(header);
  message.append_to(batch);
}

std::optional<Route> parse_route(nlmsghdr& message) {
  if (message.nlmsg_type != RTM_NEWROUTE && message.nlmsg_type != RTM_DELROUTE) return std::nullopt;
  const auto header = header_of<rtmsg>(message);
  if (!header) return std::nullopt;
  const auto family = family_of(header->rtm_family);
  const auto type = type_of(*header);
  const bool special =
      header->rtm_tos != 0 || header->rtm_src_len != 0 || (header->rtm_flags & RTM_F_CLONED) != 0;
  if (!family || !type || special || header->rtm_table == local_table) return std::nullopt;
  const Attributes<RTA_MAX> attributes(message, sizeof(rtmsg));
  if (!attributes.ok()) return std::nullopt;
  const auto destination = prefix_in(*family, attributes.bytes(RTA_DST), header->rtm_dst_len);
  if (!destination) return std::nullopt;
  Route route{.key = {.destination = *destination,
                      .table = attributes.number(RTA_TABLE).value_or(header->rtm_table),
                      .metric = attributes.number(RTA_PRIORITY).value_or(0)},
              .type = *type,
              .protocol = header->rtm_protocol,
              .scope = static_cast<Scope>(header->rtm_scope),
              .preferred_source = address_in(*family, attributes.bytes(RTA_PREFSRC)),
              .onlink = (header->rtm_flags & RTNH_F_ONLINK) != 0};
  if (*type != RouteType::unicast) return route;
  read_hops(route, *family, attributes.bytes(RTA_MULTIPATH));
  if (const auto interface = attributes.number(RTA_OIF))
    route.hops.push_back(
        {.gateway = gateway_in(*family, attributes), .interface = static_cast<int>(*interface)});
  return route;
}

std::optional<Rule> parse_rule(nlmsghdr& message) {
  if (message.nlmsg_type != RTM_NEWRULE && message.nlmsg_type != RTM_DELRULE) return std::nullopt;
  const auto header = header_of<fib_rule_hdr>(message);
  const Attributes<FRA_MAX> attributes(message, sizeof(fib_rule_hdr));
  if (!header || !attributes.ok()) return std::nullopt;
  const auto protocol = attributes.bytes(FRA_PROTOCOL);
  const auto family = family_of(header->family);
  const auto action = action_of(*header);
  if (protocol.empty() || protocol.front() != our_protocol || !family || !action ||
      has_other_selectors(*header, attributes))
    return std::nullopt;
  Rule rule{.family = *family,
            .priority = attributes.number(FRA_PRIORITY).value_or(0),
            .iif = attributes.text(FRA_IIFNAME),
            .oif = attributes.text(FRA_OIFNAME),
            .action = *action};
  if (header->src_len != 0)
    rule.from = prefix_in(*family, attributes.bytes(FRA_SRC), header->src_len);
  if (header->dst_len != 0)
    rule.to = prefix_in(*family, attributes.bytes(FRA_DST), header->dst_len);
  if (const auto mask = attributes.number(FRA_FWMASK))
    rule.mark = {.value = attributes.number(FRA_FWMARK).value_or(0), .mask = *mask};
  if (*action == RuleAction::lookup)
    rule.table = attributes.number(FRA_TABLE).value_or(header->table);
  return rule;
}

}  // namespace failover::netlink
