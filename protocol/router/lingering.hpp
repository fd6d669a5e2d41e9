#pragma once
// Lingering: a node that has given its role away goes on answering for the addresses until the peer
// has told the neighbours (PRODUCT: hand-over rule). Removing them a moment too early loses
// packets, a moment too late loses none.

#include <algorithm>
#include <optional>
#include <vector>

#include "protocol/router/events.hpp"
#include "protocol/time.hpp"

namespace failover::router {

// Begins with the farewell, or with the better advert that took the role. Part of Router.
class Lingering {
 public:
  explicit Lingering(std::size_t addresses) : announced_(addresses, false) {}

  // The peer's first advert counts. Later ones change nothing.
  void peer_spoke(Instant now) { spoke_ = std::min(spoke_.value_or(now), now); }
  // It is gone again; the next one speaks by then.
  void peer_left(Instant next_speaks) {
    announced_.assign(announced_.size(), false);
    count_ = 0;
    spoke_ = next_speaks;
  }
  // A frame from the virtual MAC: its port is the peer's, and nothing reaches us there any more.
  // Over when that is so in each family that is spoken; VRRP has a MAC for each.
  void port_moved(PerFamily<bool> in, const PerFamily<bool>& speaks, Instant now) {
    for (const Family family : families) port_moved_[family] |= in[family];
    const bool all = (port_moved_.ipv4 || !speaks.ipv4) && (port_moved_.ipv6 || !speaks.ipv6);
    if (all && !moved_) moved_ = now;
  }
  // May come before the advert (ucarp announces first). Each address counts once.
  void announced(std::size_t address, Instant now) {
    if (address >= announced_.size() || announced_[address]) return;
    announced_[address] = true;
    ++count_;
    last_ = now;
  }

  // When to let go: at once when the switch's port has moved; else 20 ms after the last address was
  // announced; 250 ms after the peer's first advert, or after its latest announcement, when some
  // are missing. Nothing while no peer has spoken.
  [[nodiscard]] std::optional<Instant> release_at() const {
    if (moved_) return moved_;
    if (!spoke_) return std::nullopt;
    if (count_ == announced_.size())
      return std::max(*spoke_, last_ + limits::handover_after_announcement);
    const Instant progress = count_ > 0 ? std::max(*spoke_, last_) : *spoke_;
    return progress + limits::handover_without_announcement;
  }
  [[nodiscard]] bool has_spoken() const { return spoke_.has_value(); }
  [[nodiscard]] Successor successor() const {
    return count_ > 0 ? Successor::announced : Successor::unknown;
  }

 private:
  std::optional<Instant> spoke_;
  PerFamily<bool> port_moved_;
  std::optional<Instant> moved_;
  std::vector<bool> announced_;
  std::size_t count_ = 0;
  Instant last_{};
};

}  // namespace failover::router
