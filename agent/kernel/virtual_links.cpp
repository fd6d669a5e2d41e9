// Virtual MAC addresses (RFC 9568, section 7.3): the failover IPs are on macvlans of our own, which
// answer ARP and neighbour solicitations with the virtual MAC. A macvlan is up while its router is
// active: one that is down neither answers nor says anything.
//
// One that goes up reports its IPv6 groups, and a switch moves the port of the MAC that the report
// comes from, before the addresses answer here. So it goes up with a MAC that nobody knows, and
// gets the virtual one when its addresses are there.
//
// A hot router's macvlan is up as a backup too, has its addresses, and is silenced by protodown:
// taking over is to give it the virtual MAC and its voice, however many addresses there are. As
// long as it is silenced it wears the quiet MAC: frames for the virtual one that a switch floods
// are not for this node. A parent that gets its carrier back would give it a voice
// (rtnetlink_links.hpp), so it sleeps while the parent has none: down, and keeping its addresses.
//
// The parent would answer ARP for the addresses too, with its own MAC, as Linux does for every
// address of the host, and name them as the senders of its own ARP requests. Both is switched off
// on it as long as one of our macvlans is there.

#include "agent/kernel/virtual_links.hpp"

#include <array>
#include <string_view>

#include "agent/kernel/kernel_thread.hpp"

namespace failover {
namespace {

struct QuietSetting {
  std::string_view name;  // below net/ipv4/conf/IF/
  std::string_view usual;
  std::string_view quiet;
};
constexpr std::array quiet_settings{
    QuietSetting{"arp_ignore", "0", "1"},    // answers for its own addresses only
    QuietSetting{"arp_announce", "0", "2"},  // asks with its own addresses only
};

// The parent's, as a locally administered one, with the router's id: no other node's, and no other
// router's of this one.
MacAddress quiet_mac(MacAddress parent, MacAddress virtual_mac) {
  const auto of_parent = parent.bytes();
  const auto of_router = virtual_mac.bytes();
  const auto kind = static_cast<std::uint8_t>(0x40 + of_router[4]);
  return MacAddress({0x02, kind, of_parent[3], of_parent[4], of_parent[5], of_router[5]});
}

std::string path_of(const std::string& interface, const QuietSetting& setting) {
  return "net/ipv4/conf/" + interface + "/" + std::string(setting.name);
}

}  // namespace

std::vector<VirtualLink> links_of(const KernelRouter& router) {
  const auto& macs = router.virtual_macs;
  PerFamily<bool> has;
  for (const netlink::WantedAddress& address : router.addresses)
    has[address.prefix.address().family()] = macs[address.prefix.address().family()].has_value();
  const bool is_carp = router.protocol == router::Protocol::carp;
  const std::string name = (is_carp ? "carp" : "vrrp") + std::to_string(router.number);
  std::vector<VirtualLink> links;
  if (has.ipv4 && has.ipv6 && macs.ipv4 == macs.ipv6) {
    links.push_back({.mac = *macs.ipv4, .carries = has, .name = name, .holder = {}});
    return links;
  }
  for (const Family family : families) {
    if (!has[family]) continue;
    VirtualLink& link = links.emplace_back();
    link.mac = *macs[family];
    link.carries[family] = true;
    link.name = name + (family == Family::ipv6 ? "-6" : "");
  }
  return links;
}

void KernelThread::reconcile(HeldRouter& router, VirtualLink& link) {
  Holder& holder = link.holder;
  holder.dirty = false;
  Slot& slot = slots_.at(router.wanted.slot);
  const int parent = slot.interface->index();
  const netlink::Link* found = parent != 0 ? find_or_add(router, link, parent) : nullptr;
  holder.index = found != nullptr ? found->index : 0;
  if (found == nullptr) {
    holder.known.clear();
    holder.known_on = 0;
    // Without its interface a router is told by the engine what it waits for.
    if (parent != 0 && holder.dirty) refuse(router);
    return;
  }
  quiet_parent(slot);
  const Posture posture = posture_of(router, parent);
  // Up before its addresses come, and silent before they go.
  const MacAddress quiet = quiet_mac(slot.interface->mac(), link.mac);
  (void)carry_out(holder, steps_to(posture, *found, link, quiet));
  if (posture == Posture::asleep) return;
  if (router.awaiting && std::ranges::all_of(router.links, &VirtualLink::ready)) {
    (void)let_speak(router);  // at once: what follows takes longer the more addresses there are
    read_notifications();
  }
  holder.awaiting = router.awaiting;
  const auto wanted =
      posture == Posture::down ? std::vector<netlink::WantedAddress>{} : router.on(link);
  const auto refused = bring_about(holder, wanted, found_.addresses(parent), {&router});
  link.ready = posture == Posture::silenced && present_in(holder).size() == wanted.size();
  if (router.awaiting) {
    std::set<IpAddress> present;
    for (const VirtualLink& each : router.links) present.merge(present_in(each.holder));
    answer_claim(router, refused, present);
  }
  holder.awaiting = router.awaiting;
  if (router.claimed && !router.awaiting) (void)let_speak(router);
}

KernelThread::Posture KernelThread::posture_of(const HeldRouter& router, int parent) const {
  if (router.claimed) return Posture::speaking;
  if (!router.wanted.hot) return Posture::down;
  const netlink::Link* below = found_.link(parent);
  return below != nullptr && below->carrier ? Posture::silenced : Posture::asleep;
}

// Speaking is up, no more: let_speak() does the rest when the addresses are there.
netlink::Plan KernelThread::steps_to(Posture posture, const netlink::Link& link,
                                     const VirtualLink& wanted, MacAddress quiet) {
  netlink::Plan plan;
  const auto set = [&](netlink::LinkState state) {
    if (link.up != (state == netlink::LinkState::up))
      plan.emplace_back(netlink::SetLink{link.index, state});
  };
  const auto hide = [&] {
    if (link.mac != quiet) plan.emplace_back(netlink::SetMac{link.index, quiet});
  };
  switch (posture) {
    case Posture::speaking: set(netlink::LinkState::up); break;
    case Posture::down:
      set(netlink::LinkState::down);
      hide();
      if (link.protodown)
        plan.emplace_back(netlink::SetProtoDown{link.index, netlink::ProtoDown::off});
      break;
    case Posture::asleep:
      set(netlink::LinkState::down);
      hide();
      break;
    case Posture::silenced:
      if (!link.up || !link.protodown || link.carrier)
        plan.emplace_back(netlink::SetProtoDown{link.index, netlink::ProtoDown::on});
      hide();
      if (!link.up && wanted.carries.ipv6)
        plan.emplace_back(
            netlink::SetSetting{"net/ipv6/conf/" + link.name + "/keep_addr_on_down", "1"});
      set(netlink::LinkState::up);
      break;
  }
  return plan;
}

// Every link of the router gets its virtual MAC, and its voice. False when one was refused it.
bool KernelThread::let_speak(HeldRouter& router) {
  bool all = true;
  for (VirtualLink& link : router.links) {
    const auto* found = found_.link(link.holder.index);
    if (found == nullptr) return false;
    netlink::Plan plan;
    if (found->mac != link.mac) plan.emplace_back(netlink::SetMac{found->index, link.mac});
    if (found->protodown)
      plan.emplace_back(netlink::SetProtoDown{found->index, netlink::ProtoDown::off});
    for (const netlink::KernelError& error : kernel_.execute(plan)) {
      log(Severity::error, error.text());
      all = false;
    }
  }
  return all;
}

// What a link says that was silenced before leaves a moment after it has its carrier again.
bool KernelThread::is_heard(const HeldRouter& router) const {
  return !router.wanted.hot || std::ranges::all_of(router.links, [this](const VirtualLink& link) {
    const auto* found = found_.link(link.holder.index);
    return found != nullptr && !found->protodown && found->running;
  });
}

const netlink::Link* KernelThread::find(const VirtualLink& link, int parent) const {
  const auto* found = found_.link(link.on(parent));
  const bool right = found != nullptr && netlink::is_ours(*found) && found->parent == parent;
  return right ? found : nullptr;
}

const netlink::Link* KernelThread::find_or_add(HeldRouter& router, VirtualLink& link, int parent) {
  if (const auto* found = find(link, parent)) return found;
  const std::string name = link.on(parent);
  netlink::Plan plan;
  // Who dies while it makes a link leaves one without our alias, which is added last.
  const auto* unfinished = found_.link(name);
  const MacAddress quiet = quiet_mac(interface_of(router).mac(), link.mac);
  if (unfinished != nullptr && unfinished->macvlan && unfinished->alias.empty() &&
      unfinished->mac == quiet && unfinished->parent == parent)
    plan.emplace_back(netlink::RemoveLink{unfinished->index});
  plan.emplace_back(netlink::AddMacvlan{
      .parent = parent,
      .name = name,
      .mac = quiet,
      .alias = std::string(netlink::link_mark) + router.wanted.name,
      .ipv6 = link.carries.ipv6 ? netlink::AddMacvlan::Ipv6::on : netlink::AddMacvlan::Ipv6::off});
  if (!router.awaiting && !router.healing.may_restore(look_, clock_.monotonic())) {
    link.holder.dirty = true;
    return nullptr;
  }
  (void)carry_out(link.holder, plan);
  const auto* found = find(link, parent);
  // Refused, or there with another MAC: tried again.
  if (found == nullptr) link.holder.dirty = true;
  return found;
}

// Once for all macvlans of the interface. A setting that somebody has set otherwise is left alone.
void KernelThread::quiet_parent(Slot& slot) {
  if (std::exchange(slot.quieted, true)) return;
  netlink::Plan plan;
  for (const QuietSetting& setting : quiet_settings) {
    const std::string path = path_of(slot.interface->name(), setting);
    const auto before = kernel_.setting(path);
    if (before && (*before == setting.usual || *before == setting.quiet))
      slot.quieted_by.push_back({path, std::string(setting.quiet)});
    if (!before || *before != setting.usual) continue;
    plan.emplace_back(netlink::SetSetting{path, std::string(setting.quiet)});
    slot.to_restore.emplace_back(netlink::SetSetting{path, std::string(setting.usual)});
  }
  for (const netlink::KernelError& error : kernel_.execute(plan))
    log(Severity::error, error.text());
}

// When the last macvlan has gone from the interface.
void KernelThread::give_parent_back(Slot& slot) {
  const bool needed = std::ranges::any_of(routers_, [&](const auto& entry) {
    return &slots_.at(entry.second.wanted.slot) == &slot && !entry.second.links.empty();
  });
  if (needed) return;
  slot.quieted = false;
  slot.quieted_by.clear();
  const netlink::Plan plan = std::exchange(slot.to_restore, {});
  if (slot.interface->index() == 0) return;
  for (const netlink::KernelError& error : kernel_.execute(plan))
    log(Severity::error, error.text());
}

// Most notifications are about interfaces: the many routers are not asked for those.
bool KernelThread::may_be_about_links(const netlink::Notification& notification) const {
  const auto is_ours = [this](int index) {
    const netlink::Link* link = found_.link(index);
    return link != nullptr && netlink::is_ours(*link);
  };
  if (const auto* changed = std::get_if<netlink::AddressChanged>(&notification))
    return is_ours(changed->address.interface);
  if (const auto* gone = std::get_if<netlink::AddressGone>(&notification))
    return is_ours(gone->address.interface);
  if (const auto* changed = std::get_if<netlink::LinkChanged>(&notification))
    return netlink::is_ours(changed->link) || std::ranges::any_of(slots_, [&](const auto& entry) {
             return entry.second.interface->index() == changed->link.index;
           });
  return std::holds_alternative<netlink::LinkGone>(notification);
}

void KernelThread::look_whether_it_concerns_links(const netlink::Notification& notification) {
  const auto* changed = std::get_if<netlink::LinkChanged>(&notification);
  for (auto& [id, router] : routers_) {
    for (VirtualLink& link : router.links) {
      look_whether_it_concerns(notification, link.holder);
      if (changed != nullptr)
        link.holder.dirty |=
            changed->link.name == link.on(changed->link.parent) ||
            (router.wanted.hot && changed->link.index == interface_of(router).index());
      link.ready &= !link.holder.dirty;
    }
  }
}

void KernelThread::mark_links_dirty(int parent) {
  for (auto& [id, router] : routers_)
    if (interface_of(router).index() == parent)
      for (VirtualLink& link : router.links) link.holder.dirty = true;
}

// A router that has got addresses of another family, or none of one any more, has other links:
// those that stay go on with what they hold, and take the other family, too, where it is theirs.
void KernelThread::exchange_links(HeldRouter& router) {
  std::vector<VirtualLink> links = links_of(router.wanted);
  for (VirtualLink& before : router.links) {
    const auto after = std::ranges::find(links, before.name, &VirtualLink::name);
    if (after == links.end()) {
      remove_link(router, before);
      continue;
    }
    after->holder = std::move(before.holder);
    const auto* found = find(*after, interface_of(router).index());
    if (found == nullptr || !after->carries.ipv6 || before.carries.ipv6) continue;
    const std::string path = "net/ipv6/conf/" + found->name + "/disable_ipv6";
    for (const netlink::KernelError& error : kernel_.execute({netlink::SetSetting{path, "0"}}))
      log(Severity::error, error.text());
  }
  router.links = std::move(links);
}

void KernelThread::remove_link(const HeldRouter& router, const VirtualLink& link) {
  const auto* found = find(link, interface_of(router).index());
  if (found == nullptr) return;
  for (const netlink::KernelError& error : kernel_.execute({netlink::RemoveLink{found->index}}))
    log(Severity::error, error.text());
}

void KernelThread::remove_links(HeldRouter& router) {
  for (const VirtualLink& link : router.links) remove_link(router, link);
}

}  // namespace failover
