#include "protocol/carp/replay.hpp"

#include <algorithm>
#include <span>

namespace failover::carp {
namespace {

using Microseconds = std::chrono::duration<std::int64_t, std::micro>;

constexpr std::uint64_t century = 100ULL * 365 * 86'400 * 1'000'000;

// Two families, and two windows: the counter of a sender whose clock is ahead stays near for that
// long.
std::size_t counters_worth_remembering(const ReplaySettings& settings) {
  const auto adverts = static_cast<std::size_t>(4 * (settings.window / settings.interval));
  return std::clamp(adverts, limits::replay_counters_least, limits::replay_counters_most);
}

// As a counter; before 1970 it is 0, which is no sender's time.
std::uint64_t counter_at(std::chrono::nanoseconds since_epoch) {
  const auto time = std::chrono::floor<Microseconds>(since_epoch).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(time, 0));
}

Duration ahead(std::uint64_t counter, std::uint64_t now) {
  const auto apart = [](std::uint64_t later, std::uint64_t earlier) {
    return Microseconds(static_cast<std::int64_t>(std::min(later - earlier, century)));
  };
  return counter >= now ? apart(counter, now) : -apart(now, counter);
}

}  // namespace

ReplayMemory::ReplayMemory(const ReplaySettings& settings)
    : window_(
          static_cast<std::uint64_t>(std::chrono::floor<Microseconds>(settings.window).count())),
      counters_(counters_worth_remembering(settings)) {}

Judgement ReplayMemory::judge(const IpAddress& source, std::uint64_t counter,
                              std::chrono::nanoseconds now_since_epoch) {
  const std::uint64_t now = counter_at(now_since_epoch);
  const Judgement judgement{.freshness = freshness(source, counter, now),
                            .ahead = ahead(counter, now)};
  if (judgement.freshness == Freshness::fresh) {
    remember(counter);
    heard_last(source, counter);
  }
  return judgement;
}

// What is remembered and could not be accepted now was heard before our clock was set back: it must
// not keep its sender out for as long as the clock was wrong.
Freshness ReplayMemory::freshness(const IpAddress& source, std::uint64_t counter,
                                  std::uint64_t now) {
  const std::uint64_t highest = now + window_;
  if (forgotten_ > highest) forgotten_ = 0;
  const Sender* const sender = known(source);
  if (sender != nullptr && sender->last <= highest && counter <= sender->last)
    return Freshness::replayed;
  if (is_remembered(counter)) return Freshness::replayed;
  if (counter > highest || counter + window_ < now) return Freshness::stale;
  return counter <= forgotten_ ? Freshness::replayed : Freshness::fresh;
}

void ReplayMemory::continue_from(const ReplayMemory& before) {
  forgotten_ = std::max(forgotten_, before.forgotten_);
  const std::size_t size = before.counters_.size();
  for (std::size_t i = 0; i < before.count_; ++i)
    remember(before.counters_[(before.next_ + size - before.count_ + i) % size]);
  senders_ = before.senders_;
  sender_count_ = before.sender_count_;
}

ReplayMemory::Sender* ReplayMemory::known(const IpAddress& source) {
  const auto all = std::span(senders_).first(sender_count_);
  const auto sender = std::ranges::find(all, source, &Sender::source);
  return sender == all.end() ? nullptr : &*sender;
}

bool ReplayMemory::is_remembered(std::uint64_t counter) const {
  const auto used = std::span(counters_).first(count_);
  return std::ranges::find(used, counter) != used.end();
}

void ReplayMemory::remember(std::uint64_t counter) {
  if (count_ == counters_.size()) {
    forgotten_ = std::max(forgotten_, counters_[next_]);
  } else {
    ++count_;
  }
  counters_[next_] = counter;
  next_ = (next_ + 1) % counters_.size();
}

void ReplayMemory::heard_last(const IpAddress& source, std::uint64_t counter) {
  const Sender* const sender = known(source);
  if (sender == nullptr && sender_count_ < senders_.size()) ++sender_count_;
  // The one silent longest makes room.
  const auto place =
      sender == nullptr ? static_cast<std::ptrdiff_t>(sender_count_) - 1 : sender - senders_.data();
  std::move_backward(senders_.begin(), senders_.begin() + place, senders_.begin() + place + 1);
  senders_.front() = {.source = source, .last = counter};
}

}  // namespace failover::carp
