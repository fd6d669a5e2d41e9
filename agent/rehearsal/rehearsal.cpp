#include "agent/rehearsal/rehearsal.hpp"

#include <algorithm>
#include <utility>

#include "agent/wire/configured.hpp"

namespace failover::rehearsal {
namespace {

// For an advert to the other node, and for the kernel to notify addresses.
constexpr Duration takes = 1ms;
constexpr Instant beginning = Instant{} + std::chrono::hours(1);
// A way that was taken back is closed for three dead times; twice that, and as much again to see
// that nothing moves any more.
constexpr int dead_times = 12;
constexpr int quiet_dead_times = 4;
// Of one settling; fast routers beside very slow ones would go on for minutes.
constexpr int most_wake_ups = 20'000;

group::Settings without_waiting(group::Settings settings) {
  settings.start_delay = Duration{0};
  settings.preempt_delay = Duration{0};
  settings.damping_moves = 0;
  for (group::TrackSettings& track : settings.tracks) {
    track.rise = 1;
    track.fall = 1;
    if (track.well_for) track.well_for = Duration{0};
  }
  return settings;
}

bool stands_on(const config::TrackSettings& track, const std::string& interface) {
  const auto* const link = std::get_if<config::LinkTrack>(&track.what);
  return link != nullptr && link->interface == interface;
}

}  // namespace

Rehearsal::Rehearsal(const Cast& cast) : cast_(cast), now_(beginning) {
  for (const Cast::Group& group : cast.groups)
    groups_.emplace_back(without_waiting(group_settings(*group.settings)), group::Overrides{},
                         group::Group::Start::fresh, now_);
  unsettled_.resize(groups_.size());
  elements_.reserve(cast.routers.size());
  for (const Cast::Router& router : cast.routers)
    elements_.push_back({.machine = router::Router(router_settings(*router.settings))});
  for (std::size_t router = 0; router < elements_.size(); ++router) {
    elements_[router].shown = view_of(elements_[router]);
    groups_[cast.routers[router].group].add(static_cast<group::Member>(router),
                                            elements_[router].shown, now_);
    unsettled_[cast.routers[router].group] = true;
  }
  even_out();
  for (std::size_t group = 0; group < groups_.size(); ++group)
    for (const config::TrackSettings& track : cast.groups[group].settings->tracks)
      report(group, track.name, group::Health::good);
  for (std::size_t router = 0; router < elements_.size(); ++router)
    handle(router, router::Ready{sources_of(cast.routers[router])});
}

group::View Rehearsal::view_of(const Element& element) {
  const router::Router& machine = element.machine;
  return {.role = machine.role(),
          .reason = machine.reason(),
          .waiting_for = machine.waiting_for(),
          .leaving = machine.leaving(),
          .barred = machine.barred(),
          .resuming = false,
          .yielded = machine.yielded(),
          .dead_time = machine.settings().dead_time()};
}

bool Rehearsal::is_active(std::size_t router) const {
  return !is_gone(router) && elements_[router].machine.role() == router::Role::active;
}

// --- What happens ---

void Rehearsal::happen(const Failure& failure) {
  if (failure.kind == Failure::Kind::node) dead_ = failure.side;
  const auto concerns = [&](Side side) { return !failure.side || *failure.side == side; };
  for (std::size_t router = 0; router < elements_.size(); ++router) {
    const Cast::Router& each = cast_.routers[router];
    if (failure.kind == Failure::Kind::link && concerns(each.side) &&
        each.settings->interface == failure.name)
      lose_link(router);
  }
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    const config::GroupSettings& settings = *cast_.groups[group].settings;
    if (!concerns(cast_.groups[group].side)) continue;
    for (const config::TrackSettings& track : settings.tracks) {
      const bool fails = failure.kind == Failure::Kind::link
                             ? stands_on(track, failure.name)
                             : failure.kind == Failure::Kind::track &&
                                   failure.group == settings.name && failure.name == track.name;
      if (fails) report(group, track.name, group::Health::bad);
    }
  }
}

void Rehearsal::lose_link(std::size_t router) {
  elements_[router].cut_off = true;
  handle(router, router::NotReady{WaitingFor::carrier});
}

void Rehearsal::report(std::size_t group, const std::string& track, group::Health health) {
  handle_group(group, group::TrackReport{.track = group::track_number(track), .health = health});
}

bool Rehearsal::settle() {
  Duration longest{};
  for (const Element& element : elements_)
    longest = std::max({longest, element.machine.settings().dead_time(),
                        element.machine.settings().handover_bound()});
  const Instant end = now_ + dead_times * longest;
  for (int wake_ups = 0; next() && *next() <= end; ++wake_ups) {
    if (wake_ups == most_wake_ups) return false;
    now_ = std::max(now_, *next());
    arrive();
    reach_deadlines();
  }
  now_ = end;
  return std::ranges::all_of(elements_, [&](const Element& element) {
    return element.moved_at < end - quiet_dead_times * longest;
  });
}

void Rehearsal::arrive() {
  while (!coming_.empty() && coming_.front().at <= now_) {
    const Coming first = std::move(coming_.front());
    coming_.pop_front();
    const Element& element = elements_[first.router];
    const bool is_answer = std::holds_alternative<router::Claimed>(first.event);
    if (is_answer ? element.claims : !element.cut_off) handle(first.router, first.event);
  }
}

std::optional<Instant> Rehearsal::next() const {
  std::optional<Instant> soonest;
  const auto consider = [&](const std::optional<Instant>& at) {
    if (at && (!soonest || *at < *soonest)) soonest = at;
  };
  if (!coming_.empty()) consider(coming_.front().at);
  for (std::size_t router = 0; router < elements_.size(); ++router)
    if (!is_gone(router)) consider(elements_[router].machine.deadline());
  for (std::size_t group = 0; group < groups_.size(); ++group)
    if (!has_died(cast_.groups[group].side)) consider(groups_[group].deadline());
  return soonest;
}

void Rehearsal::reach_deadlines() {
  const auto due = [&](const std::optional<Instant>& at) { return at && *at <= now_; };
  for (std::size_t router = 0; router < elements_.size(); ++router)
    if (due(elements_[router].machine.deadline())) handle(router, router::DeadlineReached{});
  for (std::size_t group = 0; group < groups_.size(); ++group)
    if (!has_died(cast_.groups[group].side) && due(groups_[group].deadline()))
      handle_group(group, group::DeadlineReached{});
}

// --- As the engine does it ---

void Rehearsal::handle(std::size_t router, const router::Event& event) {
  if (is_gone(router)) return;
  Element& element = elements_[router];
  const router::Role before = element.machine.role();
  router::Effects effects;
  element.machine.handle(event, now_, effects);
  if (element.machine.role() != before) element.moved_at = now_;
  for (const router::Effect& effect : effects) carry_out(router, effect);
  show(router);
  even_out();
}

void Rehearsal::handle_group(std::size_t group, const group::Event& event) {
  group::Effects asked;
  groups_[group].handle(event, now_, asked);
  for (group::Effect& effect : asked) asked_for_.push_back({group, std::move(effect)});
  unsettled_[group] = true;
  even_out();
}

void Rehearsal::carry_out(std::size_t router, const router::Effect& effect) {
  if (const auto* advert = std::get_if<router::SendAdvert>(&effect)) tell_twin(router, *advert);
  if (std::holds_alternative<router::Announce>(effect)) announce_to_twin(router);
  if (std::holds_alternative<router::ReleaseAddresses>(effect)) elements_[router].claims = false;
  if (std::holds_alternative<router::ClaimAddresses>(effect)) {
    elements_[router].claims = true;
    come(router, router::Claimed{});
  }
  if (const auto* ended = std::get_if<router::OperationEnded>(&effect)) {
    const std::size_t group = cast_.routers[router].group;
    group::Effects asked;
    groups_[group].handle(group::ElementEnded{static_cast<group::Member>(router), ended->outcome},
                          now_, asked);
    for (group::Effect& each : asked) asked_for_.push_back({group, std::move(each)});
    unsettled_[group] = true;
  }
}

void Rehearsal::tell_twin(std::size_t router, const router::SendAdvert& effect) {
  const auto twin = cast_.routers[router].twin;
  if (!twin || elements_[router].cut_off) return;
  const auto sources = sources_of(cast_.routers[router]);
  for (const Family family : families)
    if (cast_.routers[*twin].hears_twin[family])
      come(*twin, router::AdvertHeard{.rank = effect.rank, .source = sources[family].value()});
}

void Rehearsal::announce_to_twin(std::size_t router) {
  const auto twin = cast_.routers[router].twin;
  if (!twin || elements_[router].cut_off) return;
  const auto& theirs = cast_.routers[*twin].settings->addresses;
  for (std::size_t address = 0; address < theirs.size(); ++address)
    come(*twin, router::AnnouncementHeard{.address = address,
                                          .family = theirs[address].prefix.address().family()});
}

void Rehearsal::come(std::size_t router, const router::Event& event) {
  coming_.push_back({.at = now_ + takes, .router = router, .event = event});
}

void Rehearsal::show(std::size_t router) {
  Element& element = elements_[router];
  const group::View view = view_of(element);
  if (view == element.shown) return;
  element.shown = view;
  const std::size_t group = cast_.routers[router].group;
  groups_[group].saw(static_cast<group::Member>(router), view, now_);
  unsettled_[group] = true;
}

void Rehearsal::ask(std::size_t group) {
  unsettled_[group] = false;
  group::Effects asked;
  groups_[group].settle(now_, asked);
  for (group::Effect& effect : asked) asked_for_.push_back({group, std::move(effect)});
}

void Rehearsal::even_out() {
  if (std::exchange(evening_out_, true)) return;
  for (;;) {
    if (!asked_for_.empty()) {
      const AskedFor asked = std::move(asked_for_.front());
      asked_for_.pop_front();
      if (const auto* tell = std::get_if<group::Tell>(&asked.effect))
        handle(tell->member, tell->event);
      continue;
    }
    const auto group = std::ranges::find(unsettled_, true);
    if (group == unsettled_.end()) break;
    ask(static_cast<std::size_t>(group - unsettled_.begin()));
  }
  evening_out_ = false;
}

}  // namespace failover::rehearsal
