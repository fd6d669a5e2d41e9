// Every chain of events over a group of two, one CARP and one VRRP, from each state that matters:
// what must hold whatever happens.

#include <functional>
#include <map>

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/group_scene.hpp"

namespace failover::tests {
namespace {

using group::Hold;
using group::Override;

constexpr group::TrackNumber needed = 1;  // without it the group yields
constexpr group::TrackNumber wished = 2;  // without it the group is demoted
const group::Settings with_tracks{
    .tracks = {{.number = needed, .rise = 1, .fall = 1, .well_for = 1s},
               {.number = wished, .rise = 1, .fall = 1, .demote = 50}}};

struct Walked;
struct Happening {
  std::string name;
  std::function<void(Walked&)> run;
};

// A group, and what an observer knows of it from its effects alone.
struct Walked {
  GroupScene scene{with_tracks};
  int operations = 0;  // begun and not ended
  std::vector<Role> told{Role::initialize, Role::initialize};
  Role told_by_group = Role::initialize;
  std::vector<const Happening*> chain;  // replays it
  std::string wrong;                    // the first rule that was broken

  void rule(bool kept, const char* what) {
    if (!kept && wrong.empty()) wrong = what;
  }
  void ask(const group::Event& event) {
    ++operations;
    scene.on(event);
  }
  void happens(const Happening& happening) {
    chain.push_back(&happening);
    const group::Overrides before = scene.machine.overrides();
    const bool nobody_active = scene.machine.role() != Role::active;
    scene.now += 1ms;
    happening.run(*this);
    judge(scene.take(), before, nobody_active);
  }
  void passes(Duration span) {
    for (const Instant end = scene.now + span; scene.deadline().value_or(end) < end;) {
      const group::Overrides before = scene.machine.overrides();
      const bool nobody_active = scene.machine.role() != Role::active;
      scene.at_deadline();
      const auto deadline = scene.deadline();
      rule(!deadline || *deadline > scene.now, "after a deadline the next one is in the future");
      judge(scene.take(), before, nobody_active);
    }
  }
  [[nodiscard]] std::string story() const {
    std::string words;
    for (const Happening* each : chain) words += ", " + each->name;
    return words;
  }

 private:
  [[nodiscard]] bool is_down(group::Member member) const {
    const router::Router& element = scene.element(member);
    const bool barred = element.barred() && element.role() != Role::active;
    return barred || element.waiting_for() != WaitingFor::nothing;
  }
  [[nodiscard]] bool is_up(group::Member member) const {
    return scene.role(member) != Role::initialize && !is_down(member);
  }
  void judge(const Story& effects, const group::Overrides& before, bool nobody_active);
  void judge_order(const Story& effects);
  void judge_roles();
};

// Transitions follow one another, of each element and of the group; whoever claims has said so.
void Walked::judge_order(const Story& effects) {
  for (const Seen& seen : effects) {
    if (const auto* moved = std::get_if<group::Moved>(&seen)) {
      rule(moved->from == told_by_group, "the group's move begins where the last one ended");
      told_by_group = moved->to;
    } else if (std::holds_alternative<group::OperationEnded>(seen)) {
      rule(--operations >= 0, "an operation ends once");
    } else if (const auto* did = std::get_if<Did>(&seen)) {
      const auto* transition = std::get_if<router::Transition>(&did->effect);
      if (transition == nullptr) continue;
      rule(transition->from == told[did->member], "an element's move begins where it was");
      told[did->member] = transition->to;
    }
  }
  rule(told_by_group == scene.machine.role(), "the group's moves end in its role");
  for (const group::Member member : {first, second})
    rule(told[member] == scene.role(member), "the elements' moves end in their roles");
}

void Walked::judge_roles() {
  int active = 0;
  int leaving = 0;
  for (const group::Member member : {first, second}) {
    if (scene.element(member).leaving())
      ++leaving;
    else if (scene.role(member) == Role::active)
      ++active;
  }
  const bool down = is_down(first) || is_down(second);
  rule(active == 0 || !down, "nobody is active beside one that is down, but for who leaves");
  const bool hears_rivals = active == 1 && scene.now < scene.machine.comes_along_from();
  rule(hears_rivals || leaving > 0 || active == 0 || active == 2,
       "all have one role, when nobody leaves, and no rivals may be heard yet");
  rule(scene.machine.leaving() == (leaving > 0), "the group leaves as long as one does");
}

void Walked::judge(const Story& effects, const group::Overrides& before, bool nobody_active) {
  rule(scene.most_rounds() <= 20, "it settles");
  judge_order(effects);
  judge_roles();
  const group::Overrides& after = scene.machine.overrides();
  const bool claims = count<router::ClaimAddresses>(effects) > 0;
  rule(!claims || (is_up(first) && is_up(second)), "nobody claims before all are up");
  const bool held = before.hold == Hold::backup && after.hold == Hold::backup;
  rule(!claims || !held, "held backup, nobody claims");
  const bool frozen = before.frozen && after.frozen && nobody_active;
  rule(!claims || !frozen, "frozen, nobody who is backup claims");
  rule(!claims || scene.machine.tracks().state(0) != group::TrackState::down,
       "nobody claims without what is needed");
  const bool held_active = after.hold == Hold::active;
  if (held_active && scene.role(second) != Role::initialize)
    rule(scene.element(second).rank() == says(254), "held active, it has the best rank");
}

// --- What can happen ---

std::vector<Happening> happenings_of(group::Member member) {
  const std::string who = member == first ? "first " : "second ";
  const auto event = [&](const char* name, const router::Event& happened) {
    return Happening{who + name, [=](Walked& w) { w.scene.on(member, happened); }};
  };
  return {
      {who + "ready", [=](Walked& w) { w.scene.ready(member); }},
      {who + "hears a better one", [=](Walked& w) { w.scene.hears_better(member); }},
      {who + "hears a worse one", [=](Walked& w) { w.scene.hears_worse(member); }},
      {who + "hears a farewell", [=](Walked& w) { w.scene.hears_farewell(member); }},
      {who + "hears an equal one",
       [=](Walked& w) { w.scene.hears(member, w.scene.element(member).rank()); }},
      event("fails", router::NotReady{WaitingFor::link}),
      event("has claimed", router::Claimed{}),
      event("is refused", router::ClaimRefused{}),
      event("barred", router::Barred{}),
      event("unbarred", router::Unbarred{}),
  };
}

std::vector<Happening> happenings_of_the_group() {
  const auto report = [](group::TrackNumber track, group::Health health) {
    return [=](Walked& w) { w.scene.on(group::TrackReport{track, health}); };
  };
  const auto ask = [](const group::Event& event) {
    return Happening{text(event), [=](Walked& w) { w.ask(event); }};
  };
  return {
      {"needed is well", report(needed, group::Health::good)},
      {"needed is down", report(needed, group::Health::bad)},
      {"wished is down", report(wished, group::Health::bad)},
      ask(group::SwitchOver{}),
      ask(group::SwitchOver{router::Unclaimed::let_go}),
      ask(Override{.wanted = {.drained = true}}),
      ask(Override{.wanted = {.hold = Hold::active}}),
      ask(Override{.wanted = {.hold = Hold::backup}}),
      ask(Override{.wanted = {.frozen = true}}),
      ask(Override{}),
      ask(group::Release{}),
      ask(group::AnnounceAgain{}),
      {"contested", [](Walked& w) { w.scene.on(group::Contested{}); }},
      {"services fail", [](Walked& w) { w.scene.on(group::ServicesFailed{}); }},
      {"overrides run out",
       [](Walked& w) { w.scene.on(Override{.wanted = {}, .reply = group::Reply::not_wanted}); }},
      {"deadline",
       [](Walked& w) {
         if (w.scene.deadline()) w.passes(*w.scene.deadline() - w.scene.now + 1ns);
       }},
      {"10 s", [](Walked& w) { w.passes(10s); }},
  };
}

const std::vector<Happening>& happenings() {
  static const std::vector<Happening> all = [] {
    std::vector<Happening> made = happenings_of(first);
    for (Happening& each : happenings_of(second)) made.push_back(std::move(each));
    for (Happening& each : happenings_of_the_group()) made.push_back(std::move(each));
    return made;
  }();
  return all;
}

void happen(Walked& walked, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto each = std::ranges::find(happenings(), name, &Happening::name);
    REQUIRE(each != happenings().end());
    walked.happens(*each);
  }
}

const std::vector<std::string> up{"needed is well", "first ready", "second ready"};
const std::vector<std::string> claiming{"deadline"};
const std::vector<std::string> held{"first has claimed", "second has claimed"};
const std::vector<std::string> both_hear_worse{"first hears a worse one",
                                               "second hears a worse one"};

// A state, and how it is come to.
const std::map<std::string, std::vector<std::vector<std::string>>> states = {
    {"nothing is known", {}},
    {"one is up", {{"needed is well", "first ready"}}},
    {"one is down", {up, {"second fails"}}},
    {"one is barred", {up, {"first barred"}}},
    {"backup", {up}},
    {"backup, following", {up, {"first hears a better one", "second hears a better one"}}},
    {"backup, held", {up, {"Override(hold backup )"}}},
    {"backup, frozen", {up, {"Override(frozen )"}}},
    {"backup, drained", {up, {"Override(drained )"}}},
    {"backup, yielded", {up, claiming, held, {"SwitchOver"}, both_hear_worse, {"deadline"}}},
    {"backup, sent back",
     {up, claiming, held, {"10 s", "second hears a better one", "first hears a worse one"}}},
    {"claiming", {up, claiming}},
    {"active", {up, claiming, held}},
    {"active, settled", {up, claiming, held, {"10 s"}}},
    {"active, held", {up, claiming, held, {"Override(hold active )", "10 s"}}},
    {"active, frozen", {up, claiming, held, {"10 s", "Override(frozen )"}}},
    {"leaving, sent back", {up, claiming, held, {"10 s", "second hears a better one"}}},
    {"leaving, one has failed", {up, claiming, held, {"10 s", "first fails"}}},
    {"leaving, a track is down", {up, claiming, held, {"10 s", "needed is down"}}},
    {"leaving, switching over", {up, claiming, held, {"10 s", "SwitchOver"}}},
    {"leaving, draining", {up, claiming, held, {"10 s", "Override(drained )"}}},
    {"leaving, half claimed",
     {up, claiming, held, {"10 s", "SwitchOver", "first hears a worse one"}}},
};

Walked in_state(const std::string& name) {
  Walked walked;
  for (const auto& names : states.at(name)) happen(walked, names);
  return walked;
}

// Whatever has happened: alone, and with nothing wrong, it becomes active, and nobody is left
// waiting for an answer.
void check_heals(Walked& walked) {
  Walked healed = walked;
  GroupScene& scene = healed.scene;
  scene.pass(10s);
  healed.ask(Override{});
  healed.ask(group::Release{});
  for (const group::Member member : {first, second}) {
    scene.ready(member);
    scene.on(member, router::Unbarred{});
  }
  scene.on(group::TrackReport{needed, group::Health::good});
  for (int i = 0; i < 200 && !(scene.all_are(Role::active) && !scene.machine.leaving()); ++i)
    scene.at_deadline();
  healed.operations -= static_cast<int>(outcomes(scene.take()).size());
  walked.rule(scene.all_are(Role::active), "alone, and with nothing wrong, it becomes active");
  walked.rule(healed.operations == 0, "every operation ends");
}

struct Walk {
  std::map<std::string, std::string> broken;  // rule: the first story that breaks it
  std::size_t steps = 0;

  void from(const Walked& state, int depth) {
    for (const Happening& each : happenings()) {
      Walked next = state;
      next.happens(each);
      ++steps;
      if (depth == 1) check_heals(next);
      if (!next.wrong.empty()) {
        broken.emplace(next.wrong, next.story());
      } else if (depth > 1) {
        from(next, depth - 1);
      }
    }
  }
};

}  // namespace

TEST_CASE("PRODUCT 8.10: every chain of two events in a group keeps the rules", "[exhaustive]") {
  Walk walk;
  for (const auto& [name, recipe] : states) {
    const Walked state = in_state(name);
    INFO(name << ": " << state.story());
    CHECK(state.wrong == "");
    walk.from(state, 2);
  }
  for (const auto& [rule, story] : walk.broken) FAIL_CHECK("not so: " << rule << story);
  CHECK(walk.steps > 25'000);
}

TEST_CASE("the group walk's states are the ones that their names say") {
  for (const auto& [name, recipe] : states) {
    INFO(name);
    const Walked state = in_state(name);
    const GroupScene& scene = state.scene;
    CHECK(scene.machine.leaving() == name.starts_with("leaving"));
    CHECK(scene.all_are(Role::backup) == (name.starts_with("backup") || name == "one is barred"));
    const bool active = name.starts_with("active") || name.starts_with("claiming");
    if (!name.starts_with("leaving")) CHECK(scene.all_are(Role::active) == active);
  }
}

}  // namespace failover::tests
