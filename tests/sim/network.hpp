#pragma once
// The segments: every frame goes to every other port of its segment, unless something happens to
// it. Ports are the nodes and, behind them, one client per segment.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <span>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/router/election.hpp"
#include "tests/sim/scenario.hpp"

namespace failover::sim {

// What a frame means, for the models, the clients and the oracles; ours read the bytes.
struct Signal {
  enum class Kind : std::uint8_t { advert, announcement };
  Kind kind = Kind::advert;
  std::size_t service = 0;
  std::size_t number = 0;  // of the announced address
  Family family = Family::ipv4;
  router::Rank rank{};  // of the advert
  std::uint64_t counter = 0;
  IpAddress source{};
  MacAddress holder{};  // of the announced address
};

struct Frame {
  // An IPv6 advert with all addresses that a service can have.
  static constexpr std::size_t longest = 126;
  std::array<std::uint8_t, longest> bytes{};
  std::size_t size = 0;
  Signal signal;
};

inline constexpr std::size_t client_port = most_nodes;
inline constexpr std::size_t ports = most_nodes + 1;

class Network {
 public:
  // Told of every frame that does not arrive though it was sent.
  using Lost = std::function<void(std::size_t from, std::size_t to, const Frame&)>;
  Network(const Scenario& scenario, Lost lost);

  struct Arrival {
    Instant at;
    std::uint64_t sequence = 0;
    bool overtaken = false;  // by a later frame of the same sender
    std::size_t from = 0;
    std::size_t to = 0;
    std::size_t segment = 0;
    Frame frame;
  };
  void send(std::size_t from, std::size_t segment, const Frame& frame, Instant now);
  [[nodiscard]] std::optional<Instant> next() const;
  [[nodiscard]] Arrival take();

  // --- Faults; they add up ---
  void cut(std::size_t segment, std::size_t from, std::size_t to, int change);
  void cut(Family family, std::size_t segment, std::size_t from, std::size_t to, int change);
  [[nodiscard]] bool is_cut(Family family, std::size_t segment, std::size_t from,
                            std::size_t to) const {
    return cuts_[family][segment][from][to] > 0;
  }
  // What follows a kind of fault changes; a frame's own fate is mixed from the seed.
  void change_loss(int per_mille) { loss_ += per_mille; }
  void change_duplication(int per_mille) { duplication_ += per_mille; }
  void change_delay(Duration most) { extra_delay_ += most; }
  // The longest that a frame sent now can be under way.
  [[nodiscard]] Duration longest_delay() const { return most_delay + extra_delay_; }

 private:
  struct Later {
    bool operator()(const Arrival& left, const Arrival& right) const {
      return left.at != right.at ? left.at > right.at : left.sequence > right.sequence;
    }
  };
  void send_to(std::size_t from, std::size_t to, std::size_t segment, const Frame& frame,
               Instant now);
  static constexpr Duration least_delay = 20us;
  static constexpr Duration most_delay = 300us;

  std::size_t nodes_;
  std::uint64_t seed_;
  Lost lost_;
  using Cuts = std::array<std::array<std::array<int, ports>, ports>, most_segments>;
  PerFamily<Cuts> cuts_{};
  std::array<std::uint64_t, ports> sent_{};
  int loss_ = 0;
  int duplication_ = 0;
  Duration extra_delay_{};
  std::uint64_t sequence_ = 0;
  std::array<std::array<std::uint64_t, ports>, ports> delivered_{};  // the latest, from, to
  std::array<std::array<Instant, ports>, ports> last_arrival_{};
  std::priority_queue<Arrival, std::vector<Arrival>, Later> under_way_;
};

}  // namespace failover::sim
