#pragma once
// What must be true of every run, each promise as a formula, in one place. The world tells what
// happens; the first promise that does not hold ends the run.
//
// Words of the formulas:
//   trouble(a, b)   the last moment when something between a and b, or on one of them, was not as
//                   it should be: a frame lost, a pause, a link down, other settings. With both
//                   families: a frame lost in the better one; any_trouble: in any of them
//   interval(a)     a's longest advert interval, demotions included
//   delay           the longest that a frame is under way, and 5 ms (turn) for two nodes to act
//   apart(a)        the longest that elements of a group have two roles: see formulas.hpp
//   lag(a)          what a model of another program is late by of its own accord
//   dead, skew      see formulas.hpp

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "protocol/group/events.hpp"
#include "protocol/router/events.hpp"
#include "tests/sim/network.hpp"
#include "tests/sim/timeline.hpp"

namespace failover::sim {

inline constexpr Duration turn = 5ms;  // for two nodes to act

struct Violation {
  std::string oracle;
  std::string detail;
  Instant at;
};

// A node's part in a service, as seen from outside.
struct Seat {
  bool running = false;  // its agent is there and has the router
  router::Role role = router::Role::initialize;
  Instant role_since = world_begin;
  Reason reason = Reason::starting;
  router::Settings settings;
  unsigned held = 0;  // addresses that the kernel has, as bits
  Instant held_since = world_begin;
  Instant last_held = world_begin;

  std::optional<router::Rank> last_advert;  // since it became active
  bool leaving = false;                     // the last advert was a farewell
  Instant farewell_sent = world_begin;
  Instant took_back = world_begin;  // the role that it was handing over
  Instant announced = world_begin;  // last
  std::optional<Instant> must_announce;
  Instant worse_heard = world_begin;  // another active, last

  Instant heard = world_begin;         // delivered to its capture: an advert that is no farewell
  Instant deaf = world_begin - 3600s;  // last, in one of two families for a dead time
  Instant followed = world_begin;      // such an advert that a backup waits anew after
  PerFamily<Instant> followed_in{.ipv4 = world_begin, .ipv6 = world_begin};
  std::optional<router::Rank> followed_rank;
  PerFamily<std::optional<router::Rank>> followed_rank_in;
  bool lost_tie = false;  // heard: an equal rank, from an address that wins
  Instant farewell_heard = world_begin - 3600s;
  std::optional<Instant> must_claim;  // after a farewell
  bool yielded = false;
  Instant counted_since = world_begin;  // transitions within a second
  unsigned transitions = 0;
  bool demoted = false;      // by send errors, and only sending ends it
  bool left_behind = false;  // the agent has gone while its kernel refused to take addresses out
};

class Oracles {
 public:
  Oracles(const Scenario& scenario, Timeline& timeline);

  [[nodiscard]] const std::optional<Violation>& violation() const { return violation_; }
  [[nodiscard]] const Seat& seat(std::size_t node, std::size_t service) const {
    return seats_[node][service];
  }

  [[nodiscard]] std::uint64_t transitions() const { return transitions_; }

  // --- What happens ---
  void router_added(std::size_t node, std::size_t service, const router::Settings& settings,
                    Instant now);
  void router_gone(std::size_t node, std::size_t service, Instant now);
  void settings_changed(std::size_t node, std::size_t service, const router::Settings& settings,
                        Instant now);
  void role_changed(std::size_t node, std::size_t service, const router::Transition& transition,
                    Instant now);
  void tried_to_send(std::size_t node, const Signal& signal, Instant now);
  void arrived(std::size_t from, std::size_t to, const Signal& signal, Instant now);
  void lost(std::size_t from, std::size_t to, const Signal& signal, Instant now);
  enum class By : std::uint8_t { agent, somebody_else };
  void address_changed(std::size_t node, Place place, bool there, By by, Instant now);
  void announces(std::size_t node, Place place, bool own, bool confirmed, Instant now);
  void operation_ended(std::size_t node, std::size_t service, FaultKind command,
                       router::Outcome outcome, Instant now);
  // Something on the node is not as it should be until then; `until` may be now or later.
  void demotion_is(std::size_t node, std::size_t service, bool demoted) {
    seats_[node][service].demoted = demoted;
  }
  void disturbed(std::size_t node, Instant until);
  // Its kernel is slow or refuses, for as long as that is so, and a while after.
  void kernel_disturbed(std::size_t node, Instant until);
  void delays_are(Duration longest) { delay_ = std::max(delay_, longest); }
  // It does not run until then.
  void asleep(std::size_t node, Instant until) { asleep_[node] = std::max(asleep_[node], until); }
  void track_is(std::size_t node, group::Health health, Instant now) {
    tracks_[node] = {.health = health, .since = now};
  }
  void plan_executed(std::size_t node, bool removal_behind_addition, Instant now);

  // --- What must hold at any moment, and at the end ---
  void check(Instant now);
  void check_settled(Instant now);
  void check_settled(std::size_t service, Instant now);
  void nothing_changes_from(Instant now) { frozen_ = now; }

 private:
  [[nodiscard]] Duration interval(std::size_t node, std::size_t service) const;
  [[nodiscard]] Duration lag(std::size_t node, std::size_t service) const;
  [[nodiscard]] static Instant both_leave_until(const Seat& left, const Seat& right);
  [[nodiscard]] Duration two_active_window(std::size_t a, std::size_t b, std::size_t service) const;
  [[nodiscard]] Duration hand_over_window(std::size_t service) const;
  [[nodiscard]] Instant trouble(std::size_t a, std::size_t b, std::size_t service) const;
  [[nodiscard]] Instant any_trouble(std::size_t a, std::size_t b) const;
  void heard_advert(std::size_t from, std::size_t to, const Signal& signal, Instant now);
  void heard_farewell(std::size_t from, std::size_t to, const Signal& signal, Instant now);
  void heard_worse(std::size_t from, std::size_t to, const Signal& signal, Instant now);
  [[nodiscard]] bool is_ready(std::size_t node, std::size_t peer, std::size_t service,
                              Instant now) const;
  void check_pair(std::size_t a, std::size_t b, std::size_t service, Instant now);
  void check_seat(std::size_t node, std::size_t service, Instant now);
  void count_transition(Seat& seat, std::size_t node, Instant now);
  void check_reason(std::size_t node, std::size_t service, const router::Transition& transition,
                    Instant now);
  [[nodiscard]] bool was_silent(std::size_t node, std::size_t service, Instant now) const;
  [[nodiscard]] bool has_left(std::size_t node, std::size_t service, Instant now) const;
  void note_deafness(std::size_t node, std::size_t service, Instant now);
  void check_nobody_left(std::size_t node, std::size_t service, Instant now);
  void check_right_one(std::size_t active, std::size_t service, Instant now);
  void check_addresses(std::size_t node, std::size_t service, Instant now);
  void check_client(std::size_t active, std::size_t service, Instant now);
  [[nodiscard]] bool is_ours(std::size_t node) const {
    return scenario_.nodes[node].dialect == Dialect::ours;
  }
  // group_promises.cpp
  [[nodiscard]] bool is_grouped() const { return scenario_.group.has_value(); }
  [[nodiscard]] Duration most_apart(std::size_t node) const;
  [[nodiscard]] bool group_caused(std::size_t node, std::size_t service,
                                  const router::Transition& transition, Instant now) const;
  void check_group(std::size_t node, Instant now);
  void check_one_role(std::size_t node, std::size_t ahead, std::size_t behind, Instant now);
  void check_track(std::size_t node, Instant now);
  void check_same_node(Instant now);
  void violated(Instant now, std::string oracle, std::string detail);

  struct Cached {
    std::optional<std::size_t> node;
    bool missed = false;  // an announcement did not reach the client
  };
  struct Track {
    group::Health health = group::Health::good;
    Instant since = world_begin;
  };
  const Scenario& scenario_;
  Timeline& timeline_;
  std::array<std::array<Seat, most_services>, most_nodes> seats_{};
  std::array<Instant, most_nodes> disturbed_{};
  std::array<Instant, most_nodes> kernel_disturbed_{};
  std::array<Instant, most_nodes> asleep_{};
  std::array<Track, most_nodes> tracks_{};  // of the nodes' groups
  using LostBetween = std::array<std::array<Instant, most_nodes>, most_nodes>;  // from, to
  PerFamily<LostBetween> lost_between_{};
  std::array<std::array<Cached, most_addresses>, most_services> cache_{};
  Duration delay_{};
  std::uint64_t transitions_ = 0;
  std::optional<Instant> frozen_;
  std::optional<Violation> violation_;
};

}  // namespace failover::sim
