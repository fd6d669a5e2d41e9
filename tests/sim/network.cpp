#include "tests/sim/network.hpp"

#include "tests/sim/random.hpp"

namespace failover::sim {
namespace {

// The fates of one frame on its way to one port, each from other bits.
struct Fate {
  std::uint64_t bits;
  [[nodiscard]] bool strikes(int per_mille, unsigned shift) const {
    return per_mille > 0 && static_cast<int>((bits >> shift) % 1000) < per_mille;
  }
  [[nodiscard]] Duration up_to(Duration most, unsigned shift) const {
    return most > 0ns ? Duration(static_cast<Duration::rep>(
                            (bits >> shift) % static_cast<std::uint64_t>(most.count())))
                      : 0ns;
  }
};

}  // namespace

Network::Network(const Scenario& scenario, Lost lost)
    : nodes_(scenario.nodes.size()), seed_(mixed(scenario.seed)), lost_(std::move(lost)) {}

void Network::send(std::size_t from, std::size_t segment, const Frame& frame, Instant now) {
  ++sent_[from];
  for (std::size_t to = 0; to < nodes_; ++to)
    if (to != from) send_to(from, to, segment, frame, now);
  send_to(from, client_port, segment, frame, now);
}

void Network::send_to(std::size_t from, std::size_t to, std::size_t segment, const Frame& frame,
                      Instant now) {
  const Fate fate{mixed(seed_ ^ mixed(sent_[from] * 256 + from * 16 + to))};
  if (is_cut(frame.signal.family, segment, from, to) || fate.strikes(loss_, 0)) {
    lost_(from, to, frame);
    return;
  }
  Duration delay = least_delay + fate.up_to(most_delay - least_delay, 10);
  delay += fate.up_to(extra_delay_, 20);
  // A segment keeps the order of a sender's frames, unless something delays them.
  Instant at = now + delay;
  if (extra_delay_ == 0ns) at = std::max(at, last_arrival_[from][to]);
  last_arrival_[from][to] = std::max(at, last_arrival_[from][to]);
  const std::uint64_t sequence = ++sequence_;
  under_way_.push({at, sequence, false, from, to, segment, frame});
  if (fate.strikes(duplication_, 40))
    under_way_.push({at + fate.up_to(most_delay, 30), sequence, false, from, to, segment, frame});
}

std::optional<Instant> Network::next() const {
  return under_way_.empty() ? std::nullopt : std::optional(under_way_.top().at);
}

Network::Arrival Network::take() {
  Arrival arrival = under_way_.top();
  under_way_.pop();
  std::uint64_t& delivered = delivered_[arrival.from][arrival.to];
  arrival.overtaken = arrival.sequence < delivered;
  delivered = std::max(delivered, arrival.sequence);
  return arrival;
}

void Network::cut(std::size_t segment, std::size_t from, std::size_t to, int change) {
  for (const Family family : families) cut(family, segment, from, to, change);
}

void Network::cut(Family family, std::size_t segment, std::size_t from, std::size_t to,
                  int change) {
  cuts_[family][segment][from][to] += change;
}

}  // namespace failover::sim
