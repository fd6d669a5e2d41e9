#include "tests/tools/probe_report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace failover::probe {
namespace {

// More gaps than this say nothing new; the totals count them all.
constexpr std::size_t gaps_printed = 1'000;

double milliseconds(Nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

std::uint64_t Record::sent(Nanoseconds when) {
  entries_.push_back({.sent = when, .answered = std::nullopt});
  return entries_.size() - 1;
}

bool Record::answered(std::uint64_t sequence, Nanoseconds when) {
  if (sequence >= entries_.size() || entries_[sequence].answered) return false;
  entries_[sequence].answered = when;
  return true;
}

Summary Record::summarize() const {
  Summary summary;
  std::optional<Gap> open;
  std::vector<Nanoseconds> replies;
  const auto close = [&](Nanoseconds when) {
    if (!open) return;
    open->duration = when - open->start;
    summary.longest_gap = std::max(summary.longest_gap, open->duration);
    summary.gaps.push_back(*open);
    open.reset();
  };
  for (const Entry& entry : entries_) {
    ++summary.sent;
    if (entry.answered) {
      ++summary.received;
      replies.push_back(*entry.answered);
      summary.longest_round_trip =
          std::max(summary.longest_round_trip, *entry.answered - entry.sent);
      close(entry.sent);
    } else {
      ++summary.lost;
      if (!open) open = Gap{.start = entry.sent};
      ++open->lost;
    }
  }
  if (!entries_.empty()) close(entries_.back().sent);
  std::sort(replies.begin(), replies.end());
  for (std::size_t i = 1; i < replies.size(); ++i) {
    summary.longest_silence = std::max(summary.longest_silence, replies[i] - replies[i - 1]);
  }
  return summary;
}

std::string to_json(const Summary& summary) {
  std::string gaps;
  for (std::size_t i = 0; i < std::min(summary.gaps.size(), gaps_printed); ++i) {
    const Gap& gap = summary.gaps[i];
    gaps += fmt::format(R"({}{{"start_offset_ms":{:.3f},"duration_ms":{:.3f},"lost":{}}})",
                        i == 0 ? "" : ",", milliseconds(gap.start), milliseconds(gap.duration),
                        gap.lost);
  }
  return fmt::format(
      R"({{"began":{:.6f},"sent":{},"received":{},"lost":{},"longest_gap_ms":{:.3f},)"
      R"("longest_silence_ms":{:.3f},"longest_round_trip_ms":{:.3f},"gaps":[{}]}})",
      summary.began, summary.sent, summary.received, summary.lost,
      milliseconds(summary.longest_gap), milliseconds(summary.longest_silence),
      milliseconds(summary.longest_round_trip), gaps);
}

}  // namespace failover::probe
