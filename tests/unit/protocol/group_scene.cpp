#include "tests/unit/protocol/group_scene.hpp"

#include <algorithm>
#include <utility>

namespace failover::tests {
namespace {

router::Ready ready_event() { return {{.ipv4 = own, .ipv6 = {}}}; }

bool speaks_carp(const router::Router& router) {
  return router::protocol_of(router.settings().election) == router::Protocol::carp;
}

std::string text(router::Role role) {
  switch (role) {
    case router::Role::initialize: return "initialize";
    case router::Role::backup: return "backup";
    case router::Role::active: return "active";
  }
  return "?";
}

}  // namespace

GroupScene::GroupScene(const group::Settings& configured,
                       const std::vector<router::Settings>& elements, Start start,
                       const group::Overrides& overrides)
    : machine(configured, overrides, start, now) {
  for (const router::Settings& each : elements) join(each);
}

GroupScene GroupScene::backup(const group::Settings& configured,
                              const std::vector<router::Settings>& elements) {
  GroupScene scene(configured, elements);
  for (group::Member member = 0; member < elements.size(); ++member) scene.ready(member);
  return scene;
}

GroupScene GroupScene::active(const group::Settings& configured,
                              const std::vector<router::Settings>& elements) {
  GroupScene scene = backup(configured, elements);
  scene.at_deadline();
  scene.kernel_answers();
  scene.take();
  return scene;
}

GroupScene GroupScene::settled(const group::Settings& configured,
                               const std::vector<router::Settings>& elements) {
  GroupScene scene = active(configured, elements);
  scene.pass(10s);
  scene.take();
  return scene;
}

// --- As the engine does it ---

group::View GroupScene::view_of(const Element& element) {
  const router::Router& machine = element.router;
  return {.role = machine.role(),
          .reason = machine.reason(),
          .waiting_for = machine.waiting_for(),
          .leaving = machine.leaving(),
          .barred = machine.barred(),
          .resuming = element.survives,
          .yielded = machine.yielded(),
          .dead_time = machine.settings().dead_time()};
}

void GroupScene::add(Element element) {
  const auto member = static_cast<group::Member>(elements_.size());
  element.shown = view_of(element);
  elements_.push_back(std::move(element));
  machine.add(member, elements_.back().shown, now);
  unsettled_ = true;
  settle();
}

group::Member GroupScene::join(const router::Settings& configured) {
  add({.router = router::Router(configured), .shown = {}});
  return static_cast<group::Member>(elements_.size() - 1);
}

group::Member GroupScene::join_surviving(const router::Settings& configured) {
  add({.router = router::Router(configured), .shown = {}, .survives = true});
  return static_cast<group::Member>(elements_.size() - 1);
}

void GroupScene::resume(group::Member member, const router::Resume& survivor) {
  on(member, survivor);
  elements_[member].survives = false;
  ready(member);
}

void GroupScene::cannot_resume(group::Member member, WaitingFor what) {
  elements_[member].survives = false;
  on(member, router::NotReady{what});
}

void GroupScene::part(group::Member member) {
  machine.remove(member);
  elements_[member].parted = true;
  unsettled_ = true;
  on(member, router::Stop{});
}

void GroupScene::on(group::Member member, const router::Event& event) {
  router::Effects effects;
  Element& element = elements_[member];
  element.router.handle(event, now, effects);
  for (const router::Effect& effect : effects) {
    record(Did{member, effect});
    if (std::holds_alternative<router::ClaimAddresses>(effect)) element.claims = true;
    if (std::holds_alternative<router::ReleaseAddresses>(effect)) element.claims = false;
    const auto* ended = std::get_if<router::OperationEnded>(&effect);
    if (ended == nullptr) continue;
    group::Effects asked;
    machine.handle(group::ElementEnded{member, ended->outcome}, now, asked);
    queue(asked);
    unsettled_ = true;
  }
  show(member);
  settle();
}

void GroupScene::on(const group::Event& event) {
  group::Effects asked;
  machine.handle(event, now, asked);
  queue(asked);
  unsettled_ = true;
  settle();
}

void GroupScene::show(group::Member member) {
  if (!machine.has(member)) return;
  Element& element = elements_[member];
  const group::View view = view_of(element);
  if (view == element.shown) return;
  element.shown = view;
  machine.saw(member, view, now);
  unsettled_ = true;
}

void GroupScene::queue(group::Effects& effects) {
  for (group::Effect& effect : effects) asked_for_.push_back(std::move(effect));
}

void GroupScene::settle() {
  if (std::exchange(settling_, true)) return;
  int rounds = 0;
  // The bound keeps one that never ends from hanging the test; most_rounds() tells of it.
  for (std::size_t next = 0; rounds < 1'000 && (next < asked_for_.size() || unsettled_);) {
    if (next < asked_for_.size()) {
      const group::Effect effect = asked_for_[next++];
      carry_out(effect);
      continue;
    }
    unsettled_ = false;
    ++rounds;
    group::Effects asked;
    machine.settle(now, asked);
    queue(asked);
  }
  most_rounds_ = std::max(most_rounds_, rounds);
  asked_for_.clear();
  settling_ = false;
}

void GroupScene::carry_out(const group::Effect& effect) {
  if (const auto* tell = std::get_if<group::Tell>(&effect)) {
    on(tell->member, tell->event);
  } else if (const auto* moved = std::get_if<group::Moved>(&effect)) {
    record(*moved);
  } else if (const auto* track = std::get_if<group::TrackMoved>(&effect)) {
    record(*track);
  } else {
    record(std::get<group::OperationEnded>(effect));
  }
}

// --- What happens to it ---

void GroupScene::ready(group::Member member) { on(member, ready_event()); }

void GroupScene::hears(group::Member member, const router::Rank& rank) {
  on(member, router::AdvertHeard{.rank = rank, .source = loser});
}

void GroupScene::hears_better(group::Member member) {
  hears(member, speaks_carp(element(member)) ? router::Rank(better) : says(200));
}

void GroupScene::hears_worse(group::Member member) {
  hears(member, speaks_carp(element(member)) ? router::Rank(worse) : says(50));
}

void GroupScene::hears_farewell(group::Member member) {
  hears(member, speaks_carp(element(member)) ? router::Rank(carp::farewell_times) : says(0));
}

void GroupScene::kernel_answers() {
  for (group::Member member = 0; member < elements_.size(); ++member)
    if (std::exchange(elements_[member].claims, false)) on(member, router::Claimed{});
}

std::optional<Instant> GroupScene::deadline() const {
  std::optional<Instant> soonest = machine.deadline();
  for (const Element& element : elements_) {
    const auto due = element.router.deadline();
    if (due && (!soonest || *due < *soonest)) soonest = due;
  }
  return soonest;
}

void GroupScene::at_deadline() {
  now = std::max(now, deadline().value());
  for (group::Member member = 0; member < elements_.size(); ++member) {
    const auto due = element(member).deadline();
    if (due && *due <= now) on(member, router::DeadlineReached{});
  }
  if (machine.deadline() && *machine.deadline() <= now) on(group::DeadlineReached{});
}

void GroupScene::pass(Duration span) {
  const Instant end = now + span;
  while (deadline() && *deadline() <= end) at_deadline();
  now = end;
}

void GroupScene::pass_as_backup(Duration span) {
  for (const Instant end = now + span; now < end;) {
    for (group::Member member = 0; member < elements_.size(); ++member) hears_better(member);
    pass(std::min(end - now, Duration(1s)));
  }
}

// --- What came of it ---

bool GroupScene::all_are(Role role) const {
  return std::ranges::all_of(
      elements_, [&](const Element& each) { return each.parted || each.router.role() == role; });
}

void GroupScene::record(Seen seen) {
  story_.push_back(std::move(seen));
  times_.push_back(now);
}

Story GroupScene::take() {
  times_.clear();
  return std::exchange(story_, {});
}

std::optional<Duration> GroupScene::when(const Seen& seen, Instant since) const {
  const std::size_t at = place(story_, seen);
  return at == story_.size() ? std::nullopt : std::optional(times_[at] - since);
}

std::size_t place(const Story& story, const Seen& seen) {
  return static_cast<std::size_t>(std::ranges::find(story, seen) - story.begin());
}

int count_farewells(const Story& story, std::optional<group::Member> member) {
  return static_cast<int>(std::ranges::count_if(story, [&](const Seen& seen) {
    const Did* did = std::get_if<Did>(&seen);
    if (did == nullptr || (member && did->member != *member)) return false;
    const auto* sent = std::get_if<router::SendAdvert>(&did->effect);
    return sent != nullptr && router::is_farewell(sent->rank);
  }));
}

std::vector<group::Moved> moves(const Story& story) {
  std::vector<group::Moved> all;
  for (const Seen& seen : story)
    if (const auto* moved = std::get_if<group::Moved>(&seen)) all.push_back(*moved);
  return all;
}

std::vector<Outcome> outcomes(const Story& story) {
  std::vector<Outcome> all;
  for (const Seen& seen : story)
    if (const auto* ended = std::get_if<group::OperationEnded>(&seen))
      all.push_back(ended->outcome);
  return all;
}

Seen did(group::Member member, const router::Effect& effect) { return Did{member, effect}; }

Seen says_farewell(group::Member member, const router::Settings& configured) {
  return Did{member, router::SendAdvert{router::farewell(configured.election)}};
}

std::string text(const Seen& seen) {
  if (const auto* did = std::get_if<Did>(&seen))
    return "element " + std::to_string(did->member) + ": " + text(did->effect);
  if (const auto* moved = std::get_if<group::Moved>(&seen))
    return "Moved(" + text(moved->from) + " -> " + text(moved->to) + ", " +
           std::string(name(moved->reason)) + (moved->planned ? ", planned)" : ")");
  if (const auto* track = std::get_if<group::TrackMoved>(&seen))
    return "TrackMoved(" + std::to_string(track->track) + " is " +
           (track->state == group::TrackState::up     ? "up)"
            : track->state == group::TrackState::down ? "down)"
                                                      : "unknown)");
  const router::OperationEnded ended{std::get<group::OperationEnded>(seen).outcome};
  return "the group's " + text(router::Effect(ended));
}

namespace {

struct GroupEventText {
  std::string operator()(const group::TrackReport& event) const {
    return "TrackReport(" + std::to_string(event.track) +
           (event.health == group::Health::good ? " good)" : " bad)");
  }
  std::string operator()(const group::SwitchOver& event) const {
    return event.unclaimed == router::Unclaimed::let_go ? "SwitchOver(let go)" : "SwitchOver";
  }
  std::string operator()(const group::Override& event) const {
    std::string words = "Override(";
    if (event.wanted.hold == group::Hold::active) words += "hold active ";
    if (event.wanted.hold == group::Hold::backup) words += "hold backup ";
    if (event.wanted.drained) words += "drained ";
    if (event.wanted.frozen) words += "frozen ";
    return words + ")";
  }
  std::string operator()(const group::Release&) const { return "Release"; }
  std::string operator()(const group::AnnounceAgain&) const { return "AnnounceAgain"; }
  std::string operator()(const group::ServicesFailed&) const { return "ServicesFailed"; }
  std::string operator()(const group::Contested&) const { return "Contested"; }
  std::string operator()(const group::ElementEnded&) const { return "ElementEnded"; }
  std::string operator()(const group::Reconfigured&) const { return "Reconfigured"; }
  std::string operator()(const group::DeadlineReached&) const { return "DeadlineReached"; }
};

}  // namespace

std::string text(const group::Event& event) { return std::visit(GroupEventText{}, event); }

}  // namespace failover::tests
