#pragma once
// VirtualRouter: a state machine and what it needs in the engine: authentication, counters, the
// peers it has heard, the adverts it has sent, the status it publishes.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "agent/engine/sender.hpp"
#include "agent/mailbox/messages.hpp"
#include "protocol/carp/router.hpp"

namespace failover {

// Engine thread only, but for the published status.
class VirtualRouter {
 public:
  VirtualRouter(std::unique_ptr<EngineRouter> setup, const Clock& clock);

  [[nodiscard]] RouterId id() const { return setup_->id; }
  [[nodiscard]] InterfaceSlot slot() const { return setup_->slot; }
  [[nodiscard]] carp::Vhid vhid() const { return setup_->vhid; }
  [[nodiscard]] const std::vector<IpAddress>& addresses() const { return setup_->addresses; }
  [[nodiscard]] const std::optional<IpAddress>& configured_source() const { return setup_->source; }
  [[nodiscard]] carp::Router& machine() { return machine_; }
  [[nodiscard]] const carp::Router& machine() const { return machine_; }

  // New settings, password or addresses; the state machine is told by the engine.
  void replace_setup(std::unique_ptr<EngineRouter> setup);

  // The frame of an advert with a new counter, which is remembered as ours. The counter is the real
  // time in microseconds, or one more than the last, so that it grows across a restart too.
  [[nodiscard]] OutgoingAdvert make_advert(const carp::Rank& rank, int interface, MacAddress mac,
                                           const IpAddress& source);

  // The last part of the judgement: checksum, digest, own. Counts what it finds.
  [[nodiscard]] std::optional<carp::Advert> accept(const Ipv4Datagram& datagram, MacAddress sender,
                                                   const IpAddress& own_source, Instant heard);
  void count_rejection(Rejection rejection) { ++count(rejection); }

  void peer_heard(const carp::Advert& advert, const IpAddress& source, MacAddress mac,
                  Instant heard);
  void count_sent() { ++status_.adverts_sent; }
  void count_send_error() { ++status_.send_errors; }
  void announced_by(MacAddress mac) { announcer_ = mac; }
  [[nodiscard]] std::optional<MacAddress> announcer() const { return announcer_; }
  void role_changed(const carp::Transition& transition);
  void saw_two_active(const IpAddress& peer);
  void set_held(bool held) { status_.held = held; }
  [[nodiscard]] const PeerStatus& two_active_peer() const { return status_.two_active_peer; }

  void publish();

  OperationId operation = 0;  // the one under way; 0: none
  bool changed = false;       // since the last publish()

 private:
  struct Sent {
    std::uint64_t counter = 0;
    carp::Digest digest{};
  };
  [[nodiscard]] std::uint64_t& count(Rejection rejection) {
    changed = true;
    return status_.rejected[static_cast<std::size_t>(rejection)];
  }
  [[nodiscard]] bool is_own(const carp::Advert& advert) const;
  [[nodiscard]] PeerStatus& peer_entry(const IpAddress& address);

  std::unique_ptr<EngineRouter> setup_;
  const Clock& clock_;
  carp::Router machine_;
  RouterStatus status_;
  std::uint64_t last_counter_ = 0;
  std::array<Sent, limits::own_adverts_remembered> sent_{};
  std::size_t sent_next_ = 0;
  std::optional<MacAddress> announcer_;  // who announced our addresses last
};

}  // namespace failover
