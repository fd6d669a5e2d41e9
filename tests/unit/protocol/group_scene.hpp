#pragma once
// A failover group in virtual time: real routers, driven as the engine drives them
// (agent/engine/groups.cpp), and all that comes of it, in order.

#include <string>
#include <variant>
#include <vector>

#include "protocol/group/group.hpp"
#include "protocol/router/router.hpp"
#include "tests/unit/protocol/scene.hpp"
#include "tests/unit/protocol/vrrp_scene.hpp"

namespace failover::tests {

// What an element asked for, and what the group told.
struct Did {
  group::Member member = 0;
  router::Effect effect;
  friend bool operator==(const Did&, const Did&) = default;
};
using Seen = std::variant<Did, group::Moved, group::TrackMoved, group::OperationEnded>;
using Story = std::vector<Seen>;

// The elements of most tests: CARP 1/100 and VRRP with priority 100, so the first one is the first
// to miss an active.
inline constexpr group::Member first = 0;
inline constexpr group::Member second = 1;
[[nodiscard]] inline std::vector<router::Settings> pair() { return {settings(1, 100), v3(100)}; }
inline const Duration first_dead = 3s + 100 * carp::skew_unit;
inline const Duration second_dead = down_interval(100);
// Of both: how long a way stays closed that another element has taken back.
inline const Duration closed_for_first = 3 * first_dead;

class GroupScene {
 public:
  using Start = group::Group::Start;
  // Nothing is up yet.
  explicit GroupScene(const group::Settings& configured = {},
                      const std::vector<router::Settings>& elements = pair(),
                      Start start = Start::fresh, const group::Overrides& overrides = {});

  // All elements up, nobody heard.
  [[nodiscard]] static GroupScene backup(const group::Settings& configured = {},
                                         const std::vector<router::Settings>& elements = pair());
  // By the first one's dead time; the kernel has answered.
  [[nodiscard]] static GroupScene active(const group::Settings& configured = {},
                                         const std::vector<router::Settings>& elements = pair());
  // And long enough to advertise the own ranks.
  [[nodiscard]] static GroupScene settled(const group::Settings& configured = {},
                                          const std::vector<router::Settings>& elements = pair());

  // A router that is added now, not up yet; its number.
  group::Member join(const router::Settings& configured);
  // Out of the configuration: it stops, and moves nobody.
  void part(group::Member member);
  // As it was before the agent was replaced, until it resumes.
  group::Member join_surviving(const router::Settings& configured);
  void resume(group::Member member, const router::Resume& survivor);
  void cannot_resume(group::Member member, WaitingFor what);

  void on(group::Member member, const router::Event& event);
  void on(const group::Event& event);
  void ready(group::Member member);
  void hears(group::Member member, const router::Rank& rank);
  // By the protocol that it speaks.
  void hears_better(group::Member member);
  void hears_worse(group::Member member);
  void hears_farewell(group::Member member);
  // To every claim that is not answered yet.
  void kernel_answers();

  // Handles every deadline up to and including now + span, and leaves now there.
  void pass(Duration span);
  // The same, while a better node is active on every segment.
  void pass_as_backup(Duration span);
  // Up to the next deadline of anybody.
  void at_deadline();
  [[nodiscard]] std::optional<Instant> deadline() const;

  [[nodiscard]] const router::Router& element(group::Member member) const {
    return elements_[member].router;
  }
  [[nodiscard]] Role role(group::Member member) const { return element(member).role(); }
  [[nodiscard]] bool all_are(Role role) const;
  [[nodiscard]] std::size_t size() const { return elements_.size(); }
  [[nodiscard]] bool has_parted(group::Member member) const { return elements_[member].parted; }
  // The most often that settle() was asked for one event.
  [[nodiscard]] int most_rounds() const { return most_rounds_; }

  // What has happened since the last time, and when, from a moment of the test's choice.
  Story take();
  [[nodiscard]] std::optional<Duration> when(const Seen& seen, Instant since) const;

  Instant now = Instant{} + 3600s;
  group::Group machine;

 private:
  struct Element {
    router::Router router;
    group::View shown;
    bool survives = false;  // from an earlier life, not resumed yet
    bool claims = false;    // and the kernel has not answered
    bool parted = false;
  };
  [[nodiscard]] static group::View view_of(const Element& element);
  void add(Element element);
  void record(Seen seen);
  void show(group::Member member);
  void settle();
  void queue(group::Effects& effects);
  void carry_out(const group::Effect& effect);

  std::vector<Element> elements_;
  std::vector<group::Effect> asked_for_;
  bool unsettled_ = false;
  bool settling_ = false;
  int most_rounds_ = 0;
  Story story_;
  std::vector<Instant> times_;
};

// How many effects of a kind there are, of one element or of all.
template <class Effect>
[[nodiscard]] int count(const Story& story, std::optional<group::Member> member = std::nullopt) {
  int found = 0;
  for (const Seen& seen : story) {
    const Did* did = std::get_if<Did>(&seen);
    const bool counts = did != nullptr && (!member || did->member == *member);
    if (counts && std::holds_alternative<Effect>(did->effect)) ++found;
  }
  return found;
}
[[nodiscard]] int count_farewells(const Story& story,
                                  std::optional<group::Member> member = std::nullopt);
// What the group told of its role, in order.
[[nodiscard]] std::vector<group::Moved> moves(const Story& story);
[[nodiscard]] std::vector<Outcome> outcomes(const Story& story);
// Where something is for the first time; the story's size: nowhere.
[[nodiscard]] std::size_t place(const Story& story, const Seen& seen);

[[nodiscard]] Seen did(group::Member member, const router::Effect& effect);
// In the words of the protocol that it speaks.
[[nodiscard]] Seen says_farewell(group::Member member, const router::Settings& configured);

[[nodiscard]] std::string text(const Seen& seen);
[[nodiscard]] std::string text(const group::Event& event);

}  // namespace failover::tests

namespace Catch {
template <>
struct StringMaker<failover::tests::Seen> {
  static std::string convert(const failover::tests::Seen& seen) {
    return failover::tests::text(seen);
  }
};
template <>
struct StringMaker<failover::group::Moved> {
  static std::string convert(const failover::group::Moved& moved) {
    return failover::tests::text(failover::tests::Seen(moved));
  }
};
}  // namespace Catch
