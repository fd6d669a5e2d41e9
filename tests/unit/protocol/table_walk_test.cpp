// Every pair (state, event), and every chain of three events from each state: what must hold
// whatever happens.

#include <functional>
#include <map>
#include <set>

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/scene.hpp"

namespace failover::tests {
namespace {

// A router, and what an observer knows of it from its effects alone.
struct Observed {
  Scene scene = Scene();
  bool holds = false;     // between a claim and a release
  bool notified = false;  // the kernel has said so
  int operations = 0;     // begun and not ended
  bool stopped = false;
  std::string story;  // replays it
  std::string wrong;  // the first rule that was broken

  void rule(bool kept, const char* what) {
    if (!kept && wrong.empty()) wrong = what;
  }
  void happens(const carp::Event& event);
  void passes(Duration pause) {
    scene.now += pause;
    story += " +" + text(pause);
  }
  void reaches_deadline() {
    if (scene.router.deadline()) passes(*scene.until_deadline());
    happens(carp::DeadlineReached{});
  }

 private:
  void judge(const Happened& effects, Role before);
};

bool is_farewell(const carp::Effect& effect) {
  const auto* send = std::get_if<carp::SendAdvert>(&effect);
  return send != nullptr && send->rank.is_farewell();
}

void Observed::happens(const carp::Event& event) {
  story += " " + text(event);
  if (std::holds_alternative<carp::SwitchOver>(event) ||
      std::holds_alternative<carp::AnnounceAgain>(event) ||
      std::holds_alternative<carp::Unyield>(event))
    ++operations;
  const Role before = scene.router.role();
  if (std::holds_alternative<carp::Claimed>(event) && holds) notified = true;
  judge(scene.on(event), before);
  const auto deadline = scene.router.deadline();
  if (std::holds_alternative<carp::DeadlineReached>(event))
    rule(!deadline || *deadline > scene.now, "after a deadline the next one is in the future");
  if (holds && scene.router.role() != Role::active)
    rule(deadline.has_value(), "who is not active lets go some time");
  if (stopped) {
    rule(!deadline && !holds, "who has stopped holds nothing and waits for nothing");
    rule(scene.router.role() == Role::initialize, "who has stopped is in INIT");
    rule(operations == 0, "operations end no later than the router");
  }
}

void Observed::judge(const Happened& effects, Role before) {
  const Role after = scene.router.role();
  Role told = before;
  const bool yields = before == Role::active && after == Role::backup;
  bool sent = false;
  bool claimed = false;
  for (const carp::Effect& effect : effects) {
    if (const auto* transition = std::get_if<carp::Transition>(&effect)) {
      rule(transition->from == told, "a transition begins where the last one ended");
      told = transition->to;
      rule(transition->reason == scene.router.reason(),
           "the last transition's reason is the reason");
    } else if (const auto* send = std::get_if<carp::SendAdvert>(&effect)) {
      sent = true;
      rule(is_farewell(effect) || send->rank == scene.router.rank(), "an advert says the rank");
      rule(is_farewell(effect) || told == Role::active, "only an active advertises");
      rule(is_farewell(effect) || after == Role::active || yields,
           "who leaves the role advertises once more only when it yields");
    } else if (std::holds_alternative<carp::ClaimAddresses>(effect)) {
      rule(after == Role::active, "only an active claims");
      rule(sent, "the advert leaves before the claim");
      holds = claimed = true;
    } else if (std::holds_alternative<carp::ReleaseAddresses>(effect)) {
      // Late by seconds, a backup may let go and claim again, in this order.
      rule(after != Role::active || before != Role::active, "an active never lets go");
      rule(!claimed, "nothing is let go right after it is claimed");
      holds = notified = false;
    } else if (std::holds_alternative<carp::Announce>(effect)) {
      rule(after == Role::active, "only an active announces");
      rule(notified, "nothing is announced before the kernel has notified it");
    } else if (std::holds_alternative<carp::OperationEnded>(effect)) {
      rule(--operations >= 0, "an operation ends once");
    } else if (std::holds_alternative<carp::Stopped>(effect)) {
      stopped = true;
    }
  }
  rule(told == after, "the transitions end in the role");
}

using Recipe = std::function<void(Observed&)>;

void make_backup(Observed& o) { o.happens(carp::Ready{own}); }
void make_claiming(Observed& o) {
  make_backup(o);
  o.reaches_deadline();
}
void make_active(Observed& o) {
  make_claiming(o);
  o.happens(carp::Claimed{});
}
void hear(Observed& o, const Rank& rank, const IpAddress& from = loser) {
  o.happens(carp::AdvertHeard{.rank = rank, .source = from});
}

// Each state with each of its flags; the comment behind says what is special where the name does
// not.
const std::map<std::string, Recipe> states = {
    {"initialize", [](Observed&) {}},
    {"initialize, barred", [](Observed& o) { o.happens(carp::Barred{}); }},
    {"backup", make_backup},
    {"backup, barred",
     [](Observed& o) {
       make_backup(o);
       o.happens(carp::Barred{});
     }},
    {"backup, refused",
     [](Observed& o) {
       make_claiming(o);
       o.happens(carp::ClaimRefused{});
     }},
    {"backup, lingering",
     [](Observed& o) {
       make_active(o);
       hear(o, better);
     }},
    {"backup, lingering after a switchover",
     [](Observed& o) {
       make_active(o);
       o.happens(carp::SwitchOver{});
       hear(o, worse);
     }},
    {"backup, yielded",
     [](Observed& o) {
       make_active(o);
       o.happens(carp::SwitchOver{});
       hear(o, worse);
       o.reaches_deadline();
     }},
    {"backup, listening after a stall",
     [](Observed& o) {
       make_backup(o);
       o.passes(60s);
       o.happens(carp::Woken{});
     }},
    {"active, claiming", make_claiming},
    {"active", make_active},
    {"active, settled",
     [](Observed& o) {
       make_active(o);
       for (int i = 0; i < 10; ++i) o.reaches_deadline();
     }},
    {"active, demoted by send errors",
     [](Observed& o) {
       make_active(o);
       for (int i = 0; i < 3; ++i) o.happens(carp::AdvertNotSent{});
     }},
    {"active, listening after a stall",
     [](Observed& o) {
       make_active(o);
       o.passes(60s);
       o.happens(carp::Woken{});
     }},
    {"leaving",
     [](Observed& o) {
       make_active(o);
       o.happens(carp::SwitchOver{});
     }},
    {"leaving, claim unanswered",
     [](Observed& o) {
       make_claiming(o);
       o.happens(carp::SwitchOver{});
     }},
    {"leaving, stopping",
     [](Observed& o) {
       make_active(o);
       o.happens(carp::Stop{});
     }},
    {"initialize, stopping, lingering",
     [](Observed& o) {
       make_active(o);
       o.happens(carp::Stop{});
       hear(o, worse);
     }},
    {"stopped",
     [](Observed& o) {
       make_backup(o);
       o.happens(carp::Stop{});
     }},
};

const std::vector<carp::Event>& events() {
  static const std::vector<carp::Event> all = {
      carp::Ready{own},
      carp::NotReady{WaitingFor::link},
      carp::AdvertHeard{better, loser},
      carp::AdvertHeard{equal, winner},
      carp::AdvertHeard{equal, loser},
      carp::AdvertHeard{worse, loser},
      carp::AdvertHeard{{.advbase = 1, .advskew = 0, .demote = 3}, loser},
      carp::AdvertHeard{{.advbase = 9, .advskew = 0}, loser},
      carp::AdvertHeard{carp::farewell_times, loser},
      carp::AnnouncementHeard{0},
      carp::Claimed{},
      carp::ClaimRefused{},
      carp::Barred{},
      carp::Unbarred{},
      carp::AdvertSent{},
      carp::AdvertNotSent{},
      carp::Demote{.cost = 50, .count = 1},
      carp::Demote{},
      carp::SwitchOver{},
      carp::Unyield{},
      carp::AnnounceAgain{},
      carp::Stop{},
      carp::StopNow{},
      carp::Reconfigured{settings(0, 50, carp::Preempt::off)},
      carp::Woken{},
      carp::DeadlineReached{},
  };
  return all;
}

// Each event 1 ms after the last one; deadlines in time, and late; a process that wakes, late.
std::vector<Observed> successors(const Observed& from) {
  std::vector<Observed> all;
  for (const carp::Event& event : events()) {
    Observed& next = all.emplace_back(from);
    next.passes(1ms);
    next.happens(event);
  }
  all.emplace_back(from).reaches_deadline();
  Observed& late = all.emplace_back(from);
  late.passes(10s);
  late.happens(carp::DeadlineReached{});
  Observed& woken = all.emplace_back(from);
  woken.passes(10s);
  woken.happens(carp::Woken{});
  return all;
}

// Whatever has happened, both ways to stop come to their end.
void check_stops(Observed& observed) {
  if (observed.stopped) return;
  Observed now = observed;
  now.happens(carp::StopNow{});
  now.rule(now.stopped, "stopping now stops");
  Observed orderly = observed;
  orderly.happens(carp::Stop{});
  for (int i = 0; i < 64 && orderly.scene.router.deadline(); ++i) orderly.reaches_deadline();
  orderly.rule(orderly.stopped, "a stop comes to its end");
  for (const Observed& each : {now, orderly})
    if (!each.wrong.empty() && observed.wrong.empty()) {
      observed.wrong = each.wrong;
      observed.story = each.story;
    }
}

struct Walk {
  std::map<std::string, std::string> broken;  // rule: the first story that breaks it
  std::size_t pairs = 0;

  void from(const Observed& state, int depth) {
    for (Observed& next : successors(state)) {
      ++pairs;
      check_stops(next);
      if (!next.wrong.empty()) {
        broken.emplace(next.wrong, next.story);
      } else if (depth > 1) {
        from(next, depth - 1);
      }
    }
  }
};

}  // namespace

TEST_CASE(
    "ARCHITECTURE 2: every pair of state and event, and every chain of three, keeps the rules",
    "[exhaustive]") {
  Walk walk;
  for (const auto& [name, recipe] : states) {
    Observed observed;
    recipe(observed);
    INFO(name);
    CHECK(observed.wrong == "");
    walk.from(observed, 3);
  }
  for (const auto& [rule, story] : walk.broken)
    FAIL_CHECK("not so: " << rule << ", after" << story);
  CHECK(walk.pairs > 100'000);
}

TEST_CASE("the walk's states are the ones that their names say") {
  const std::map<std::string, Role> roles = {{"init", Role::initialize},
                                             {"stop", Role::initialize},
                                             {"back", Role::backup},
                                             {"acti", Role::active},
                                             {"leav", Role::active}};
  for (const auto& [name, recipe] : states) {
    INFO(name);
    Observed observed;
    recipe(observed);
    CHECK(observed.scene.router.role() == roles.at(name.substr(0, 4)));
  }
}

}  // namespace failover::tests
