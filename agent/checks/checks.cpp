#include "agent/checks/checks.hpp"

#include <algorithm>
#include <chrono>

#include "protocol/limits.hpp"

namespace failover::checks {
namespace {

// What its answers are worth is the group's business.
bool asks_the_same(const config::TrackSettings& one, const config::TrackSettings& other) {
  return one.what == other.what && one.interval == other.interval && one.timeout == other.timeout;
}

}  // namespace

Checks::Checks(boost::asio::io_context& context, Execute& execute, Report report)
    : report_(std::move(report)), means_(context, execute) {}

void Checks::apply(const std::vector<config::GroupSettings>& groups) {
  Entries wanted;
  applied_at_ = std::chrono::steady_clock::now();
  offset_ = Duration{0};
  for (const config::GroupSettings& group : groups) {
    for (const config::TrackSettings& track : group.tracks) {
      const Name name{group.name, track.name};
      auto entry = kept(name, track);
      if (!entry) entry = started(name, track);
      if (!entry) continue;
      entry->number = group::track_number(track.name);
      wanted.emplace(name, std::move(entry));
    }
  }
  entries_ = std::move(wanted);
}

std::unique_ptr<Checks::Entry> Checks::kept(const Name& name, const config::TrackSettings& track) {
  const auto found = entries_.find(name);
  if (found == entries_.end() || !found->second) return nullptr;
  if (!asks_the_same(found->second->settings, track)) return nullptr;
  return std::move(found->second);
}

std::unique_ptr<Checks::Entry> Checks::started(const Name& name,
                                               const config::TrackSettings& track) {
  auto check = make_check(means_, track);
  if (!check) return nullptr;
  auto entry = std::make_unique<Entry>(Entry{.group = name.first, .settings = track});
  entry->check = std::move(check);
  entry->check->start(applied_at_ + next_offset(track),
                      [this, where = entry.get()](const Finding& finding, Duration took) {
                        take(*where, finding, took);
                      });
  return entry;
}

Duration Checks::next_offset(const config::TrackSettings& track) {
  // Those that are due together share one reading of /proc.
  if (std::holds_alternative<config::ProcessTrack>(track.what)) return Duration{0};
  const Duration offset = offset_;
  offset_ = (offset_ + limits::check_start_spacing) % limits::check_start_spread;
  return std::min(offset, track.interval / 2);
}

void Checks::take(Entry& entry, const Finding& finding, Duration took) {
  LastTry& last = entry.last;
  last.finding = finding;
  last.at = std::chrono::system_clock::now();
  last.took = took;
  ++last.tries;
  if (finding.verdict == Verdict::timed_out) ++last.timeouts;
  if (finding.verdict == Verdict::none) ++last.not_judged;
  if (const auto found = health(finding)) report_(entry.group, entry.number, *found);
}

std::optional<LastTry> Checks::last(std::string_view group, std::string_view track) const {
  const auto found = entries_.find(Name{group, track});
  if (found == entries_.end() || found->second->last.tries == 0) return std::nullopt;
  return found->second->last;
}

}  // namespace failover::checks
