#pragma once
// Nodes of either protocol on one Ethernet segment in virtual time, in both families: ours, and
// models of others' state machines, of CARP (carp_models.cpp) and of VRRP (VRRP.md 2.2).

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "protocol/router/router.hpp"

namespace failover::tests::lan {

using Sources = PerFamily<std::optional<IpAddress>>;

// What a node says to all the others.
struct Word {
  std::optional<router::Rank> advert;  // nothing: an announcement of the addresses
  Family family = Family::ipv4;
};
using Speak = std::function<void(const Word&)>;

class Node {
 public:
  virtual ~Node() = default;
  virtual void start(Instant now, const Speak& speak) = 0;
  virtual void hear(const Word& word, const IpAddress& from, Instant now, const Speak& speak) = 0;
  virtual void reach_deadline(Instant now, const Speak& speak) = 0;
  [[nodiscard]] virtual std::optional<Instant> deadline() const = 0;
  [[nodiscard]] virtual bool is_active() const = 0;
  // Whether it answers for the addresses.
  [[nodiscard]] virtual bool holds() const = 0;
};

// A real Router with a kernel that takes 1 ms to notify a claim. Speaks where it has a source.
[[nodiscard]] std::unique_ptr<Node> our_node(router::Settings settings, const Sources& sources);
// FreeBSD's column of CARP.md 3.2: yields to every equal advert.
[[nodiscard]] std::unique_ptr<Node> bsd_node(const router::Settings& settings);
// ucarp's column: yields to an equal advert by address, says a last word when it yields.
[[nodiscard]] std::unique_ptr<Node> ucarp_node(const router::Settings& settings,
                                               const IpAddress& source);
// Advertises at once on an advert that loses; skew in microseconds.
[[nodiscard]] std::unique_ptr<Node> keepalived_node(const router::Settings& settings,
                                                    const IpAddress& source);
// Is silent on an advert that loses; skew in whole centiseconds.
[[nodiscard]] std::unique_ptr<Node> frr_node(const router::Settings& settings,
                                             const IpAddress& source);

class Lan {
 public:
  struct Place {
    std::unique_ptr<Node> node;
    Sources sources;
    Instant starts{};
  };
  struct Passage {
    std::size_t from;
    std::size_t to;
    Family family;
    Instant said;
    unsigned number;  // how many words have been on their way before
  };
  // How long a word takes; nothing: it is lost. Words from one node to another stay in order.
  using Delay = std::function<std::optional<Duration>(const Passage&)>;

  Lan(std::vector<Place> places, Delay delay);

  // Everything up to and including `end` happens.
  void run_until(Instant end);

  [[nodiscard]] const Node& node(std::size_t number) const { return *places_[number].node; }
  // How often a node became active or ceased to be.
  [[nodiscard]] int changes() const { return changes_; }

 private:
  struct OnTheWay {
    Instant arrives;
    Word word;
  };
  [[nodiscard]] std::optional<Instant> next() const;
  void step(std::size_t number, Instant now);
  void act(std::size_t number, Instant now, const std::function<void(const Speak&)>& action);
  void send(std::size_t from, const Word& word, Instant now);
  [[nodiscard]] std::deque<OnTheWay>& between(std::size_t from, std::size_t to) {
    return ways_[from * places_.size() + to];
  }

  std::vector<Place> places_;
  std::vector<bool> started_;
  std::vector<std::deque<OnTheWay>> ways_;
  Delay delay_;
  unsigned words_ = 0;
  int changes_ = 0;
};

}  // namespace failover::tests::lan
