#pragma once
// Two CARP nodes on one Ethernet segment in virtual time: ours, or models of others' tables.

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "protocol/router/router.hpp"

namespace failover::tests {

// What a node says to the other one.
struct Word {
  std::optional<carp::Rank> advert;  // nothing: a gratuitous ARP
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

// A real Router with a kernel that takes 1 ms to notify a claim.
[[nodiscard]] std::unique_ptr<Node> our_node(const router::Settings& settings,
                                             const IpAddress& source);
// FreeBSD's column of CARP.md 3.2: yields to every equal advert.
[[nodiscard]] std::unique_ptr<Node> bsd_node(const router::Settings& settings);
// ucarp's column: yields to an equal advert by address, says a last word when it yields.
[[nodiscard]] std::unique_ptr<Node> ucarp_node(const router::Settings& settings,
                                               const IpAddress& source);

// Which way a word goes.
enum class From : std::uint8_t { left, right };

class Segment {
 public:
  struct Side {
    std::unique_ptr<Node> node;
    IpAddress source;
    Instant starts{};
  };
  // `delay` is asked for every word, with its number; words of one side stay in order.
  using Delay = std::function<Duration(From, unsigned)>;

  Segment(Side left, Side right, Delay delay);

  // Words are lost until then.
  void cut_until(Instant healed) { healed_ = healed; }
  // Everything up to and including `end` happens.
  void run_until(Instant end);

  [[nodiscard]] const Node& left() const { return *sides_[0].node; }
  [[nodiscard]] const Node& right() const { return *sides_[1].node; }
  // How often a node became active or ceased to be.
  [[nodiscard]] int changes() const { return changes_; }

 private:
  struct OnTheWay {
    Instant arrives;
    Word word;
  };
  [[nodiscard]] std::optional<Instant> next() const;
  void step(std::size_t side, Instant now);
  void act(std::size_t side, Instant now, const std::function<void(const Speak&)>& action);

  std::array<Side, 2> sides_;
  std::array<bool, 2> started_{};
  std::array<std::deque<OnTheWay>, 2> towards_;
  Delay delay_;
  Instant healed_{};
  unsigned words_ = 0;
  int changes_ = 0;
};

}  // namespace failover::tests
