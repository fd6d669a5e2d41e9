// Two nodes, all small combinations: whatever their ranks, addresses, beginnings and the order of
// what they hear, exactly one of them ends up active, and the right one.

#include <algorithm>
#include <sstream>

#include "tests/carp_settings.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/effect_text.hpp"
#include "tests/unit/protocol/lan.hpp"
#include "tests/unit/protocol/vectors.hpp"

namespace failover::tests {
namespace {

enum class Beginning {
  together,
  left_1ms_early,
  right_1ms_early,
  left_settled,
  right_settled,
  cut
};
constexpr Beginning beginnings[] = {Beginning::together,        Beginning::left_1ms_early,
                                    Beginning::right_1ms_early, Beginning::left_settled,
                                    Beginning::right_settled,   Beginning::cut};
enum class Implementation { ours, bsd, ucarp };

struct Setup {
  router::Settings settings;
  const char* address = nullptr;
};

// All that is needed to replay a run.
struct Run {
  Setup left;
  Setup right;
  Implementation right_is = Implementation::ours;
  Beginning beginning = Beginning::together;
  unsigned slow_words = 0;  // bit N: word N takes 1 ms, else none
  bool slow_left = false;   // all later words from the left take 1 ms
  bool slow_right = false;
};

std::string text(const Setup& setup) {
  std::ostringstream out;
  out << setup.address << " advbase " << int{carp_rank(setup.settings).advbase} << " advskew "
      << int{carp_rank(setup.settings).advskew}
      << (setup.settings.preempt == Preempt::on ? " preempt" : "");
  return out.str();
}

std::string text(const Run& run) {
  std::ostringstream out;
  out << "left " << text(run.left) << ", right " << text(run.right) << ", right is "
      << static_cast<int>(run.right_is) << ", beginning " << static_cast<int>(run.beginning)
      << ", slow words " << std::hex << run.slow_words << ", slow left " << run.slow_left
      << ", slow right " << run.slow_right;
  return out.str();
}

router::Settings settings(int advbase, int advskew, Preempt preempt) {
  router::Settings made;
  made.election = carp::Election{.advbase = carp::AdvBase::from(advbase).value(),
                                 .advskew = carp::AdvSkew::from(advskew).value()};
  made.preempt = preempt;
  return made;
}

Duration compared(const router::Settings& settings) { return carp_rank(settings).compared(); }

lan::Sources sources_of(const Setup& setup) { return {.ipv4 = address(setup.address), .ipv6 = {}}; }

std::unique_ptr<lan::Node> right_node(const Run& run) {
  switch (run.right_is) {
    case Implementation::bsd: return lan::bsd_node(run.right.settings);
    case Implementation::ucarp:
      return lan::ucarp_node(run.right.settings, address(run.right.address));
    case Implementation::ours: break;
  }
  return lan::our_node(run.right.settings, sources_of(run.right));
}

// Left and right, in that order.
lan::Lan lan_of(const Run& run, Instant begin, Duration apart) {
  Instant left_starts = begin;
  Instant right_starts = begin;
  if (run.beginning == Beginning::left_1ms_early) right_starts += 1ms;
  if (run.beginning == Beginning::right_1ms_early) left_starts += 1ms;
  if (run.beginning == Beginning::left_settled) right_starts += apart;
  if (run.beginning == Beginning::right_settled) left_starts += apart;
  const Instant healed = run.beginning == Beginning::cut ? begin + apart : begin;
  std::vector<lan::Lan::Place> places;
  places.push_back(
      {lan::our_node(run.left.settings, sources_of(run.left)), sources_of(run.left), left_starts});
  places.push_back({right_node(run), sources_of(run.right), right_starts});
  return {std::move(places),
          [run, healed](const lan::Lan::Passage& word) -> std::optional<Duration> {
            if (word.said < healed) return std::nullopt;
            const bool later = word.from == 0 ? run.slow_left : run.slow_right;
            const bool slow = word.number < 8 ? (run.slow_words >> word.number & 1U) != 0 : later;
            return slow ? 1ms : 0ms;
          }};
}

bool needs_time_apart(Beginning beginning) {
  return beginning == Beginning::left_settled || beginning == Beginning::right_settled ||
         beginning == Beginning::cut;
}

// Empty, or what is wrong with how it ended.
std::string verdict(const Run& run) {
  const Instant begin = Instant{} + 3600s;
  const Duration dead = std::max(run.left.settings.dead_time(), run.right.settings.dead_time());
  const Duration apart = needs_time_apart(run.beginning) ? dead + 500ms : 0ms;
  lan::Lan segment = lan_of(run, begin, apart);
  segment.run_until(begin + apart + 2 * dead + 500ms);
  const int changes = segment.changes();
  segment.run_until(begin + apart + 3 * dead + 1s);
  const bool left = segment.node(0).is_active();
  const bool right = segment.node(1).is_active();
  if (segment.changes() != changes) return "it does not settle";
  if (left && right) return "both are active";
  if (!left && !right) return "none is active";
  if (segment.node(0).holds() != left || segment.node(1).holds() != right)
    return "who is active does not hold the addresses alone";
  const Duration left_time = compared(run.left.settings);
  const Duration right_time = compared(run.right.settings);
  if (left_time == right_time) return "";
  const Setup& better = left_time < right_time ? run.left : run.right;
  const bool better_is_active = left_time < right_time ? left : right;
  // After a partition both were active: then rank decides, preempt or not.
  const bool must = better.settings.preempt == Preempt::on || run.beginning == Beginning::cut;
  return must && !better_is_active ? "the worse one is active" : "";
}

// Runs and counts; prints the first failures, each with what replays it.
class Exploration {
 public:
  void explore(const Run& run) {
    ++runs_;
    const std::string wrong = verdict(run);
    if (wrong.empty()) return;
    if (++failures_ <= 5) FAIL_CHECK(wrong << ": " << text(run));
  }
  void end(int at_least) const {
    INFO(runs_ << " runs");
    CHECK(failures_ == 0);
    CHECK(runs_ >= at_least);
  }

 private:
  int runs_ = 0;
  int failures_ = 0;
};

// Lower in ucarp's order, and higher as numbers.
constexpr const char* low = "192.0.3.5";
constexpr const char* high = "192.0.2.11";
constexpr Preempt both_ways[] = {Preempt::off, Preempt::on};

std::vector<router::Settings> all_settings(std::initializer_list<int> advbases) {
  std::vector<router::Settings> all;
  for (const int advbase : advbases)
    for (const int advskew : {0, 1, 100})
      for (const Preempt preempt : both_ways) all.push_back(settings(advbase, advskew, preempt));
  return all;
}

void explore_constant_delays(Exploration& exploration, Run run) {
  for (const bool left_is_low : {true, false}) {
    run.left.address = left_is_low ? low : high;
    run.right.address = left_is_low ? high : low;
    for (const Beginning beginning : beginnings) {
      run.beginning = beginning;
      for (unsigned slow = 0; slow < 4; ++slow) {
        run.slow_left = (slow & 1U) != 0;
        run.slow_right = (slow & 2U) != 0;
        run.slow_words = (run.slow_left ? 0x55U : 0U) | (run.slow_right ? 0xaaU : 0U);
        exploration.explore(run);
      }
    }
  }
}

// Every choice of which of the first eight words take 1 ms: all orders in which two nodes that
// claim in the same moment can hear of each other.
void explore_all_orders(Exploration& exploration, Run run) {
  for (const auto& addresses : {std::pair(low, high), std::pair(high, low)}) {
    run.left.address = addresses.first;
    run.right.address = addresses.second;
    for (const Beginning beginning :
         {Beginning::together, Beginning::left_1ms_early, Beginning::cut}) {
      run.beginning = beginning;
      for (run.slow_words = 0; run.slow_words < 256; ++run.slow_words) exploration.explore(run);
    }
  }
}

}  // namespace

TEST_CASE("two of ours settle on exactly one active, the better one where preempt is on",
          "[exhaustive]") {
  Exploration exploration;
  const auto all = all_settings({0, 1});
  // The other half is this one, seen in a mirror.
  for (std::size_t left = 0; left < all.size(); ++left)
    for (std::size_t right = left; right < all.size(); ++right)
      explore_constant_delays(exploration, {.left = {all[left]}, .right = {all[right]}});
  exploration.end(78 * 48);
}

TEST_CASE("two of ours with equal ranks settle, in whatever order they hear each other",
          "[exhaustive]") {
  Exploration exploration;
  for (const int advbase : {0, 1})
    for (const int advskew : {0, 1, 100})
      for (const Preempt preempt : both_ways) {
        const router::Settings same = settings(advbase, advskew, preempt);
        explore_all_orders(exploration, {.left = {same}, .right = {same}});
      }
  exploration.end(12 * 6 * 256);
}

TEST_CASE("one of ours and a BSD, which always yields on equal, settle", "[exhaustive]") {
  Exploration exploration;
  for (const router::Settings& left : all_settings({0, 1}))
    for (const router::Settings& right : all_settings({1}))
      explore_constant_delays(exploration,
                              {.left = {left}, .right = {right}, .right_is = Implementation::bsd});
  for (const int advskew : {0, 1, 100}) {
    const router::Settings same = settings(1, advskew, Preempt::on);
    explore_all_orders(exploration,
                       {.left = {same}, .right = {same}, .right_is = Implementation::bsd});
  }
  exploration.end(72 * 48 + 3 * 6 * 256);
}

TEST_CASE("one of ours and a ucarp settle", "[exhaustive]") {
  Exploration exploration;
  for (const router::Settings& left : all_settings({0, 1}))
    for (const router::Settings& right : all_settings({1}))
      explore_constant_delays(
          exploration, {.left = {left}, .right = {right}, .right_is = Implementation::ucarp});
  for (const int advskew : {0, 1, 100}) {
    const router::Settings same = settings(1, advskew, Preempt::on);
    explore_all_orders(exploration,
                       {.left = {same}, .right = {same}, .right_is = Implementation::ucarp});
  }
  exploration.end(72 * 48 + 3 * 6 * 256);
}

}  // namespace failover::tests
