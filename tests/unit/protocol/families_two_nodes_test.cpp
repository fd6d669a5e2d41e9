// Two nodes of ours with both families on one segment, of either protocol: whatever they hear of
// each other in which family, one of them ends up active, as long as each hears the other at all.

#include <sstream>

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/lan.hpp"
#include "tests/unit/protocol/vrrp_scene.hpp"

namespace failover::tests {
namespace {

// Which node has the greater address, in either family.
struct Greater {
  std::size_t ipv4;
  std::size_t ipv6;
};

// All that is needed to replay a run.
struct Run {
  PerFamily<bool> left_hears{.ipv4 = true, .ipv6 = true};
  PerFamily<bool> right_hears{.ipv4 = true, .ipv6 = true};
  Greater greater{.ipv4 = 1, .ipv6 = 1};
  Duration right_starts_later{};
  Duration cut{};                // nothing is heard by anybody for so long
  Duration left_to_right = 1ms;  // how long a word takes
  Duration right_to_left = 1ms;
};

struct Pair {
  const char* name;
  router::Settings left;
  router::Settings right;
  Duration interval;                  // of the slower one
  std::optional<std::size_t> better;  // nothing: they are equal
};

std::string text(const Pair& pair, const Run& run) {
  std::ostringstream out;
  out << pair.name << ", left hears IPv4 " << run.left_hears.ipv4 << " IPv6 " << run.left_hears.ipv6
      << ", right hears IPv4 " << run.right_hears.ipv4 << " IPv6 " << run.right_hears.ipv6
      << ", greater in IPv4 " << run.greater.ipv4 << " in IPv6 " << run.greater.ipv6
      << ", right starts later by " << tests::text(run.right_starts_later) << ", cut for "
      << tests::text(run.cut) << ", a word takes " << tests::text(run.left_to_right) << " and "
      << tests::text(run.right_to_left);
  return out.str();
}

lan::Sources sources(const Greater& is, std::size_t node) {
  return {.ipv4 = address(is.ipv4 == node ? "192.0.2.12" : "192.0.2.11"),
          .ipv6 = address(is.ipv6 == node ? "fe80::12" : "fe80::11")};
}

lan::Lan lan_of(const Pair& pair, const Run& run, Instant begin) {
  std::vector<lan::Lan::Place> places;
  for (const std::size_t node : {std::size_t{0}, std::size_t{1}}) {
    const lan::Sources own = sources(run.greater, node);
    places.push_back({.node = lan::our_node(node == 0 ? pair.left : pair.right, own),
                      .sources = own,
                      .starts = begin + (node == 0 ? Duration{0} : run.right_starts_later)});
  }
  return {std::move(places),
          [run, begin](const lan::Lan::Passage& passage) -> std::optional<Duration> {
            const auto& heard = passage.to == 0 ? run.left_hears : run.right_hears;
            if (!heard[passage.family] || passage.said < begin + run.cut) return std::nullopt;
            return passage.from == 0 ? run.left_to_right : run.right_to_left;
          }};
}

// Empty, or what is wrong with how it ended.
std::string verdict(const Pair& pair, const Run& run) {
  const Instant begin = Instant{} + 3600s;
  const Duration dead = 4 * pair.interval;
  lan::Lan lan = lan_of(pair, run, begin);
  const Instant settled = begin + run.cut + run.right_starts_later + 3 * dead;
  lan.run_until(settled);
  const int changes = lan.changes();
  lan.run_until(settled + 4 * dead);
  const bool left = lan.node(0).is_active();
  const bool right = lan.node(1).is_active();
  if (lan.changes() != changes) return "it does not settle";
  if (left && right) return "both are active";
  if (!left && !right) return "none is active";
  if (lan.node(0).holds() != left || lan.node(1).holds() != right)
    return "who is active does not hold the addresses alone";
  if (pair.better && !lan.node(*pair.better).is_active()) return "the worse one is active";
  return "";
}

const std::vector<Pair>& pairs() {
  static const std::vector<Pair> all = {
      {"CARP, equal", settings(0, 20), settings(0, 20), 20 * carp::skew_unit, {}},
      {"CARP, left better", settings(0, 10), settings(0, 20), 20 * carp::skew_unit, 0},
      {"VRRP, equal", v3(100, 10), v3(100, 10), 100ms, {}},
      {"VRRP, left better", v3(200, 10), v3(100, 10), 100ms, 0},
      {"VRRP, left better and slower", v3(200, 20), v3(100, 10), 200ms, 0},
      {"VRRP, left better and quicker", v3(200, 10), v3(100, 20), 200ms, 0},
      {"VRRP, two owners", v3(255, 10), v3(255, 10), 100ms, {}},
  };
  return all;
}

class Exploration {
 public:
  void explore(const Pair& pair, Run run) {
    for (const Duration later : {0ms, 1ms, 2000ms}) {
      for (const Duration cut : {0ms, 2000ms}) {
        for (const unsigned slow : {0U, 1U, 2U, 3U}) {
          run.right_starts_later = later;
          run.cut = cut;
          run.left_to_right = (slow & 1U) != 0 ? 1ms : 0ms;
          run.right_to_left = (slow & 2U) != 0 ? 1ms : 0ms;
          ++runs_;
          const std::string wrong = verdict(pair, run);
          if (!wrong.empty() && ++failures_ <= 5) FAIL_CHECK(wrong << ": " << text(pair, run));
        }
      }
    }
  }
  void end(int expected_runs) const {
    CHECK(failures_ == 0);
    CHECK(runs_ == expected_runs);
  }

 private:
  int runs_ = 0;
  int failures_ = 0;
};

}  // namespace

TEST_CASE("both families: two of ours settle on one active, the better one", "[exhaustive]") {
  Exploration exploration;
  for (const Pair& pair : pairs())
    for (const std::size_t one : {0U, 1U})
      exploration.explore(pair, {.greater = {.ipv4 = one, .ipv6 = one}});
  exploration.end(7 * 2 * 24);
}

TEST_CASE("both families: two equal ones settle also where each wins the tie of one family",
          "[exhaustive]") {
  Exploration exploration;
  for (const Pair& pair : pairs())
    for (const std::size_t one : {0U, 1U})
      exploration.explore(pair, {.greater = {.ipv4 = one, .ipv6 = 1 - one}});
  exploration.end(7 * 2 * 24);
}

TEST_CASE("both families: two of ours settle though each is deaf in one family, or one of them",
          "[exhaustive]") {
  const PerFamily<bool> hears_something[] = {{true, true}, {true, false}, {false, true}};
  Exploration exploration;
  for (const Pair& pair : pairs())
    for (const auto& left_hears : hears_something)
      for (const auto& right_hears : hears_something)
        for (const std::size_t one : {0U, 1U})
          exploration.explore(pair, {.left_hears = left_hears,
                                     .right_hears = right_hears,
                                     .greater = {.ipv4 = one, .ipv6 = one}});
  exploration.end(7 * 9 * 2 * 24);
}

}  // namespace failover::tests
