#pragma once
// VirtualRouter: a state machine and what it needs in the engine: its adverts on the wire,
// counters, the peers it has heard, the status it publishes.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "agent/engine/collision_watch.hpp"
#include "agent/engine/sender.hpp"
#include "agent/mailbox/messages.hpp"
#include "agent/rate_limit.hpp"
#include "agent/wire/wire.hpp"
#include "protocol/router/router.hpp"

namespace failover {

// Engine thread only, but for the published status.
class VirtualRouter {
 public:
  VirtualRouter(std::unique_ptr<EngineRouter> setup, const Clock& clock);

  [[nodiscard]] RouterId id() const { return setup_->id; }
  [[nodiscard]] InterfaceSlot slot() const { return setup_->slot; }
  [[nodiscard]] GroupId group() const { return setup_->group; }
  [[nodiscard]] router::Protocol protocol() const {
    return router::protocol_of(setup_->settings.election);
  }
  [[nodiscard]] std::uint8_t number() const { return setup_->number; }  // VHID or VRID
  [[nodiscard]] const std::vector<IpAddress>& addresses() const { return setup_->addresses; }
  [[nodiscard]] bool speaks(Family family) const { return setup_->settings.speaks[family]; }
  [[nodiscard]] router::Router& machine() { return machine_; }
  [[nodiscard]] const router::Router& machine() const { return machine_; }

  [[nodiscard]] bool has_virtual_mac(Family family) const {
    return setup_->virtual_macs[family].has_value();
  }
  [[nodiscard]] router::SourceMac source_mac(Family family, MacAddress mac) const {
    return setup_->virtual_macs[family] == mac ? router::SourceMac::virtual_mac
                                               : router::SourceMac::own;
  }

  // New settings, password or addresses; the state machine is told by the engine.
  void replace_setup(std::unique_ptr<EngineRouter> setup);

  // What it was in the agent's earlier life, until it has gone on from there, or cannot.
  [[nodiscard]] const std::optional<Survivor>& survivor() const { return setup_->survivor; }
  [[nodiscard]] bool is_late(Instant now) const;
  void resumed();
  void cannot_resume() { setup_->survivor.reset(); }

  // Where its adverts leave from, in each family that it speaks. Nothing when one of them has no
  // address to leave from.
  [[nodiscard]] std::optional<PerFamily<std::optional<IpAddress>>> sources_on(
      const InterfaceStatus& interface) const;
  // Appends an advert for each family, or for each peer.
  void write_adverts(const router::Rank& rank, const InterfaceStatus& interface,
                     std::vector<OutgoingAdvert>& out);

  // Judges a packet for it. Counts what it finds, and remembers the peer of an advert that it
  // accepts.
  [[nodiscard]] Result<router::Rank, Rejection> accept(const Datagram& datagram, MacAddress sender,
                                                       const InterfaceStatus& interface,
                                                       Instant heard);

  void count_sent() { ++status_.adverts_sent; }
  void count_send_error() { ++status_.send_errors; }
  void announced_by(Family family, MacAddress mac) { announcers_[family] = mac; }
  // A peer's virtual MAC may be another in each family.
  [[nodiscard]] const PerFamily<std::optional<MacAddress>>& announcers() const {
    return announcers_;
  }
  void role_changed(const router::Transition& transition);
  void restored(const RouterRestored& message);
  void contested(Contest contest);
  void saw_two_active(const IpAddress& peer);
  void set_held(bool held);
  // Another may have been active meanwhile: strangers are looked for when it must have let go.
  void woken(Instant now);
  [[nodiscard]] const PeerStatus& two_active_peer() const { return status_.two_active_peer; }

  // When to ask who else has the addresses.
  [[nodiscard]] std::optional<Instant> probe_due() const { return collisions_.due(); }
  void probed(Instant now) { collisions_.asked(now); }
  // `holder` says that it has one of our addresses. True: it has no business to.
  [[nodiscard]] bool is_collision(const IpAddress& address, MacAddress holder, Instant heard);
  // Whether to tell of another stranger of that kind.
  [[nodiscard]] bool is_news(Stranger kind, Instant now) {
    return reported_[static_cast<std::size_t>(kind)].allows(now);
  }

  void publish();

  group::View shown;     // what its group has seen of it last
  bool changed = false;  // since the last publish()

 private:
  [[nodiscard]] Result<Heard, Refusal> judge(const Datagram& datagram,
                                             const InterfaceStatus& interface);
  void count_refusal(const Refusal& refusal, const RejectedFrom& from);
  void count_accepted(const Heard& heard, const RejectedFrom& from);
  [[nodiscard]] MacAddress advert_mac(const InterfaceStatus& interface, Family family) const;
  [[nodiscard]] std::optional<IpAddress> source_on(const InterfaceStatus& interface,
                                                   Family family) const;
  [[nodiscard]] bool is_delivered_as_configured(const Datagram& datagram) const;
  void peer_heard(const Heard& said, const RejectedFrom& from);
  [[nodiscard]] bool is_last_active(MacAddress mac) const;
  [[nodiscard]] PeerStatus& peer_entry(const IpAddress& address);
  [[nodiscard]] bool is_multicast() const { return setup_->peers.empty(); }

  std::unique_ptr<EngineRouter> setup_;
  const Clock& clock_;
  router::Router machine_;
  RouterStatus status_;
  PerFamily<std::optional<MacAddress>> announcers_;  // who announced our addresses last
  CollisionWatch collisions_;
  std::array<RateLimit, 3> reported_{};  // by Stranger
};

}  // namespace failover
