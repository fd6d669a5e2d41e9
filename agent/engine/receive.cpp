// Frames: judged in the documented order, the first failure counted where it belongs.

#include <algorithm>

#include "agent/engine/engine.hpp"
#include "protocol/advert_shape.hpp"
#include "protocol/arp.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "protocol/neighbour.hpp"

namespace failover {

// Capture timestamps are real time, deadlines monotonic: only a frame's age enters protocol time,
// and no frame can be older than our last look, whatever somebody does to the real clock.
Instant Engine::heard_at(RealTime arrived) const {
  const Duration age = clock_.real() - arrived;
  return now_ - std::clamp(age, Duration{0}, now_ - woken_before_);
}

void Engine::receive(Interface& interface, const Capture::Frame& frame) {
  const auto ethernet = parse_ethernet(frame.bytes);
  if (!ethernet) {
    ++interface.status.malformed;
    interface.changed = true;
    return;
  }
  if (ethernet->vlan.value_or(0) != 0) {
    ++interface.status.vlan_tagged;
    interface.changed = true;
    return;
  }
  const Instant heard = heard_at(frame.arrived);
  if (ethernet->type == ethertype_arp) receive_arp(interface, *ethernet, heard);
  if (ethernet->type == ethertype_ipv4 || ethernet->type == ethertype_ipv6)
    receive_datagram(interface, *ethernet, heard);
}

void Engine::receive_datagram(Interface& interface, const EthernetFrame& ethernet, Instant heard) {
  const auto datagram =
      ethernet.type == ethertype_ipv4 ? parse_ipv4(ethernet.payload) : parse_ipv6(ethernet.payload);
  if (!datagram) {
    ++interface.status.malformed;
    interface.changed = true;
    return;
  }
  if (datagram->protocol == protocol_carp)
    receive_advert(interface, *datagram, ethernet.source, heard);
  if (datagram->protocol == protocol_icmpv6 && ethernet.type == ethertype_ipv6)
    receive_neighbour(interface, *datagram, ethernet.source, heard);
}

// CARP and VRRP share the IP protocol, and the place of the id in it. A packet that looks like one
// of them is its router's; one that looks like neither, or whose id only the other has, is judged
// by who has the id, so that what is wrong with it is counted where a person looks.
void Engine::receive_advert(Interface& interface, const Datagram& datagram, MacAddress sender,
                            Instant heard) {
  const std::uint8_t number = datagram.payload.size() < 2 ? 0 : datagram.payload[1];
  const Shape shape = shape_of(datagram.payload);
  const bool is_vrrp = shape == Shape::vrrp2 || shape == Shape::vrrp3;
  VirtualRouter* router = is_vrrp ? interface.vrrp[number] : interface.carp[number];
  VirtualRouter* stranger = is_vrrp ? interface.carp[number] : interface.vrrp[number];
  if (router == nullptr && stranger != nullptr) {
    if (shape != Shape::unclear) note_conflict(interface, *stranger, datagram, sender, heard);
    router = stranger;
  }
  if (router == nullptr || !router->speaks(datagram.source.family())) {
    const bool well_formed = shape != Shape::unclear && number != 0 && datagram.ttl == 255;
    ++(well_formed ? interface.status.unknown_id : interface.status.malformed);
    interface.changed = true;
    return;
  }
  const auto rank = router->accept(datagram, sender, interface.status, heard);
  if (rank) {
    handle(*router,
           router::AdvertHeard{.rank = *rank,
                               .source = datagram.source,
                               .mac = router->source_mac(datagram.source.family(), sender)},
           heard);
  } else if (rank.error() == Rejection::digest || rank.error() == Rejection::authentication) {
    tell_of_stranger(*router, Stranger::other_key, datagram.source, sender, heard);
  }
}

void Engine::note_conflict(Interface& interface, VirtualRouter& router, const Datagram& datagram,
                           MacAddress sender, Instant heard) {
  ++interface.status.id_conflicts;
  interface.status.id_conflict_from = {.address = datagram.source, .mac = sender, .heard = heard};
  interface.status.id_in_conflict = datagram.payload[1];
  interface.changed = true;
  tell_of_stranger(router, Stranger::other_protocol, datagram.source, sender, heard);
}

void Engine::tell_of_stranger(VirtualRouter& router, Stranger kind, const IpAddress& address,
                              MacAddress mac, Instant heard) {
  if (router.is_news(kind, heard))
    tell_control(SawStranger{.id = router.id(), .kind = kind, .address = address, .mac = mac});
}

// Only what is said about our addresses, and by another machine.
void Engine::receive_arp(Interface& interface, const EthernetFrame& ethernet, Instant heard) {
  const auto message = parse_arp(ethernet.payload);
  if (!message) return;
  look_for_collision(interface, message->sender, message->sender_mac, heard);
  if (message->sender != message->target) return;
  announced(interface, message->sender, {.holder = message->sender_mac, .frame = ethernet.source},
            heard);
}

void Engine::receive_neighbour(Interface& interface, const Datagram& datagram, MacAddress sender,
                               Instant heard) {
  const auto message = parse_neighbour_advertisement(datagram);
  if (!message) return;
  look_for_collision(interface, message->target, message->holder.value_or(sender), heard);
  if (message->solicited) return;
  announced(interface, message->target,
            {.holder = message->holder.value_or(sender), .frame = sender}, heard);
}

void Engine::look_for_collision(Interface& interface, const IpAddress& address, MacAddress holder,
                                Instant heard) {
  if (holder == interface.status.mac) return;
  const auto owned = interface.by_address.find(address);
  if (owned == interface.by_address.end()) return;
  VirtualRouter& router = *owned->second.router;
  if (router.is_collision(address, holder, heard))
    tell_of_stranger(router, Stranger::has_address, address, holder, heard);
}

void Engine::announced(Interface& interface, const IpAddress& address,
                       const Announcement& announcement, Instant heard) {
  if (announcement.holder == interface.status.mac) return;
  const auto owned = interface.by_address.find(address);
  if (owned == interface.by_address.end()) return;
  VirtualRouter& router = *owned->second.router;
  router.announced_by(address.family(), announcement.holder);
  handle(router,
         router::AnnouncementHeard{.address = owned->second.number,
                                   .mac = router.source_mac(address.family(), announcement.frame),
                                   .family = address.family()},
         heard);
}

}  // namespace failover
