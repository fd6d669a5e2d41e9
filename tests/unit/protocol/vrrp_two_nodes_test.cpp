// Two nodes of VRRP, all small combinations: whatever their priorities, intervals, addresses,
// beginnings and the order of what they hear, exactly one of them ends up active, and the right
// one.

#include <algorithm>
#include <sstream>

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/effect_text.hpp"
#include "tests/unit/protocol/lan.hpp"
#include "tests/unit/protocol/vrrp_scene.hpp"

namespace failover::tests {
namespace {

enum class Beginning {
  together,
  left_1ms_early,
  right_1ms_early,
  left_settled,
  right_settled,
  cut  // both become active without a word of the other
};
constexpr Beginning beginnings[] = {Beginning::together,        Beginning::left_1ms_early,
                                    Beginning::right_1ms_early, Beginning::left_settled,
                                    Beginning::right_settled,   Beginning::cut};
enum class Implementation { ours, keepalived, frr };
constexpr Preempt both_ways[] = {Preempt::off, Preempt::on};

struct Setup {
  router::Settings settings;
  IpAddress source = {};
};

// All that is needed to replay a run.
struct Run {
  Setup left;  // always ours
  Setup right;
  Implementation right_is = Implementation::ours;
  Beginning beginning = Beginning::together;
  unsigned slow_words = 0;  // bit N: word N takes 1 ms, else none
  bool slow_left = false;   // all later words from the left take 1 ms
  bool slow_right = false;
};

const vrrp::Election& election(const Setup& setup) {
  return std::get<vrrp::Election>(setup.settings.election);
}
int priority(const Setup& setup) { return election(setup).priority.value(); }
Duration interval(const Setup& setup) { return election(setup).rank({}).interval(); }

std::string text(const Setup& setup) {
  std::ostringstream out;
  out << setup.source.text() << " v" << static_cast<int>(election(setup).version) << " priority "
      << priority(setup) << " interval " << tests::text(interval(setup))
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

std::unique_ptr<lan::Node> node(Implementation is, const Setup& setup) {
  switch (is) {
    case Implementation::keepalived: return lan::keepalived_node(setup.settings, setup.source);
    case Implementation::frr: return lan::frr_node(setup.settings, setup.source);
    case Implementation::ours: break;
  }
  return lan::our_node(setup.settings, {.ipv4 = setup.source, .ipv6 = {}});
}

lan::Lan lan_of(const Run& run, Instant begin, Duration apart) {
  Instant left_starts = begin;
  Instant right_starts = begin;
  if (run.beginning == Beginning::left_1ms_early) right_starts += 1ms;
  if (run.beginning == Beginning::right_1ms_early) left_starts += 1ms;
  if (run.beginning == Beginning::left_settled) right_starts += apart;
  if (run.beginning == Beginning::right_settled) left_starts += apart;
  const Instant healed = run.beginning == Beginning::cut ? begin + apart : Instant{};
  std::vector<lan::Lan::Place> places(2);
  places[0] = {
      node(Implementation::ours, run.left), {.ipv4 = run.left.source, .ipv6 = {}}, left_starts};
  places[1] = {node(run.right_is, run.right), {.ipv4 = run.right.source, .ipv6 = {}}, right_starts};
  return {std::move(places),
          [run, healed](const lan::Lan::Passage& passage) -> std::optional<Duration> {
            if (passage.said < healed) return std::nullopt;
            const bool later = passage.from == 0 ? run.slow_left : run.slow_right;
            const unsigned number = passage.number;
            const bool slow = number < 8 ? (run.slow_words >> number & 1U) != 0 : later;
            return slow ? 1ms : 0ms;
          }};
}

bool needs_time_apart(Beginning beginning) {
  return beginning == Beginning::left_settled || beginning == Beginning::right_settled ||
         beginning == Beginning::cut;
}

// Rank decides at once between two that were both active: after a partition, and of two owners.
bool both_were_active(const Run& run) {
  return run.beginning == Beginning::cut ||
         (priority(run.left) == 255 && priority(run.right) == 255);
}

// Empty, or what is wrong with who is active.
std::string judged_by_rank(const Run& run, bool left_is_active) {
  const int left = priority(run.left);
  const int right = priority(run.right);
  if (left == right) {
    const bool greater_is_active = (run.left.source > run.right.source) == left_is_active;
    return both_were_active(run) && !greater_is_active ? "the lesser address is active" : "";
  }
  const Setup& better = left > right ? run.left : run.right;
  const bool better_is_active = (left > right) == left_is_active;
  const bool must =
      better.settings.preempt == Preempt::on || both_were_active(run) || priority(better) == 255;
  return must && !better_is_active ? "the lower priority is active" : "";
}

// Empty, or what is wrong with how it ended.
std::string verdict(const Run& run) {
  const Instant begin = Instant{} + 3600s;
  const Duration longest = std::max(interval(run.left), interval(run.right));
  const Duration dead =
      4 * std::max(longest, Duration(election(run.left).version == vrrp::Version::v2 ? 1s : 0s));
  const Duration apart = needs_time_apart(run.beginning) ? dead + longest / 2 : 0ms;
  lan::Lan lan = lan_of(run, begin, apart);
  lan.run_until(begin + apart + 2 * dead + longest);
  const int changes = lan.changes();
  lan.run_until(begin + apart + 4 * dead + longest);
  const bool left = lan.node(0).is_active();
  const bool right = lan.node(1).is_active();
  if (lan.changes() != changes) return "it does not settle";
  if (left && right) return "both are active";
  if (!left && !right) return "none is active";
  if (lan.node(0).holds() != left || lan.node(1).holds() != right)
    return "who is active does not hold the addresses alone";
  return judged_by_rank(run, left);
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
  void end(int expected_runs) const {
    CHECK(failures_ == 0);
    CHECK(runs_ == expected_runs);
  }

 private:
  int runs_ = 0;
  int failures_ = 0;
};

// Compared octet by octet, or as signed numbers, or in ucarp's order, the other one would be
// greater.
const std::pair low_and_high{address("127.0.3.5"), address("192.0.2.4")};

std::vector<router::Settings> all_of_v3() {
  std::vector<router::Settings> all;
  for (const int centiseconds : {5, 20})
    for (const int priority : {1, 100, 254, 255})
      for (const Preempt preempt : both_ways)
        if (priority < 255 || preempt == Preempt::on)
          all.push_back(v3(priority, centiseconds, preempt));
  return all;
}

std::vector<router::Settings> all_of_v2() {
  std::vector<router::Settings> all;
  for (const int priority : {1, 100, 254, 255})
    for (const Preempt preempt : both_ways)
      if (priority < 255 || preempt == Preempt::on) all.push_back(v2(priority, 1, preempt));
  return all;
}

void explore_constant_delays(Exploration& exploration, Run run) {
  const auto& [low, high] = low_and_high;
  for (const bool left_is_low : {true, false}) {
    run.left.source = left_is_low ? low : high;
    run.right.source = left_is_low ? high : low;
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
  const auto& [low, high] = low_and_high;
  for (const auto& addresses : {std::pair(low, high), std::pair(high, low)}) {
    run.left.source = addresses.first;
    run.right.source = addresses.second;
    for (const Beginning beginning :
         {Beginning::together, Beginning::left_1ms_early, Beginning::cut}) {
      run.beginning = beginning;
      for (run.slow_words = 0; run.slow_words < 256; ++run.slow_words) exploration.explore(run);
    }
  }
}

// Left ours, right another: every pair.
void explore_with(Implementation right_is) {
  Exploration exploration;
  for (const auto& all : {all_of_v3(), all_of_v2()})
    for (const router::Settings& left : all)
      for (const router::Settings& right : all)
        explore_constant_delays(exploration,
                                {.left = {left}, .right = {right}, .right_is = right_is});
  for (const int priority : {100, 255}) {
    const router::Settings same = v3(priority, 10);
    explore_all_orders(exploration, {.left = {same}, .right = {same}, .right_is = right_is});
  }
  exploration.end((14 * 14 + 7 * 7) * 48 + 2 * 6 * 256);
}

}  // namespace

TEST_CASE("RFC 9568 6.4: two of ours settle on one active, the better one where preemption is on",
          "[exhaustive]") {
  Exploration exploration;
  // The other half is this one, seen in a mirror.
  for (const auto& all : {all_of_v3(), all_of_v2()})
    for (std::size_t left = 0; left < all.size(); ++left)
      for (std::size_t right = left; right < all.size(); ++right)
        explore_constant_delays(exploration, {.left = {all[left]}, .right = {all[right]}});
  exploration.end((105 + 28) * 48);
}

TEST_CASE(
    "RFC 9568 6.4: two of ours of one priority settle, in whatever order they hear each other",
    "[exhaustive]") {
  Exploration exploration;
  for (const int priority : {1, 100, 254, 255}) {
    const router::Settings same = v3(priority, 10);
    explore_all_orders(exploration, {.left = {same}, .right = {same}});
  }
  exploration.end(4 * 6 * 256);
}

TEST_CASE("RFC 9568 6.4: one of ours and a keepalived settle", "[exhaustive]") {
  explore_with(Implementation::keepalived);
}

TEST_CASE("RFC 9568 6.4: one of ours and an FRR, which does not answer who loses, settle",
          "[exhaustive]") {
  explore_with(Implementation::frr);
}

// Three nodes, of which the best dies: its words and what it hears are lost from then on.
TEST_CASE("RFC 9568 6.4: of three the best is active, and the next best when that dies",
          "[exhaustive]") {
  constexpr Implementation all[] = {Implementation::ours, Implementation::keepalived,
                                    Implementation::frr};
  std::array<int, 3> priorities{50, 100, 200};
  int runs = 0;
  do {
    for (const Implementation second : all) {
      for (const Implementation third : all) {
        const Instant begin = Instant{} + 3600s;
        const Instant death = begin + 2s;
        const auto best =
            static_cast<std::size_t>(std::ranges::max_element(priorities) - priorities.begin());
        const auto next =
            static_cast<std::size_t>(std::ranges::find(priorities, 100) - priorities.begin());
        std::vector<lan::Lan::Place> places;
        const std::array is{Implementation::ours, second, third};
        for (std::size_t i = 0; i < 3; ++i) {
          const IpAddress source = IpAddress::v4({192, 0, 2, static_cast<std::uint8_t>(10 + i)});
          places.push_back({.node = node(is[i], {v3(priorities[i], 10), source}),
                            .sources = {.ipv4 = source, .ipv6 = {}},
                            .starts = begin + i * 30ms});
        }
        lan::Lan lan(std::move(places),
                     [&](const lan::Lan::Passage& passage) -> std::optional<Duration> {
                       const bool concerned = passage.from == best || passage.to == best;
                       return concerned && passage.said >= death ? std::nullopt
                                                                 : std::optional(Duration(1ms));
                     });
        INFO("priorities " << priorities[0] << " " << priorities[1] << " " << priorities[2]
                           << ", second is " << static_cast<int>(second) << ", third is "
                           << static_cast<int>(third));
        lan.run_until(death - 1ms);
        for (std::size_t i = 0; i < 3; ++i) CHECK(lan.node(i).is_active() == (i == best));
        const int changes = lan.changes();
        lan.run_until(death + 2s);
        for (std::size_t i = 0; i < 3; ++i)
          if (i != best) CHECK(lan.node(i).is_active() == (i == next));
        CHECK(lan.changes() == changes + 1);
        ++runs;
      }
    }
  } while (std::ranges::next_permutation(priorities).found);
  CHECK(runs == 54);
}

}  // namespace failover::tests
