// Frames: judged in the documented order, the first failure counted where it belongs.

#include <algorithm>

#include "agent/engine/engine.hpp"
#include "protocol/arp.hpp"
#include "protocol/ipv4.hpp"

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
  if (ethernet->type == ethertype_ipv4) receive_advert(interface, *ethernet, heard);
}

void Engine::receive_advert(Interface& interface, const EthernetFrame& ethernet, Instant heard) {
  const auto datagram = parse_ipv4(ethernet.payload);
  VirtualRouter* router = nullptr;
  if (datagram) {
    const auto vhid = carp::named_vhid(datagram->payload);
    if (vhid) router = interface.by_vhid[vhid->value()];
  }
  const auto misfit =
      datagram ? carp::misfit(*datagram) : std::optional<Rejection>(datagram.error());
  if (misfit || router == nullptr) {
    if (router != nullptr) {
      router->count_rejection(*misfit);
    } else {
      ++(misfit ? interface.status.malformed : interface.status.unknown_id);
      interface.changed = true;
    }
    return;
  }
  const auto source = source_of(*router).value_or(interface.status.source);
  const auto advert = router->accept(*datagram, ethernet.source, source, heard);
  if (!advert) return;
  router->peer_heard(*advert, datagram->source, ethernet.source, heard);
  handle(*router, carp::AdvertHeard{.rank = advert->rank, .source = datagram->source}, heard);
}

// Only what is said about our addresses, and by another machine.
void Engine::receive_arp(Interface& interface, const EthernetFrame& ethernet, Instant heard) {
  const auto message = parse_arp(ethernet.payload);
  if (!message || message->sender_mac == interface.status.mac) return;
  if (message->sender != message->target) return;
  const auto owned = interface.by_address.find(message->sender);
  if (owned == interface.by_address.end()) return;
  owned->second.router->announced_by(message->sender_mac);
  handle(*owned->second.router, carp::AnnouncementHeard{owned->second.number}, heard);
}

}  // namespace failover
