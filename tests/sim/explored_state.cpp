#include "tests/sim/explored_state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/router_insight.hpp"

namespace failover::sim {
namespace {

constexpr Duration claim_time = 1ms;
// The longest that a message is under way. The hand-over rule counts on less than its 20 ms: with
// more, two that are active at once and are told to switch over can both let go before the farewell
// arrives.
constexpr Duration longest_delay = 10ms;

IpAddress source_of(std::size_t node) {
  return IpAddress::v4({10, 0, 0, static_cast<std::uint8_t>(node + 1)});
}

}  // namespace

std::string Choice::text() const {
  switch (kind) {
    case Kind::deliver: return fmt::format("n{}'s message reaches n{}", node, to);
    case Kind::lose: return fmt::format("n{}'s message to n{} is lost", node, to);
    case Kind::time: return fmt::format("n{}'s time comes", node);
    case Kind::switchover: return fmt::format("switchover on n{}", node);
    case Kind::crash: return fmt::format("n{} crashes and starts again", node);
  }
  return {};
}

ExploredState::ExploredState(const std::vector<carp::Settings>& settings, Bug bug) : bug_(bug) {
  for (const carp::Settings& own : settings) members_.push_back({.router = carp::Router(own)});
  for (std::size_t node = 0; node < members_.size(); ++node) {
    members_[node].heard = now_;
    handle(node, carp::Ready{source_of(node)});
  }
}

std::optional<Instant> ExploredState::deadline(const Member& member) const {
  const auto next = member.router.deadline();
  if (!next || !member.claim_done) return next ? next : member.claim_done;
  return std::min(*next, *member.claim_done);
}

std::optional<std::size_t> ExploredState::first_message(std::size_t from, std::size_t to) const {
  for (std::size_t at = 0; at < under_way_.size(); ++at)
    if (under_way_[at].from == from && under_way_[at].to == to) return at;
  return std::nullopt;
}

std::vector<Choice> ExploredState::choices() const {
  std::vector<Choice> all;
  std::optional<Instant> next;
  std::optional<Instant> latest;
  for (const Member& member : members_)
    if (const auto due = deadline(member); due && (!next || *due < *next)) next = due;
  for (const Message& message : under_way_)
    if (!latest || message.sent + longest_delay < *latest) latest = message.sent + longest_delay;
  for (std::uint8_t node = 0; node < members_.size(); ++node) {
    const Member& member = members_[node];
    // What is late has arrived before anything else happens.
    if (next && deadline(member) == next && (!latest || *next <= *latest))
      all.push_back({Choice::Kind::time, node, 0});
    if (commands_left_ > 0 && member.router.role() == carp::Role::active && !member.leaving)
      all.push_back({Choice::Kind::switchover, node, 0});
    if (crashes_left_ > 0) all.push_back({Choice::Kind::crash, node, 0});
    for (std::uint8_t to = 0; to < members_.size(); ++to) {
      if (!first_message(node, to)) continue;
      all.push_back({Choice::Kind::deliver, node, to});
      if (losses_left_ > 0) all.push_back({Choice::Kind::lose, node, to});
    }
  }
  return all;
}

void ExploredState::take(const Choice& choice) {
  switch (choice.kind) {
    case Choice::Kind::deliver: deliver(*first_message(choice.node, choice.to)); break;
    case Choice::Kind::lose:
      --losses_left_;
      lose(*first_message(choice.node, choice.to));
      break;
    case Choice::Kind::time:
      now_ = std::max(now_, *deadline(members_[choice.node]));
      reach_deadline(choice.node);
      break;
    case Choice::Kind::switchover:
      --commands_left_;
      handle(choice.node, carp::SwitchOver{});
      break;
    case Choice::Kind::crash:
      --crashes_left_;
      crash(choice.node);
      break;
  }
  check_two_active();
}

void ExploredState::reach_deadline(std::size_t node) {
  Member& member = members_[node];
  if (member.claim_done && *member.claim_done <= now_) {
    member.claim_done.reset();
    handle(node, carp::Claimed{});
  } else {
    handle(node, carp::DeadlineReached{});
  }
}

void ExploredState::deliver(std::size_t at) {
  const Message message = under_way_[at];
  under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(at));
  if (!message.advert) return handle(message.to, carp::AnnouncementHeard{0});
  handle(message.to, carp::AdvertHeard{.rank = *message.advert, .source = source_of(message.from)});
  if (!message.advert->is_farewell()) members_[message.to].heard = now_;
}

void ExploredState::lose(std::size_t at) {
  under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(at));
  two_active_since_.reset();
  for (Member& member : members_) member.lost_since_leaving = true;
}

void ExploredState::crash(std::size_t node) {
  const carp::Settings settings = members_[node].router.settings();
  // A dead node's words are not under way for long enough to matter.
  std::erase_if(under_way_, [&](const Message& message) { return message.from == node; });
  members_[node] = Member{.router = carp::Router(settings)};
  members_[node].heard = now_;
  two_active_since_.reset();
  for (Member& member : members_) member.lost_since_leaving = true;
  handle(node, carp::Ready{source_of(node)});
}

bool ExploredState::is_bent(const Member& member, const carp::Event& event) const {
  const auto* advert = std::get_if<carp::AdvertHeard>(&event);
  if (advert == nullptr || advert->rank.is_farewell()) return false;
  const carp::Role role = member.router.role();
  const Duration theirs = advert->rank.compared();
  const Duration own = member.router.rank().compared();
  if (bug_ == Bug::never_yields_on_tie) return role == carp::Role::active && theirs == own;
  return bug_ == Bug::forgets_to_rearm && role == carp::Role::backup && theirs <= own;
}

void ExploredState::handle(std::size_t node, const carp::Event& event) {
  if (is_bent(members_[node], event)) return;
  carp::Effects effects;
  members_[node].router.handle(event, now_, effects);
  for (const carp::Effect& effect : effects) carry_out(node, effect);
}

void ExploredState::carry_out(std::size_t node, const carp::Effect& effect) {
  Member& member = members_[node];
  if (const auto* send = std::get_if<carp::SendAdvert>(&effect)) {
    const bool begins = send->rank.is_farewell() && !member.leaving;
    member.leaving = send->rank.is_farewell();
    if (begins) member.lost_since_leaving = false;
    speak(node, send->rank);
    if (begins && bug_ == Bug::releases_before_peer_spoke) release(node);
  } else if (std::holds_alternative<carp::Announce>(effect)) {
    speak(node, std::nullopt);
  } else if (std::holds_alternative<carp::ClaimAddresses>(effect)) {
    member.holds = true;
    member.claim_done = now_ + claim_time;
  } else if (std::holds_alternative<carp::ReleaseAddresses>(effect)) {
    member.claim_done.reset();
    release(node);
  } else if (const auto* transition = std::get_if<carp::Transition>(&effect)) {
    check_reason(member, *transition);
    if (transition->to == carp::Role::active) member.leaving = false;
  }
}

void ExploredState::speak(std::size_t node, std::optional<carp::Rank> advert) {
  for (std::size_t to = 0; to < members_.size(); ++to)
    if (to != node)
      under_way_.push_back({.from = static_cast<std::uint8_t>(node),
                            .to = static_cast<std::uint8_t>(to),
                            .advert = advert,
                            .sent = now_});
}

// PRODUCT 8.1: a farewell never leaves nobody when a peer is ready.
void ExploredState::release(std::size_t node) {
  members_[node].holds = false;
  const bool somebody = std::ranges::any_of(members_, &Member::holds);
  const bool ready = std::ranges::any_of(members_, [&](const Member& member) {
    return &member != &members_[node] && member.router.role() != carp::Role::initialize;
  });
  if (!somebody && ready && !members_[node].lost_since_leaving)
    violation_ = "a farewell leaves nobody though a peer is ready";
}

// A transition is never without cause: no-response means that nobody has been heard for a dead
// time.
void ExploredState::check_reason(const Member& member, const carp::Transition& transition) {
  if (transition.reason == Reason::no_response &&
      now_ - member.heard < member.router.settings().dead_time())
    violation_ = "no-response, though somebody was heard";
}

// PRODUCT 8.6 and CARP.md 3.2: two advertise for no longer than the better one's interval and two
// ways through the network. The better one's interval is the shorter one; a node that yields to the
// best may preempt the next, so it is counted twice where there are three.
void ExploredState::check_two_active() {
  std::size_t advertising = 0;
  Duration interval{};
  for (const Member& member : members_) {
    interval = std::max(interval, member.router.rank().interval());
    advertising += member.router.role() == carp::Role::active && !member.leaving ? 1U : 0U;
  }
  if (advertising < 2) return two_active_since_.reset();
  if (!two_active_since_) two_active_since_ = now_;
  const Duration window = static_cast<int>(members_.size() - 1) * (interval + 2 * longest_delay);
  if (now_ - *two_active_since_ > window) violation_ = "two advertise";
}

void ExploredState::run_fairly(Duration time) {
  const Instant end = now_ + time;
  while (violation_.empty()) {
    if (!under_way_.empty()) {
      deliver(0);
      continue;
    }
    std::optional<std::size_t> first;
    for (std::size_t node = 0; node < members_.size(); ++node) {
      const auto due = deadline(members_[node]);
      if (due && (!first || *due < *deadline(members_[*first]))) first = node;
    }
    if (!first || *deadline(members_[*first]) > end) return;
    now_ = std::max(now_, *deadline(members_[*first]));
    reach_deadline(*first);
    check_two_active();
  }
}

void ExploredState::check_settled() {
  const Member* active = nullptr;
  for (const Member& member : members_) {
    const bool is_active = member.router.role() == carp::Role::active;
    if (is_active && active != nullptr) violation_ = "it does not settle on one active";
    if (member.holds != is_active) violation_ = "who is active does not hold the addresses alone";
    if (is_active) active = &member;
  }
  if (active == nullptr) {
    violation_ = "nobody is active";
    return;
  }
  for (const Member& member : members_) {
    const bool better = member.router.rank().compared() < active->router.rank().compared();
    const bool preempts = member.router.settings().preempt == carp::Preempt::on;
    if (better && preempts && !member.router.yielded()) violation_ = "the wrong one is active";
  }
}

std::uint64_t ExploredState::fingerprint() const {
  Fingerprint print(now_);
  print.add(static_cast<std::uint64_t>(losses_left_ * 16 + commands_left_ * 4 + crashes_left_));
  print.add(two_active_since_);
  for (const Member& member : members_) {
    add_router(print, member.router);
    print.add(member.claim_done);
    // Longer than a dead time ago is all the same.
    print.add(std::max(member.heard, now_ - member.router.settings().dead_time()));
    print.add(static_cast<std::uint64_t>((member.holds ? 1 : 0) + (member.leaving ? 2 : 0) +
                                         (member.lost_since_leaving ? 4 : 0)));
  }
  for (const Message& message : under_way_) {
    print.add(message.from * 4U + message.to);
    print.add(message.sent);
    print.add(message.advert ? message.advert->advbase * 256U + message.advert->advskew : 70'000U);
  }
  return print.value();
}

std::string ExploredState::text() const {
  std::string text = fmt::format(
      "{:9.3f}", std::chrono::duration<double>(now_.time_since_epoch() - 3600s).count());
  for (const Member& member : members_)
    text += fmt::format("  {}{}{}", static_cast<int>(member.router.role()),
                        member.leaving ? " leaving" : "", member.holds ? " holds" : "");
  return text;
}

}  // namespace failover::sim
