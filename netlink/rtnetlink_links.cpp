#include "netlink/rtnetlink_links.hpp"

#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/addr.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/route/link.h>
#include <netlink/route/link/inet.h>
#include <netlink/route/link/inet6.h>
#include <netlink/route/link/macvlan.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "netlink/macvlan_settings.hpp"
#include "netlink/rtnetlink_messages.hpp"
#include "netlink/settings.hpp"
#include "protocol/assert.hpp"

namespace failover::netlink {
namespace {

struct Free {
  void operator()(rtnl_link* link) const { rtnl_link_put(link); }
  void operator()(nl_msg* message) const { nlmsg_free(message); }
  void operator()(nl_addr* address) const { nl_addr_put(address); }
};
using LinkObject = std::unique_ptr<rtnl_link, Free>;
using Message = std::unique_ptr<nl_msg, Free>;

// What libnl cannot do with values of our own making, memory apart, is our own bug.
void must(int libnl_result) { promise(libnl_result >= 0); }

LinkObject made(rtnl_link* link) {
  promise(link != nullptr);
  return LinkObject(link);
}

LinkObject link_with(int index) {
  LinkObject link = made(rtnl_link_alloc());
  rtnl_link_set_ifindex(link.get(), index);
  return link;
}

void set_mac(rtnl_link* link, const MacAddress& mac) {
  std::array<std::uint8_t, 6> bytes{};
  std::ranges::copy(mac.bytes(), bytes.begin());
  const std::unique_ptr<nl_addr, Free> address(nl_addr_build(AF_LLC, bytes.data(), bytes.size()));
  promise(address != nullptr);
  rtnl_link_set_addr(link, address.get());
}

Refusal ask(NetlinkSocket& socket, const Message& message) {
  nlmsghdr* const header = nlmsg_hdr(message.get());
  header->nlmsg_seq = socket.take_sequence(1);
  header->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(header), header->nlmsg_len);
  Refusal refusal;
  const int error =
      socket.exchange({bytes, header->nlmsg_seq, header->nlmsg_seq}, [&](nlmsghdr& told) {
        if (auto answer = parse_answer(told)) refusal = {answer->error, std::move(answer->hint)};
      });
  if (error != 0) return {error, "the request could not be handed over"};
  return refusal;
}

Message change_of(int index, rtnl_link* changes) {
  nl_msg* message = nullptr;
  must(rtnl_link_build_change_request(link_with(index).get(), changes, 0, &message));
  return Message(message);
}

// libnl would cut a longer name, and the kernel makes a name of its own of nothing and of "%d".
bool is_name(const std::string& name) {
  return !name.empty() && name.size() < IFNAMSIZ && name.find('%') == std::string::npos;
}

Refusal create(NetlinkSocket& socket, const AddMacvlan& wanted) {
  const LinkObject link = made(rtnl_link_macvlan_alloc());
  rtnl_link_set_name(link.get(), wanted.name.c_str());
  rtnl_link_set_link(link.get(), wanted.parent);
  set_mac(link.get(), wanted.mac);
  must(rtnl_link_macvlan_set_mode(link.get(), MACVLAN_MODE_PRIVATE));
  nl_msg* message = nullptr;
  must(rtnl_link_build_add_request(link.get(), NLM_F_CREATE | NLM_F_EXCL, &message));
  return ask(socket, Message(message));
}

// By netlink and not through /proc/sys, which may be read-only.
Refusal set_alias_and_families(NetlinkSocket& socket, const AddMacvlan& wanted, int index,
                               AddMacvlan::Ipv6 ipv6) {
  const LinkObject changes = made(rtnl_link_alloc());
  rtnl_link_set_ifalias(changes.get(), wanted.alias.c_str());
  must(rtnl_link_inet_set_conf(changes.get(), IPV4_DEVCONF_ARP_IGNORE, 1));
  must(rtnl_link_inet_set_conf(changes.get(), IPV4_DEVCONF_RP_FILTER, 2));
  must(rtnl_link_inet_set_conf(changes.get(), IPV4_DEVCONF_ACCEPT_LOCAL, 1));
  if (ipv6 == AddMacvlan::Ipv6::on)
    must(rtnl_link_inet6_set_addr_gen_mode(changes.get(), IN6_ADDR_GEN_MODE_NONE));
  return ask(socket, change_of(index, changes.get()));
}

Refusal set_ipv6(const AddMacvlan& wanted) {
  const bool on = wanted.ipv6 == AddMacvlan::Ipv6::on;
  for (const SetSetting& setting : macvlan_settings6(wanted.name)) {
    const bool disables = setting.path.ends_with("/disable_ipv6");
    const int error = write_setting(setting.path, disables && !on ? "1" : setting.value);
    if (error != 0) return {error, setting.path};
  }
  return {};
}

// The kernel does not notify the alias of a link that is down; the same MAC again makes it tell.
Refusal have_it_told(NetlinkSocket& socket, const AddMacvlan& wanted, int index) {
  const LinkObject changes = made(rtnl_link_alloc());
  set_mac(changes.get(), wanted.mac);
  return ask(socket, change_of(index, changes.get()));
}

Refusal set_up(NetlinkSocket& socket, const AddMacvlan& wanted, int index) {
  using Ipv6 = AddMacvlan::Ipv6;
  Refusal refusal = set_alias_and_families(socket, wanted, index, Ipv6::on);
  // A kernel without IPv6, or an MTU that is too small for it.
  const bool has_ipv6 = refusal.error != EAFNOSUPPORT;
  if (!has_ipv6) refusal = set_alias_and_families(socket, wanted, index, Ipv6::off);
  if (refusal.error == 0 && has_ipv6) refusal = set_ipv6(wanted);
  if (refusal.error == 0) refusal = have_it_told(socket, wanted, index);
  return refusal;
}

}  // namespace

Refusal add_macvlan(NetlinkSocket& socket, const AddMacvlan& wanted) {
  promise(wanted.alias.starts_with(link_mark));
  if (!is_name(wanted.name)) return {EINVAL, "no name for a link"};
  if (Refusal refusal = create(socket, wanted); refusal.error != 0) return refusal;
  const auto index = static_cast<int>(if_nametoindex(wanted.name.c_str()));
  if (index == 0) return {ENODEV, "somebody has taken it away or renamed it"};
  Refusal refusal = set_up(socket, wanted, index);
  // When this fails as well, what is left has its alias, or is down and holds nothing.
  if (refusal.error != 0) static_cast<void>(remove_link(socket, {index}));
  return refusal;
}

Refusal set_link(NetlinkSocket& socket, const SetLink& wanted) {
  const LinkObject changes = made(rtnl_link_alloc());
  if (wanted.state == LinkState::up)
    rtnl_link_set_flags(changes.get(), IFF_UP);
  else
    rtnl_link_unset_flags(changes.get(), IFF_UP);
  const Message message = change_of(wanted.interface, changes.get());
  // libnl says "all flags as I give them"; what others set on the link is to stay.
  static_cast<ifinfomsg*>(nlmsg_data(nlmsg_hdr(message.get())))->ifi_change = IFF_UP;
  return ask(socket, message);
}

Refusal set_mac(NetlinkSocket& socket, const SetMac& wanted) {
  const LinkObject changes = made(rtnl_link_alloc());
  set_mac(changes.get(), wanted.mac);
  return ask(socket, change_of(wanted.interface, changes.get()));
}

// libnl-route does not know the attribute.
Refusal set_proto_down(NetlinkSocket& socket, const SetProtoDown& wanted) {
  const Message message = change_of(wanted.interface, made(rtnl_link_alloc()).get());
  const std::uint8_t on = wanted.state == ProtoDown::on ? 1 : 0;
  must(nla_put_u8(message.get(), IFLA_PROTO_DOWN, on));
  return ask(socket, message);
}

Refusal remove_link(NetlinkSocket& socket, const RemoveLink& wanted) {
  nl_msg* message = nullptr;
  must(rtnl_link_build_delete_request(link_with(wanted.interface).get(), &message));
  return ask(socket, Message(message));
}

}  // namespace failover::netlink
