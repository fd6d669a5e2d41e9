// Every pair (state, event), and every chain of three events from each state: what must hold
// whatever happens, for CARP, for VRRP, and with both families.

#include <functional>
#include <map>
#include <set>

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/scene.hpp"
#include "tests/unit/protocol/walked_routers.hpp"

namespace failover::tests {
namespace {

// A router, and what an observer knows of it from its effects alone.
struct Observed {
  explicit Observed(const WalkedRouter& observed) : walked(&observed), scene(observed.settings) {}

  const WalkedRouter* walked;
  Scene scene;
  bool holds = false;     // between a claim and a release
  bool notified = false;  // the kernel has said so
  bool resumes = false;   // by the event that is judged
  int operations = 0;     // begun and not ended
  bool stopped = false;
  std::string story;  // replays it
  std::string wrong;  // the first rule that was broken

  void rule(bool kept, const char* what) {
    if (!kept && wrong.empty()) wrong = what;
  }
  void happens(const router::Event& event);
  void passes(Duration pause) {
    scene.now += pause;
    story += " +" + text(pause);
  }
  void reaches_deadline() {
    if (scene.router.deadline()) passes(*scene.until_deadline());
    happens(router::DeadlineReached{});
  }

 private:
  void judge(const Happened& effects, Role before);
};

bool is_farewell(const router::Effect& effect) {
  const auto* send = std::get_if<router::SendAdvert>(&effect);
  return send != nullptr && router::is_farewell(send->rank);
}

// VRRP's has the longer of both intervals, which is what backups are to learn.
bool is_last_word(const router::Rank& said, const router::Rank& own) {
  const auto* said_in_vrrp = std::get_if<vrrp::Rank>(&said);
  const auto* own_in_vrrp = std::get_if<vrrp::Rank>(&own);
  return said_in_vrrp != nullptr && own_in_vrrp != nullptr &&
         said_in_vrrp->priority == own_in_vrrp->priority &&
         said_in_vrrp->centiseconds >= own_in_vrrp->centiseconds;
}

void Observed::happens(const router::Event& event) {
  story += " " + text(event);
  if (std::holds_alternative<router::SwitchOver>(event) ||
      std::holds_alternative<router::AnnounceAgain>(event))
    ++operations;
  const Role before = scene.router.role();
  resumes = std::holds_alternative<router::Resume>(event);
  if (std::holds_alternative<router::Claimed>(event) && holds) notified = true;
  judge(scene.on(event), before);
  const auto deadline = scene.router.deadline();
  if (std::holds_alternative<router::DeadlineReached>(event))
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
  for (const router::Effect& effect : effects) {
    if (const auto* transition = std::get_if<router::Transition>(&effect)) {
      rule(transition->from == told, "a transition begins where the last one ended");
      told = transition->to;
      rule(transition->reason == scene.router.reason(),
           "the last transition's reason is the reason");
    } else if (const auto* send = std::get_if<router::SendAdvert>(&effect)) {
      sent = true;
      rule(is_farewell(effect) || send->rank == scene.router.rank() ||
               (yields && is_last_word(send->rank, scene.router.rank())),
           "an advert says the rank");
      rule(is_farewell(effect) || told == Role::active, "only an active advertises");
      rule(is_farewell(effect) || after == Role::active || yields,
           "who leaves the role advertises once more only when it yields");
    } else if (std::holds_alternative<router::ClaimAddresses>(effect)) {
      rule(after == Role::active, "only an active claims");
      rule(sent || resumes, "the advert leaves before the claim, unless it has long been made");
      holds = claimed = true;
    } else if (std::holds_alternative<router::ReleaseAddresses>(effect)) {
      // Late by seconds, a backup may let go and claim again, in this order.
      rule(after != Role::active || before != Role::active, "an active never lets go");
      rule(!claimed, "nothing is let go right after it is claimed");
      holds = notified = false;
    } else if (std::holds_alternative<router::Announce>(effect)) {
      rule(after == Role::active, "only an active announces");
      rule(notified, "nothing is announced before the kernel has notified it");
    } else if (std::holds_alternative<router::OperationEnded>(effect)) {
      rule(--operations >= 0, "an operation ends once");
    } else if (std::holds_alternative<router::Stopped>(effect)) {
      stopped = true;
    }
  }
  rule(told == after, "the transitions end in the role");
}

using Recipe = std::function<void(Observed&)>;

void make_backup(Observed& o) { o.happens(o.walked->ready); }
void make_claiming(Observed& o) {
  make_backup(o);
  o.reaches_deadline();
}
void make_active(Observed& o) {
  make_claiming(o);
  o.happens(router::Claimed{});
}
void hear(Observed& o, const router::Rank& rank) {
  o.happens(router::AdvertHeard{.rank = rank, .source = loser});
}

// Each state with each of its flags; the comment behind says what is special where the name does
// not.
const std::map<std::string, Recipe> states = {
    {"initialize", [](Observed&) {}},
    {"initialize, barred", [](Observed& o) { o.happens(router::Barred{}); }},
    {"backup", make_backup},
    {"backup, barred",
     [](Observed& o) {
       make_backup(o);
       o.happens(router::Barred{});
     }},
    {"backup, refused",
     [](Observed& o) {
       make_claiming(o);
       o.happens(router::ClaimRefused{});
     }},
    {"backup, lingering",
     [](Observed& o) {
       make_active(o);
       hear(o, o.walked->better);
     }},
    {"backup, lingering after a switchover",
     [](Observed& o) {
       make_active(o);
       o.happens(router::SwitchOver{});
       hear(o, o.walked->worse);
     }},
    {"backup, yielded",
     [](Observed& o) {
       make_active(o);
       o.happens(router::SwitchOver{});
       hear(o, o.walked->worse);
       o.reaches_deadline();
     }},
    {"backup, listening after a stall",
     [](Observed& o) {
       make_backup(o);
       o.passes(60s);
       o.happens(router::Woken{});
     }},
    {"backup, forbidden",
     [](Observed& o) {
       make_backup(o);
       o.happens(router::Forbid{Reason::element_down});
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
       for (int i = 0; i < 3; ++i) o.happens(router::AdvertNotSent{});
     }},
    {"active, listening after a stall",
     [](Observed& o) {
       make_active(o);
       o.passes(60s);
       o.happens(router::Woken{});
     }},
    {"active, came along",
     [](Observed& o) {
       make_backup(o);
       o.happens(router::ComeAlong{});
       o.happens(router::Claimed{});
     }},
    {"leaving with the group",
     [](Observed& o) {
       make_active(o);
       o.happens(router::GiveUp{Reason::preempted});
     }},
    {"leaving",
     [](Observed& o) {
       make_active(o);
       o.happens(router::SwitchOver{});
     }},
    {"leaving, claim unanswered",
     [](Observed& o) {
       make_claiming(o);
       o.happens(router::SwitchOver{});
     }},
    {"leaving, stopping",
     [](Observed& o) {
       make_active(o);
       o.happens(router::Stop{});
     }},
    {"initialize, stopping, lingering",
     [](Observed& o) {
       make_active(o);
       o.happens(router::Stop{});
       hear(o, o.walked->worse);
     }},
    {"stopped",
     [](Observed& o) {
       make_backup(o);
       o.happens(router::Stop{});
     }},
};

// Each event 1 ms after the last one; deadlines in time, and late; a process that wakes, late.
std::vector<Observed> successors(const Observed& from) {
  std::vector<Observed> all;
  for (const router::Event& event : from.walked->events) {
    Observed& next = all.emplace_back(from);
    next.passes(1ms);
    next.happens(event);
  }
  all.emplace_back(from).reaches_deadline();
  Observed& late = all.emplace_back(from);
  late.passes(10s);
  late.happens(router::DeadlineReached{});
  Observed& woken = all.emplace_back(from);
  woken.passes(10s);
  woken.happens(router::Woken{});
  return all;
}

// Whatever has happened, both ways to stop come to their end.
void check_stops(Observed& observed) {
  if (observed.stopped) return;
  Observed now = observed;
  now.happens(router::StopNow{});
  now.rule(now.stopped, "stopping now stops");
  Observed orderly = observed;
  orderly.happens(router::Stop{});
  // A farewell in each interval, which may be 1/256 s.
  for (int i = 0; i < 2'048 && orderly.scene.router.deadline(); ++i) orderly.reaches_deadline();
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

namespace {

void walk_all(const WalkedRouter& walked, int depth, std::size_t least) {
  Walk walk;
  for (const auto& [name, recipe] : states) {
    Observed observed(walked);
    recipe(observed);
    INFO(walked.name << ": " << name);
    CHECK(observed.wrong == "");
    walk.from(observed, depth);
  }
  for (const auto& [rule, story] : walk.broken)
    FAIL_CHECK(walked.name << ": not so: " << rule << ", after" << story);
  CHECK(walk.pairs > least);
}

}  // namespace

TEST_CASE(
    "ARCHITECTURE 2: every pair of state and event, and every chain of three, keeps the rules",
    "[exhaustive]") {
  walk_all(carp_in_ipv4(), 3, 100'000);
}

TEST_CASE("VRRP, both families: every chain of three events keeps the rules", "[exhaustive]") {
  walk_all(vrrp_in_both(), 3, 100'000);
}

TEST_CASE("CARP, both families: every chain of three events keeps the rules", "[exhaustive]") {
  walk_all(carp_in_both(), 3, 100'000);
}

TEST_CASE("VRRP, owner: every chain of three events keeps the rules", "[exhaustive]") {
  walk_all(vrrp_owner(), 3, 100'000);
}

TEST_CASE("the walk's states are the ones that their names say") {
  const std::map<std::string, Role> roles = {{"init", Role::initialize},
                                             {"stop", Role::initialize},
                                             {"back", Role::backup},
                                             {"acti", Role::active},
                                             {"leav", Role::active}};
  for (const WalkedRouter& walked : {carp_in_ipv4(), vrrp_in_both(), carp_in_both()}) {
    for (const auto& [name, recipe] : states) {
      INFO(walked.name << ": " << name);
      Observed observed(walked);
      recipe(observed);
      CHECK(observed.scene.router.role() == roles.at(name.substr(0, 4)));
    }
  }
}

}  // namespace failover::tests
