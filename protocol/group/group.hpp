#pragma once
// The failover group: routers that have one role together, or none (PRODUCT: 8.10).
//
// Each router elects on its own segment, by its own protocol, and knows nothing of the others. The
// group looks at their roles and evens them out: when one of them has become active, the others
// come along; when one has lost the role to a better node, or fails, the others give it up; and as
// long as one cannot take the role, none may. So nobody has to be asked before a router claims:
// who must not is told in advance.
//
// saw() and handle() say what has happened, settle() what is to be done about all of it together;
// what it asks for makes elements change, and settle() is asked again until it asks for nothing.
// Pure, as the routers are. The heap is used when elements, tracks or effects are added.
//
// A group is ready when every element is up and every track that makes it yield is up. An element
// that joins a group that is active does not count before it has been up once.
//
// Of two nodes that claim in the same moment the worse one has to hear so before its other elements
// come along, all of them with the best rank: a tie of those says nothing of who is better.
//
// The way that has led to a move that another element took back is closed for a while: the element
// that led is not allowed to claim. When another one becomes entitled, that is another way.

#include <optional>
#include <vector>

#include "protocol/group/events.hpp"
#include "protocol/group/tracks.hpp"
#include "protocol/time.hpp"

namespace failover::group {

// Owned by the engine, or by a simulation; one thread at a time.
class Group {
 public:
  // fresh: failoverd was started; start_delay counts. resumed: the agent has only been replaced.
  enum class Start : std::uint8_t { fresh, resumed };
  Group(const Settings& settings, const Overrides& overrides, Start start, Instant now);

  void add(Member member, const View& view, Instant now);
  void remove(Member member);
  [[nodiscard]] bool has(Member member) const;
  // After everything that happened to it.
  void saw(Member member, const View& view, Instant now);
  void handle(const Event& event, Instant now, Effects& effects);
  // Appends what is to be done now, in order.
  void settle(Instant now, Effects& effects);
  // When DeadlineReached is due.
  [[nodiscard]] std::optional<Instant> deadline() const;

  [[nodiscard]] router::Role role() const;
  [[nodiscard]] Reason reason() const { return told_.reason; }
  // Something is down that must not be.
  [[nodiscard]] bool is_down() const;
  [[nodiscard]] bool is_empty() const { return elements_.empty(); }
  [[nodiscard]] const Overrides& overrides() const { return overrides_; }
  [[nodiscard]] bool yielded() const;
  [[nodiscard]] bool leaving() const { return count(&is_leaving) > 0; }
  [[nodiscard]] const Tracks& tracks() const { return tracks_; }
  // What the elements are demoted by, drained or not.
  [[nodiscard]] unsigned demotion() const;
  // Who took the others along, or back.
  [[nodiscard]] std::optional<Member> leader() const { return leader_; }
  [[nodiscard]] std::size_t unplanned_moves() const { return moves_.size(); }
  [[nodiscard]] Instant damped_until() const { return damped_until_; }
  [[nodiscard]] Instant contested_until() const { return contested_until_; }
  [[nodiscard]] Instant preempts_from() const { return preempts_from_; }
  [[nodiscard]] Instant starts_at() const { return starts_at_; }
  // The others, with the one that leads.
  [[nodiscard]] Instant comes_along_from() const { return comes_along_from_; }
  [[nodiscard]] Instant not_again_before() const;
  [[nodiscard]] const Settings& settings() const { return settings_; }

 private:
  struct Element {
    Member member = 0;
    View view;
    bool counts = false;  // it has been up, or was there before the group was active
    Instant not_again_before{};
    bool owes_answer = false;  // to the operation that is under way
    // As it was told.
    std::optional<Reason> forbidden = {};
    bool gives_up = false;
    Preempt may_preempt = Preempt::on;
    router::Advertised advertises = router::Advertised::own_rank;
    unsigned demoted_by = 0;
  };
  // Which way the elements are being evened out.
  enum class Direction : std::uint8_t { up, back };
  struct Operation {
    router::Outcome outcome = router::Outcome::done;
    std::optional<Overrides> then = {};  // in force when it ends well
    bool any = false;                    // the best answer counts, not the worst: an announcement
  };
  struct Told {
    router::Role role = router::Role::initialize;
    Reason reason = Reason::starting;
  };

  static bool is_active(const Element& element) {
    return element.view.role == router::Role::active;
  }
  static bool is_backup(const Element& element) {
    return element.view.role == router::Role::backup;
  }
  static bool is_leaving(const Element& element) { return element.view.leaving; }
  static bool is_barred(const Element& element) { return element.view.barred; }
  static bool can_hand_over(const Element& element) {
    return is_active(element) && !is_leaving(element);
  }
  static bool owes_answer(const Element& element) { return element.owes_answer; }
  static bool is_down_element(const Element& element);
  static bool is_pending(const Element& element);
  [[nodiscard]] std::size_t count(bool (*is_so)(const Element&)) const;
  [[nodiscard]] Element* find(Member member);

  void on(const TrackReport& event, Instant now, Effects& effects);
  void on(const SwitchOver& event, Instant now, Effects& effects);
  void on(const Override& event, Instant now, Effects& effects);
  void on(const Release& event, Instant now, Effects& effects);
  void on(const AnnounceAgain& event, Instant now, Effects& effects);
  void on(const ServicesFailed& event, Instant now, Effects& effects);
  void on(const Contested& event, Instant now, Effects& effects);
  void on(const ElementEnded& event, Instant now, Effects& effects);
  void on(const Reconfigured& event, Instant now, Effects& effects);
  void on(const DeadlineReached& event, Instant now, Effects& effects);

  // overriding.cpp
  void hand_over(Unclaimed unclaimed, std::optional<Overrides> then, Effects& effects);
  void ask(const router::Event& event, Operation operation, Effects& effects);
  void put_in_force(const Overrides& wanted, Effects& effects);
  void unyield(Effects& effects) const;
  void finish_operation(Effects& effects);

  // group.cpp
  struct Standing;
  [[nodiscard]] Standing standing(Instant now) const;
  void even_out(const Standing& standing, Instant now, Effects& effects);
  [[nodiscard]] std::optional<Reason> gives_up(const Standing& standing) const;
  void tell_restrictions(const Standing& standing, Instant now, Effects& effects);
  [[nodiscard]] std::optional<Moved> note_role(const Standing& standing, Instant now);
  void note_readiness(const Standing& standing, Instant now);
  void note_next_look(Instant now);
  void note_move(Instant now);
  void sent_back(Reason reason, Instant now);
  [[nodiscard]] Duration pause_between_tries(const Element& element) const;
  [[nodiscard]] bool is_planned(Reason reason) const;

  Settings settings_;
  Overrides overrides_;
  Tracks tracks_;
  std::vector<Element> elements_;  // by member
  Direction direction_ = Direction::up;
  std::optional<Member> leader_;
  Reason cause_ = Reason::starting;  // of the last change of role
  std::optional<Operation> operation_;
  Told told_;
  bool was_ready_ = false;
  std::optional<Instant> next_look_;  // when something that is waited for is over
  Instant starts_at_{};
  Instant preempts_from_{};
  Instant services_again_at_{};
  std::vector<Instant> moves_;  // unplanned, within the damping's window
  Instant damped_until_{};
  Instant contested_until_{};  // it does not preempt before
  Duration contested_for_{};   // the last time
  Instant comes_along_from_{};
};

}  // namespace failover::group
