#include "tests/sim/explored_state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/formulas.hpp"
#include "tests/sim/router_insight.hpp"

namespace failover::sim {
namespace {

constexpr Duration claim_time = 1ms;

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

ExploredState::ExploredState(const Beginning& beginning, Bug bug)
    : bug_(bug), ipv6_addresses_(beginning.ipv6_addresses), without_ipv4_(beginning.without_ipv4) {
  for (const router::Settings& own : beginning.settings)
    members_.push_back({.router = router::Router(own)});
  for (std::size_t node = 0; node < members_.size(); ++node) {
    members_[node].heard = now_;
    handle(node, readiness_of(node));
  }
}

IpAddress ExploredState::source_of(std::size_t node, Family family) const {
  const auto last = static_cast<std::uint8_t>(node + 1);
  if (family == Family::ipv4) return IpAddress::v4({10, 0, 0, last});
  const auto crossed = static_cast<std::uint8_t>(most - node);
  return IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                        ipv6_addresses_ == Order::same ? last : crossed});
}

router::Ready ExploredState::readiness_of(std::size_t node) const {
  router::Ready ready;
  for (const Family family : families)
    if (members_[node].router.settings().speaks[family])
      ready.sources[family] = source_of(node, family);
  return ready;
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
    if (commands_left_ > 0 && member.router.role() == router::Role::active && !member.leaving)
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
      handle(choice.node, router::SwitchOver{});
      break;
    case Choice::Kind::crash:
      --crashes_left_;
      crash(choice.node);
      break;
  }
  check_two_active();
  check_farewells();
}

void ExploredState::reach_deadline(std::size_t node) {
  Member& member = members_[node];
  if (member.claim_done && *member.claim_done <= now_) {
    member.claim_done.reset();
    handle(node, router::Claimed{});
  } else {
    handle(node, router::DeadlineReached{});
  }
}

void ExploredState::deliver(std::size_t at) {
  const Message message = under_way_[at];
  under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(at));
  if (!message.advert) return handle(message.to, router::AnnouncementHeard{0});
  if (router::is_farewell(*message.advert)) {
    heard_farewell(message);
  } else {
    heard_advert(message);
  }
  handle(message.to, router::AdvertHeard{.rank = *message.advert,
                                         .source = source_of(message.from, message.family)});
}

void ExploredState::lose(std::size_t at) {
  under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(at));
  two_active_since_.reset();
  for (Member& member : members_) {
    member.lost_since_leaving = true;
    member.must_claim.reset();
  }
}

void ExploredState::crash(std::size_t node) {
  const router::Settings settings = members_[node].router.settings();
  // A dead node's words are not under way for long enough to matter.
  std::erase_if(under_way_, [&](const Message& message) { return message.from == node; });
  members_[node] = Member{.router = router::Router(settings)};
  members_[node].heard = now_;
  two_active_since_.reset();
  for (Member& member : members_) {
    member.lost_since_leaving = true;
    member.must_claim.reset();
  }
  handle(node, readiness_of(node));
}

std::optional<router::Event> ExploredState::bent(const Member& member,
                                                 const router::Event& event) const {
  const auto* advert = std::get_if<router::AdvertHeard>(&event);
  if (advert == nullptr) return event;
  const bool is_vrrp = std::holds_alternative<vrrp::Rank>(advert->rank);
  const bool is_backup = member.router.role() == router::Role::backup;
  if (router::is_farewell(advert->rank))
    return bug_ == Bug::ignores_priority_zero && is_vrrp && is_backup ? std::nullopt
                                                                      : std::optional(event);
  const router::Rank own = member.router.rank();
  if (is_backup) {
    const bool forgets = bug_ == Bug::forgets_to_rearm && !formulas::is_better(own, advert->rank);
    return forgets ? std::nullopt : std::optional(event);
  }
  if (!formulas::are_equal(own, advert->rank)) return event;
  if (bug_ == Bug::never_yields_on_tie) return std::nullopt;
  if (bug_ != Bug::turns_tie || !is_vrrp) return event;
  const auto node = static_cast<std::size_t>(&member - members_.data());
  const bool wins = advert->source > source_of(node, Family::ipv4);
  return router::AdvertHeard{.rank = advert->rank,
                             .source = IpAddress::v4(wins ? std::array<std::uint8_t, 4>{}
                                                          : std::array<std::uint8_t, 4>{255})};
}

void ExploredState::handle(std::size_t node, const router::Event& event) {
  const auto really = bent(members_[node], event);
  if (!really) return;
  router::Effects effects;
  members_[node].router.handle(*really, now_, effects);
  for (const router::Effect& effect : effects) carry_out(node, effect);
}

void ExploredState::carry_out(std::size_t node, const router::Effect& effect) {
  Member& member = members_[node];
  if (const auto* send = std::get_if<router::SendAdvert>(&effect)) {
    const bool farewell = router::is_farewell(send->rank);
    const bool begins = farewell && !member.leaving;
    member.leaving = farewell;
    if (begins) member.lost_since_leaving = false;
    speak(node, send->rank);
    if (begins && bug_ == Bug::releases_before_peer_spoke) release(node);
  } else if (std::holds_alternative<router::Announce>(effect)) {
    speak(node, std::nullopt);
  } else if (std::holds_alternative<router::ClaimAddresses>(effect)) {
    member.holds = true;
    member.claim_done = now_ + claim_time;
  } else if (std::holds_alternative<router::ReleaseAddresses>(effect)) {
    member.claim_done.reset();
    release(node);
  } else if (const auto* transition = std::get_if<router::Transition>(&effect)) {
    check_reason(member, *transition);
    if (transition->to == router::Role::active) member.leaving = false;
    if (transition->to == transition->from) return;
    member.must_claim.reset();
    member.lost_tie = false;
  }
}

void ExploredState::speak(std::size_t node, const std::optional<router::Rank>& advert) {
  const auto& speaks = members_[node].router.settings().speaks;
  if (speaks.ipv4) send(node, Family::ipv4, advert);
  // There is one address, of the family that comes first.
  if (speaks.ipv6 && (advert || !speaks.ipv4)) send(node, Family::ipv6, advert);
}

void ExploredState::send(std::size_t node, Family family,
                         const std::optional<router::Rank>& advert) {
  for (std::size_t to = 0; to < members_.size(); ++to) {
    const bool deaf = family == Family::ipv4 && (without_ipv4_ >> to & 1U) != 0;
    if (to != node && !deaf)
      under_way_.push_back({.from = static_cast<std::uint8_t>(node),
                            .to = static_cast<std::uint8_t>(to),
                            .advert = advert,
                            .family = family,
                            .sent = now_});
  }
}

// PRODUCT 8.1: a farewell never leaves nobody when a peer is ready.
void ExploredState::release(std::size_t node) {
  members_[node].holds = false;
  const bool somebody = std::ranges::any_of(members_, &Member::holds);
  const bool ready = std::ranges::any_of(members_, [&](const Member& member) {
    return &member != &members_[node] && member.router.role() != router::Role::initialize;
  });
  if (!somebody && ready && !members_[node].lost_since_leaving)
    violation_ = "a farewell leaves nobody though a peer is ready";
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
    check_farewells();
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
    const Duration dead = formulas::least_dead_time(member.router.settings(), member.heard_rank);
    print.add(std::max(member.heard, now_ - dead));
    print.add(member.farewell_costs_until);
    print.add(member.must_claim);
    print.add(static_cast<std::uint64_t>((member.holds ? 1 : 0) + (member.leaving ? 2 : 0) +
                                         (member.lost_since_leaving ? 4 : 0) +
                                         (member.lost_tie ? 8 : 0)));
  }
  for (const Message& message : under_way_) {
    print.add(message.from * 8U + message.to * 2U + (message.family == Family::ipv6 ? 1U : 0U));
    print.add(message.sent);
    if (message.advert) {
      add_rank(print, *message.advert);
    } else {
      print.add(std::uint64_t{70'000});
    }
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
