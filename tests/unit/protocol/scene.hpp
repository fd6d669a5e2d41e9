#pragma once
// One router in virtual time: what a test does to it, and what it asks for in return.

#include <vector>

#include "protocol/router/router.hpp"
#include "tests/carp_settings.hpp"
#include "tests/unit/protocol/effect_text.hpp"
#include "tests/unit/protocol/vectors.hpp"

namespace failover::tests {

using carp::Rank;
using router::Outcome;
using router::Role;
using Happened = std::vector<router::Effect>;

inline const IpAddress own = address("192.0.2.11");
inline const IpAddress winner = address("192.0.2.5");  // of a tie with `own`, by ucarp's order
inline const IpAddress loser = address("192.0.2.12");

inline constexpr Rank better{.advbase = 1, .advskew = 0};
inline constexpr Rank equal{.advbase = 1, .advskew = 100};  // to Scene's own settings
inline constexpr Rank worse{.advbase = 1, .advskew = 200};
inline constexpr router::SendAdvert farewell{carp::farewell_times};

[[nodiscard]] inline router::Settings settings(int advbase, int advskew,
                                               Preempt preempt = Preempt::on) {
  router::Settings made;
  made.election = carp::Election{.advbase = carp::AdvBase::from(advbase).value(),
                                 .advskew = carp::AdvSkew::from(advskew).value()};
  made.preempt = preempt;
  return made;
}

[[nodiscard]] inline router::Transition to_active(Reason reason) {
  return {.from = Role::backup, .to = Role::active, .reason = reason};
}
[[nodiscard]] inline router::Transition to_backup(Reason reason) {
  return {.from = Role::active, .to = Role::backup, .reason = reason};
}
// Becoming backup because of an advert: with one last advert of its own, as ucarp does it.
[[nodiscard]] inline Happened yields(Reason reason, const Rank& own_rank = equal) {
  return {router::SendAdvert{own_rank}, to_backup(reason)};
}

// An effect and when it came, counted from a moment of the test's choice.
struct Timed {
  Duration at;
  router::Effect effect;
  friend bool operator==(const Timed&, const Timed&) = default;
};

class Scene {
 public:
  explicit Scene(const router::Settings& configured = settings(1, 100)) : router(configured) {}

  // 1/100, no tracking, one address: what most tests begin with.
  [[nodiscard]] static Scene backup(const router::Settings& configured = settings(1, 100)) {
    Scene scene(configured);
    scene.on(router::Ready{{.ipv4 = own, .ipv6 = {}}});
    return scene;
  }
  // By its own dead time; the kernel has not answered the claim yet.
  [[nodiscard]] static Scene claiming(const router::Settings& configured = settings(1, 100)) {
    Scene scene = backup(configured);
    scene.at_deadline();
    return scene;
  }
  [[nodiscard]] static Scene active(const router::Settings& configured = settings(1, 100)) {
    Scene scene = claiming(configured);
    scene.on(router::Claimed{});
    return scene;
  }
  // Announced to the end, and active for long.
  [[nodiscard]] static Scene settled(const router::Settings& configured = settings(1, 100)) {
    Scene scene = active(configured);
    for (int i = 0; i < 12; ++i) scene.at_deadline();
    return scene;
  }

  Happened on(const router::Event& event) {
    router::Effects effects;
    router.handle(event, now, effects);
    return {effects.begin(), effects.end()};
  }
  Happened after(Duration pause, const router::Event& event) {
    now += pause;
    return on(event);
  }
  Happened at_deadline() { return late_by(Duration{0}); }
  Happened late_by(Duration delay) {
    now = router.deadline().value() + delay;
    return on(router::DeadlineReached{});
  }
  Happened hears(const Rank& rank, const IpAddress& from = loser) {
    return hears(router::Rank(rank), from);
  }
  Happened hears(const router::Rank& rank, const IpAddress& from = loser) {
    return on(router::AdvertHeard{.rank = rank, .source = from});
  }
  // Handles every deadline up to and including now + span, and leaves now there.
  std::vector<Timed> pass(Duration span) {
    const Instant begin = now;
    std::vector<Timed> timeline;
    while (router.deadline() && *router.deadline() <= begin + span) {
      for (router::Effect& effect : at_deadline()) timeline.push_back({now - begin, effect});
    }
    now = begin + span;
    return timeline;
  }
  [[nodiscard]] std::optional<Duration> until_deadline() const {
    const auto deadline = router.deadline();
    return deadline ? std::optional(*deadline - now) : std::nullopt;
  }

  router::Router router;
  Instant now = Instant{} + 3600s;
};

}  // namespace failover::tests

namespace Catch {
template <>
struct StringMaker<failover::tests::Timed> {
  static std::string convert(const failover::tests::Timed& timed) {
    return failover::tests::text(timed.at) + " " + failover::tests::text(timed.effect);
  }
};
}  // namespace Catch
