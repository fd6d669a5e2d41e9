#include "netlink/rtnetlink_messages.hpp"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "netlink/message_attributes.hpp"
#include "netlink/message_builder.hpp"
#include "netlink/rtnetlink_routes.hpp"

namespace failover::netlink {
namespace {

// ---- writing ----

constexpr std::uint32_t forever = 0xffffffff;

int answer_flag(Marking marking) { return marking.answer ? NLM_F_ACK : 0; }

void put_prefix(MessageBuilder& message, int interface, const Prefix& prefix, Scope scope) {
  const IpAddress& address = prefix.address();
  message.header(ifaddrmsg{.ifa_family = static_cast<std::uint8_t>(
                               address.family() == Family::ipv4 ? AF_INET : AF_INET6),
                           .ifa_prefixlen = prefix.length(),
                           .ifa_flags = 0,
                           .ifa_scope = static_cast<std::uint8_t>(scope),
                           .ifa_index = static_cast<std::uint32_t>(interface)});
  message.put(IFA_LOCAL, address.bytes());
  message.put(IFA_ADDRESS, address.bytes());
}

void append_new_address(Bytes& batch, const AddressRequest& request, int flags, Marking marking) {
  const bool ipv6 = request.prefix.address().family() == Family::ipv6;
  MessageBuilder message(RTM_NEWADDR, NLM_F_CREATE | flags | answer_flag(marking),
                         marking.sequence);
  put_prefix(message, request.interface, request.prefix, request.scope);
  message.put(IFA_PROTO, std::span(&our_mark, 1));
  // The address was somebody's a moment ago and is ours now: duplicate detection would find the
  // former owner, and would keep the address silent for a second.
  std::uint32_t address_flags = ipv6 ? IFA_F_NODAD : 0;
  if (request.noprefixroute) address_flags |= IFA_F_NOPREFIXROUTE;
  message.put(IFA_FLAGS, address_flags);
  if (!ipv6 && !request.label.empty()) message.put(IFA_LABEL, request.label);
  if (request.preferred_lifetime) {
    const auto preferred = static_cast<std::uint32_t>(request.preferred_lifetime->count());
    const ifa_cacheinfo lifetimes{
        .ifa_prefered = preferred, .ifa_valid = forever, .cstamp = 0, .tstamp = 0};
    std::array<std::uint8_t, sizeof lifetimes> bytes{};
    std::memcpy(bytes.data(), &lifetimes, sizeof lifetimes);
    message.put(IFA_CACHEINFO, bytes);
  }
  message.append_to(batch);
}

MessageBuilder link_message(int type, int flags, std::uint32_t sequence, int interface) {
  MessageBuilder message(type, flags, sequence);
  ifinfomsg header{};
  header.ifi_index = interface;
  message.header(header);
  return message;
}

// ---- reading ----

// A bridge notifies of its ports, and tells of them as links of its own family: links they are not.
std::optional<ifinfomsg> link_header(nlmsghdr& message) {
  auto header = header_of<ifinfomsg>(message);
  if (header && header->ifi_family != AF_UNSPEC) return std::nullopt;
  return header;
}

// What the values are is asked for where it matters: the kernel tells of few of them.
std::optional<Notification> parse_settings(nlmsghdr& message) {
  const Attributes<NETCONFA_MAX> attributes(message, sizeof(netconfmsg));
  if (!attributes.ok()) return std::nullopt;
  const auto index = static_cast<int>(attributes.number(NETCONFA_IFINDEX).value_or(0));
  return SettingsChanged{.interface = std::max(index, 0)};
}

// A parent that IFLA_LINK_NETNSID puts elsewhere has an index that says nothing here.
void read_macvlan(Link& link, const Attributes<IFLA_MAX>& attributes) {
  nlattr* const info = attributes.nest(IFLA_LINKINFO);
  if (info == nullptr) return;
  link.macvlan = Attributes<IFLA_INFO_MAX>(info).text(IFLA_INFO_KIND) == "macvlan";
  if (link.macvlan && attributes.nest(IFLA_LINK_NETNSID) == nullptr)
    link.parent = static_cast<int>(attributes.number(IFLA_LINK).value_or(0));
}

// Waiting for something before it carries frames, as 802.1X does: the flag says it of links that
// sit on a dormant one, the state of the link itself.
bool is_dormant(const ifinfomsg& header, const Attributes<IFLA_MAX>& attributes) {
  const auto state = attributes.bytes(IFLA_OPERSTATE);
  return (header.ifi_flags & IFF_DORMANT) != 0 ||
         (!state.empty() && state.front() == IF_OPER_DORMANT);
}

}  // namespace

void append(Bytes& batch, const AddAddress& step, Marking marking) {
  append_new_address(batch, step.address, NLM_F_EXCL, marking);
}

void append(Bytes& batch, const ReplaceAddress& step, Marking marking) {
  append_new_address(batch, step.address, NLM_F_REPLACE, marking);
}

void append(Bytes& batch, const RemoveAddress& step, Marking marking) {
  MessageBuilder message(RTM_DELADDR, answer_flag(marking), marking.sequence);
  put_prefix(message, step.interface, step.prefix, Scope::global);
  message.append_to(batch);
}

void append_link_dump(Bytes& batch, std::uint32_t sequence) {
  auto message = link_message(RTM_GETLINK, NLM_F_DUMP, sequence, 0);
  message.put(IFLA_EXT_MASK, std::uint32_t{RTEXT_FILTER_SKIP_STATS});
  message.append_to(batch);
}

void append_address_dump(Bytes& batch, std::uint32_t sequence) {
  MessageBuilder message(RTM_GETADDR, NLM_F_DUMP, sequence);
  message.header(ifaddrmsg{});
  message.append_to(batch);
}

void append_promotion_query(Bytes& batch, int interface, Marking marking) {
  link_message(RTM_GETLINK, answer_flag(marking), marking.sequence, interface).append_to(batch);
}

void append_promotion(Bytes& batch, int interface, std::uint32_t value, Marking marking) {
  auto message = link_message(RTM_SETLINK, answer_flag(marking), marking.sequence, interface);
  nlattr* const families = message.nest(IFLA_AF_SPEC);
  nlattr* const ipv4 = message.nest(AF_INET);
  nlattr* const settings = message.nest(IFLA_INET_CONF);
  message.put(IPV4_DEVCONF_PROMOTE_SECONDARIES, value);
  message.end(settings);
  message.end(ipv4);
  message.end(families);
  message.append_to(batch);
}

std::optional<Link> parse_link(nlmsghdr& message) {
  if (message.nlmsg_type != RTM_NEWLINK) return std::nullopt;
  const auto header = link_header(message);
  const Attributes<IFLA_MAX> attributes(message, sizeof(ifinfomsg));
  if (!header || !attributes.ok()) return std::nullopt;
  Link link;
  link.index = header->ifi_index;
  link.name = attributes.text(IFLA_IFNAME);
  if (const auto mac = attributes.bytes(IFLA_ADDRESS); mac.size() == 6)
    link.mac = MacAddress::from_bytes(mac);
  link.up = (header->ifi_flags & IFF_UP) != 0;
  link.carrier = (header->ifi_flags & IFF_LOWER_UP) != 0 && !is_dormant(*header, attributes);
  link.running = (header->ifi_flags & IFF_RUNNING) != 0;
  link.mtu = static_cast<int>(attributes.number(IFLA_MTU).value_or(0));
  link.alias = attributes.text(IFLA_IFALIAS);
  const auto protodown = attributes.bytes(IFLA_PROTO_DOWN);
  link.protodown = !protodown.empty() && protodown.front() != 0;
  read_macvlan(link, attributes);
  return link;
}

std::optional<Address> parse_address(nlmsghdr& message) {
  if (message.nlmsg_type != RTM_NEWADDR && message.nlmsg_type != RTM_DELADDR) return std::nullopt;
  const auto header = header_of<ifaddrmsg>(message);
  const Attributes<IFA_MAX> attributes(message, sizeof(ifaddrmsg));
  if (!header || !attributes.ok()) return std::nullopt;
  if (header->ifa_family != AF_INET && header->ifa_family != AF_INET6) return std::nullopt;
  const Family family = header->ifa_family == AF_INET ? Family::ipv4 : Family::ipv6;

  // Where there are both, IFA_ADDRESS is the other end of a point-to-point link.
  auto bytes = attributes.bytes(IFA_LOCAL);
  if (bytes.empty()) bytes = attributes.bytes(IFA_ADDRESS);
  if (bytes.size() != address_bytes(family)) return std::nullopt;
  const auto prefix = Prefix::from(IpAddress::from_bytes(family, bytes), header->ifa_prefixlen);
  if (!prefix) return std::nullopt;

  const std::uint32_t flags = attributes.number(IFA_FLAGS).value_or(header->ifa_flags);
  const auto mark = attributes.bytes(IFA_PROTO);
  return Address{
      .interface = static_cast<int>(header->ifa_index),
      .prefix = *prefix,
      .mark = mark.empty() ? std::nullopt : std::optional(mark.front()),
      .label = attributes.text(IFA_LABEL),
      .scope = static_cast<Scope>(header->ifa_scope),
      // The same bit says "temporary" of an IPv6 address.
      .secondary = family == Family::ipv4 && (flags & IFA_F_SECONDARY) != 0,
      .tentative = (flags & IFA_F_TENTATIVE) != 0,
      .noprefixroute = (flags & IFA_F_NOPREFIXROUTE) != 0,
  };
}

std::optional<Notification> parse_notification(nlmsghdr& message) {
  switch (message.nlmsg_type) {
    case RTM_NEWLINK:
      if (auto link = parse_link(message)) return LinkChanged{std::move(*link)};
      return std::nullopt;
    case RTM_DELLINK:
      if (const auto header = link_header(message)) return LinkGone{header->ifi_index};
      return std::nullopt;
    case RTM_NEWADDR:
      if (auto address = parse_address(message))
        return AddressChanged{std::move(*address), message.nlmsg_pid};
      return std::nullopt;
    case RTM_DELADDR:
      if (auto address = parse_address(message))
        return AddressGone{std::move(*address), message.nlmsg_pid};
      return std::nullopt;
    case RTM_NEWROUTE:
      if (auto route = parse_route(message)) return RouteChanged{std::move(*route)};
      return std::nullopt;
    case RTM_DELROUTE:
      if (auto route = parse_route(message)) return RouteGone{std::move(*route)};
      return std::nullopt;
    case RTM_NEWRULE:
      if (auto rule = parse_rule(message)) return RuleChanged{std::move(*rule)};
      return std::nullopt;
    case RTM_DELRULE:
      if (auto rule = parse_rule(message)) return RuleGone{std::move(*rule)};
      return std::nullopt;
    case RTM_NEWNETCONF: return parse_settings(message);
    default: return std::nullopt;
  }
}

std::optional<Answer> parse_answer(nlmsghdr& message) {
  if (message.nlmsg_type != NLMSG_ERROR && message.nlmsg_type != NLMSG_DONE) return std::nullopt;
  const auto error = header_of<int>(message);
  Answer answer{.sequence = message.nlmsg_seq, .error = error ? -*error : 0, .hint = {}};
  const auto refused = header_of<nlmsgerr>(message);
  if (message.nlmsg_type == NLMSG_DONE || !refused || (message.nlmsg_flags & NLM_F_ACK_TLVS) == 0)
    return answer;
  // The words come behind the request that they are about, of which only the header may be there.
  std::size_t before = sizeof(nlmsgerr);
  if ((message.nlmsg_flags & NLM_F_CAPPED) == 0) before += refused->msg.nlmsg_len - NLMSG_HDRLEN;
  const auto length = static_cast<std::size_t>(nlmsg_datalen(&message));
  if (before >= length) return answer;
  auto* const words = static_cast<std::uint8_t*>(nlmsg_data(&message)) + NLMSG_ALIGN(before);
  const Attributes<NLMSGERR_ATTR_MAX> attributes(reinterpret_cast<nlattr*>(words),
                                                 static_cast<int>(length - NLMSG_ALIGN(before)));
  if (attributes.ok()) answer.hint = attributes.text(NLMSGERR_ATTR_MSG);
  return answer;
}

std::optional<std::uint32_t> parse_promotion(nlmsghdr& message) {
  if (message.nlmsg_type != RTM_NEWLINK) return std::nullopt;
  const Attributes<IFLA_MAX> attributes(message, sizeof(ifinfomsg));
  nlattr* const families = attributes.nest(IFLA_AF_SPEC);
  if (!attributes.ok() || families == nullptr) return std::nullopt;
  nlattr* const ipv4 = Attributes<AF_INET>(families).nest(AF_INET);
  if (ipv4 == nullptr) return std::nullopt;
  // The kernel tells the settings as an array that begins with number 1.
  const auto settings = Attributes<IFLA_INET_MAX>(ipv4).bytes(IFLA_INET_CONF);
  constexpr std::size_t offset = (IPV4_DEVCONF_PROMOTE_SECONDARIES - 1) * sizeof(std::uint32_t);
  std::uint32_t value = 0;
  if (settings.size() < offset + sizeof value) return std::nullopt;
  std::memcpy(&value, settings.data() + offset, sizeof value);
  return value;
}

bool is_interrupted(const nlmsghdr& message) {
  return (message.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
}

}  // namespace failover::netlink
