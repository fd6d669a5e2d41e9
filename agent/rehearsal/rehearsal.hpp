#pragma once
// A rehearsal: two nodes with their routers and groups, by the real state machines, in virtual
// time, on a network that loses nothing and with kernels that refuse nothing. What is configured to
// wait only waits (start_delay, preempt_delay, rise, fall, damping): that is left out, so that what
// is seen is where everything ends, not when.
//
// Drives the machines as the engine does (agent/engine/groups.cpp).

#include <deque>
#include <string>
#include <vector>

#include "agent/rehearsal/cast.hpp"
#include "protocol/group/group.hpp"
#include "protocol/router/router.hpp"

namespace failover::rehearsal {

// What may break, one thing at a time.
struct Failure {
  enum class Kind : std::uint8_t { nothing, node, link, track };
  Kind kind = Kind::nothing;
  std::optional<Side> side = {};  // nothing: the same thing, seen by both nodes
  std::string name = {};          // the interface, or the track
  std::string group = {};         // the track's
};

// One thread at a time. The cast outlives it.
class Rehearsal {
 public:
  explicit Rehearsal(const Cast& cast);

  void happen(const Failure& failure);
  // Until everything has come to rest, by the dead times of the cast; false: it has not.
  [[nodiscard]] bool settle();

  [[nodiscard]] bool is_active(std::size_t router) const;
  // Of a group, by the cast's number.
  [[nodiscard]] const group::Group& group(std::size_t number) const { return groups_[number]; }

 private:
  struct Element {
    router::Router machine;
    group::View shown = {};
    bool claims = false;
    bool cut_off = false;  // its link is down
    Instant moved_at{};
  };
  struct Coming {  // a thing on its way
    Instant at;
    std::size_t router = 0;
    router::Event event;
  };

  [[nodiscard]] static group::View view_of(const Element& element);
  void handle(std::size_t router, const router::Event& event);
  void handle_group(std::size_t group, const group::Event& event);
  void carry_out(std::size_t router, const router::Effect& effect);
  void tell_twin(std::size_t router, const router::SendAdvert& effect);
  void announce_to_twin(std::size_t router);
  void come(std::size_t router, const router::Event& event);
  void show(std::size_t router);
  void ask(std::size_t group);
  void even_out();
  void lose_link(std::size_t router);
  void report(std::size_t group, const std::string& track, group::Health health);
  void arrive();
  [[nodiscard]] std::optional<Instant> next() const;
  void reach_deadlines();

  [[nodiscard]] bool has_died(Side side) const { return dead_ == side; }
  [[nodiscard]] bool is_gone(std::size_t router) const {
    return has_died(cast_.routers[router].side);
  }

  const Cast& cast_;
  Instant now_;
  std::optional<Side> dead_;
  std::vector<Element> elements_;     // by the cast's numbers
  std::vector<group::Group> groups_;  // the same
  std::vector<bool> unsettled_;       // groups
  struct AskedFor {
    std::size_t group = 0;
    group::Effect effect;
  };
  std::deque<AskedFor> asked_for_;
  bool evening_out_ = false;
  std::deque<Coming> coming_;  // everything takes as long, so the first one comes first
};

}  // namespace failover::rehearsal
