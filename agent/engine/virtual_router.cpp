#include "agent/engine/virtual_router.hpp"

#include <algorithm>

#include "protocol/assert.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"

namespace failover {
namespace {

// What the other implementations send: CARP has IPTOS_LOWDELAY, VRRP network control.
constexpr std::uint8_t carp_type_of_service = 0x10;
constexpr std::uint8_t vrrp_type_of_service = 0xc0;

const IpAddress& group_of(Family family) {
  return family == Family::ipv4 ? advert_group4 : advert_group6;
}

// A replay says nothing of whoever is at that address: what is known of him stays.
CounterKind counter_kind(const Heard& heard, CounterKind before) {
  if (!heard.replay) return CounterKind::unknown;
  switch (heard.replay->freshness) {
    case carp::Freshness::fresh: return CounterKind::clock;
    case carp::Freshness::stale: return CounterKind::other;
    case carp::Freshness::replayed:
      return before == CounterKind::unknown ? CounterKind::other : before;
  }
  broken_promise();
}

}  // namespace

VirtualRouter::VirtualRouter(std::unique_ptr<EngineRouter> setup, const Clock& clock)
    : setup_(std::move(setup)), clock_(clock), machine_(setup_->settings) {
  status_.since = clock_.real();
  if (setup_->counted != nullptr) setup_->counted->read_into(status_);
  publish();
}

void VirtualRouter::replace_setup(std::unique_ptr<EngineRouter> setup) {
  std::visit(
      [&]<class Kind>(Kind& wire) {
        if (const auto* before = std::get_if<Kind>(&setup_->wire)) wire.continue_from(*before);
      },
      setup->wire);
  setup->survivor = setup_->survivor;
  setup_ = std::move(setup);
  changed = true;
}

std::optional<IpAddress> VirtualRouter::source_on(const InterfaceStatus& interface,
                                                  Family family) const {
  if (setup_->sources[family]) return setup_->sources[family];
  const auto leaves_the_link = [](const IpAddress& peer) {
    return peer.family() == Family::ipv6 && !peer.is_link_local();
  };
  if (family == Family::ipv6 && std::ranges::any_of(setup_->peers, leaves_the_link))
    return interface.global6;
  return interface.sources[family];
}

std::optional<PerFamily<std::optional<IpAddress>>> VirtualRouter::sources_on(
    const InterfaceStatus& interface) const {
  PerFamily<std::optional<IpAddress>> sources;
  for (const Family family : families) {
    if (!speaks(family)) continue;
    sources[family] = source_on(interface, family);
    if (!sources[family]) return std::nullopt;
  }
  return sources;
}

// The first frame from the virtual MAC moves the switch's port to us, so it must not leave before
// the addresses answer here, nor after the role has gone.
MacAddress VirtualRouter::advert_mac(const InterfaceStatus& interface, Family family) const {
  const bool holds = status_.held && machine_.role() == router::Role::active;
  return holds ? setup_->virtual_macs[family].value_or(interface.mac) : interface.mac;
}

void VirtualRouter::write_adverts(const router::Rank& rank, const InterfaceStatus& interface,
                                  std::vector<OutgoingAdvert>& out) {
  const std::uint8_t type_of_service =
      protocol() == router::Protocol::carp ? carp_type_of_service : vrrp_type_of_service;
  const auto write = [&](const IpAddress& source, const IpAddress& destination) {
    OutgoingAdvert& advert = out.emplace_back();
    advert.router = id();
    advert.interface = interface.index;
    advert.source = source;
    advert.destination = destination;
    advert.type_of_service = type_of_service;
    const Outbound outbound{.source = source, .destination = destination, .now = clock_.real()};
    const auto payload =
        std::visit([&](auto& wire) { return wire.write(rank, outbound, advert.payload_room()); },
                   setup_->wire);
    advert.finish(payload, advert_mac(interface, source.family()));
  };
  for (const Family family : families) {
    if (!speaks(family)) continue;
    const auto source = source_on(interface, family);
    if (!source) continue;
    if (is_multicast()) write(*source, group_of(family));
    for (const IpAddress& peer : setup_->peers)
      if (peer.family() == family) write(*source, peer);
  }
}

Result<router::Rank, Rejection> VirtualRouter::accept(const Datagram& datagram, MacAddress sender,
                                                      const InterfaceStatus& interface,
                                                      Instant heard) {
  const auto judged = judge(datagram, interface);
  changed = true;
  const RejectedFrom from{.address = datagram.source, .mac = sender, .heard = heard};
  if (!judged) {
    count_refusal(judged.error(), from);
    return failure(judged.error().reason);
  }
  count_accepted(*judged, from);
  return judged->rank;
}

void VirtualRouter::count_refusal(const Refusal& refusal, const RejectedFrom& from) {
  ++status_.rejected[static_cast<std::size_t>(refusal.reason)];
  if (refusal.reason == Rejection::digest || refusal.reason == Rejection::authentication)
    status_.wrong_digest = from;
  if (refusal.reason == Rejection::interval) status_.other_interval = from;
  if (refusal.replay) {
    status_.replayed = from;
    status_.replayed_as = *refusal.replay;
  }
}

void VirtualRouter::count_accepted(const Heard& heard, const RejectedFrom& from) {
  ++status_.adverts_received;
  if (heard.checksum)
    ++(*heard.checksum == vrrp::Checksum::rfc5798 ? status_.checksum_rfc5798
                                                  : status_.checksum_rfc9568);
  if (heard.lists_others) {
    ++status_.other_addresses;
    status_.other_addresses_from = from;
  }
  if (heard.replay && heard.replay->freshness == carp::Freshness::replayed)
    ++status_.replay_suspected;
  if (heard.replay && heard.replay->freshness == carp::Freshness::stale) ++status_.unprotected;
  peer_heard(heard, from);
}

Result<Heard, Refusal> VirtualRouter::judge(const Datagram& datagram,
                                            const InterfaceStatus& interface) {
  const Family family = datagram.source.family();
  const auto misfit = std::visit(
      [&](const auto& wire) { return wire.misfit(datagram, setup_->least_ttl); }, setup_->wire);
  if (misfit) return failure(*misfit);
  if (!is_delivered_as_configured(datagram)) return failure(Rejection::peer);
  const auto own = source_on(interface, family);
  return std::visit(
      [&](auto& wire) { return wire.read(datagram, own.value_or(IpAddress{}), clock_.real()); },
      setup_->wire);
}

// Unicast is only taken from who is configured: it may have come from anywhere.
bool VirtualRouter::is_delivered_as_configured(const Datagram& datagram) const {
  if (is_multicast()) return datagram.destination == group_of(datagram.source.family());
  return !datagram.destination.is_multicast() &&
         std::ranges::find(setup_->peers, datagram.source) != setup_->peers.end();
}

void VirtualRouter::peer_heard(const Heard& said, const RejectedFrom& from) {
  PeerStatus& entry = peer_entry(from.address);
  const bool known = entry.address == from.address;
  const auto before = known ? entry.counter : CounterKind::unknown;
  entry = {.address = from.address,
           .mac = from.mac,
           .rank = said.rank,
           .heard = from.heard,
           .heard_at = clock_.real(),
           .leaving = router::is_farewell(said.rank),
           .counter = counter_kind(said, before)};
}

PeerStatus& VirtualRouter::peer_entry(const IpAddress& address) {
  const auto known_end = status_.peers.begin() + status_.peer_count;
  const auto known = std::find_if(status_.peers.begin(), known_end,
                                  [&](const PeerStatus& peer) { return peer.address == address; });
  if (known != known_end) return *known;
  if (status_.peer_count < status_.peers.size()) return status_.peers[status_.peer_count++];
  return *std::ranges::min_element(status_.peers, {}, &PeerStatus::heard);
}

void VirtualRouter::set_held(bool held) {
  status_.held = held;
  collisions_.stop();
  woken(clock_.monotonic());
}

void VirtualRouter::woken(Instant now) {
  if (status_.held) collisions_.start(now, machine_.settings().handover_bound());
}

bool VirtualRouter::is_collision(const IpAddress& address, MacAddress holder, Instant heard) {
  const bool ours_alone = status_.held && machine_.role() == router::Role::active &&
                          source_mac(address.family(), holder) == router::SourceMac::own &&
                          !is_last_active(holder);
  if (!ours_alone || !collisions_.is_collision(heard)) return false;
  ++status_.collisions;
  status_.collision_from = {.address = address, .mac = holder, .heard = heard};
  changed = true;
  return true;
}

// Its hand-over may be longer than ours; and two that are active are told of elsewhere.
bool VirtualRouter::is_last_active(MacAddress mac) const {
  const auto known_end = status_.peers.begin() + status_.peer_count;
  const auto last = std::max_element(
      status_.peers.begin(), known_end,
      [](const PeerStatus& one, const PeerStatus& other) { return one.heard < other.heard; });
  return last != known_end && last->mac == mac;
}

void VirtualRouter::role_changed(const router::Transition& transition) {
  if (transition.from != transition.to) status_.since = clock_.real();
  if (transition.to == router::Role::active) announcers_ = {};
  changed = true;
}

void VirtualRouter::contested(Contest contest) {
  status_.contest = contest;
  changed = true;
}

void VirtualRouter::restored(const RouterRestored& message) {
  ++status_.restored;
  status_.restored_last = message.address;
  status_.restored_at = clock_.real();
  status_.removed_by = message.by;
  changed = true;
}

void VirtualRouter::saw_two_active(const IpAddress& peer) {
  ++status_.two_active;
  status_.two_active_at = clock_.real();
  status_.two_active_peer = peer_entry(peer);
  changed = true;
}

// By our own dead time: a peer that waits longer has not claimed either.
bool VirtualRouter::is_late(Instant now) const {
  return setup_->survivor && setup_->survivor->last_seen + machine_.settings().dead_time() <= now;
}

// For people it has been what it is all along.
void VirtualRouter::resumed() {
  if (setup_->survivor && setup_->survivor->role == machine_.role())
    status_.since = setup_->survivor->since;
  setup_->survivor.reset();
}

void VirtualRouter::publish() {
  status_.role = machine_.role();
  status_.reason = machine_.reason();
  status_.waiting_for = machine_.waiting_for();
  status_.yielded = machine_.yielded();
  status_.rank = machine_.rank();
  status_.demotion = machine_.demotion().cost;
  setup_->status->write(status_);
  if (setup_->counted != nullptr) setup_->counted->write(status_);
  if (setup_->kept != nullptr && !setup_->survivor)
    setup_->kept->write({.role = status_.role,
                         .reason = status_.reason,
                         .since = status_.since,
                         .yielded = status_.yielded});
  changed = false;
}

}  // namespace failover
