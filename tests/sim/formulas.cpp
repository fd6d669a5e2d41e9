#include "tests/sim/formulas.hpp"

#include <algorithm>

namespace failover::sim::formulas {
namespace {

const vrrp::Election* vrrp_of(const router::Settings& settings) {
  return std::get_if<vrrp::Election>(&settings.election);
}

Duration skew_of(vrrp::Version version, int priority, Duration active_interval) {
  return (256 - priority) * (version == vrrp::Version::v2 ? Duration(1s) : active_interval) / 256;
}

Duration dead_time(const vrrp::Election& election, int priority, Duration active_interval) {
  return election.dead_ratio.value() * active_interval +
         skew_of(election.version, priority, active_interval);
}

// An IPv4 address as the raw word of a little-endian machine: what ucarp compares.
std::uint32_t raw_word(const IpAddress& address) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i > 0; --i) value = value << 8U | address.bytes()[i - 1];
  return value;
}

}  // namespace

bool is_better(const router::Rank& rank, const router::Rank& than) {
  if (const auto* carp = std::get_if<carp::Rank>(&rank))
    return carp->compared() < std::get<carp::Rank>(than).compared();
  return std::get<vrrp::Rank>(rank).priority > std::get<vrrp::Rank>(than).priority;
}

bool are_equal(const router::Rank& left, const router::Rank& right) {
  return !is_better(left, right) && !is_better(right, left);
}

bool is_worse(const router::Rank& rank, const router::Rank& than) {
  if (!is_better(than, rank)) return false;
  const auto* carp = std::get_if<carp::Rank>(&rank);
  return carp == nullptr || carp->demote >= std::get<carp::Rank>(than).demote;
}

bool wins_tie(router::Protocol protocol, const IpAddress& theirs, const IpAddress& ours) {
  if (protocol == router::Protocol::vrrp) return theirs > ours;
  if (theirs.family() == Family::ipv4) return raw_word(theirs) <= raw_word(ours);
  return theirs <= ours;
}

router::Rank configured(const router::Settings& settings) {
  return router::rank(settings.election, {});
}

Duration longest_interval(const router::Settings& settings) {
  return router::interval(
      router::rank(settings.election, {.cost = carp::demotion_on_send_errors, .count = 1}));
}

bool is_followed(const router::Settings& settings, Yielded yielded, const router::Rank& rank) {
  const auto* election = vrrp_of(settings);
  if (election == nullptr || settings.preempt == Preempt::off || yielded == Yielded::yes)
    return true;
  return std::get<vrrp::Rank>(rank).priority >= election->priority.value();
}

Duration least_dead_time(const router::Settings& settings,
                         const std::optional<router::Rank>& followed) {
  const auto* election = vrrp_of(settings);
  if (election == nullptr) return settings.dead_time();
  const Duration own = router::interval(configured(settings));
  return dead_time(*election, election->priority.value(),
                   std::min(own, followed ? router::interval(*followed) : own));
}

Duration longest_dead_time(const router::Settings& settings, Duration longest_interval) {
  const auto* election = vrrp_of(settings);
  if (election == nullptr) return settings.dead_time();
  const Duration own = router::interval(configured(settings));
  return dead_time(*election, vrrp::Priority::min, std::max(own, longest_interval));
}

Duration least_after_farewell(const router::Settings& settings,
                              const std::optional<router::Rank>& followed) {
  const auto* election = vrrp_of(settings);
  if (election == nullptr) return 0ns;
  const Duration own = router::interval(configured(settings));
  return skew_of(election->version, election->priority.value(),
                 std::min(own, followed ? router::interval(*followed) : own));
}

Duration most_after_farewell(const router::Settings& settings,
                             const std::optional<router::Rank>& followed) {
  const auto* election = vrrp_of(settings);
  if (election == nullptr) return 0ns;
  const Duration own = router::interval(configured(settings));
  return skew_of(election->version, static_cast<int>(vrrp::Priority::min),
                 std::max(own, followed ? router::interval(*followed) : own));
}

Duration tie_over_ipv6(const router::Settings& settings, const router::Rank& peer) {
  const bool both = settings.speaks.ipv4 && settings.speaks.ipv6;
  return both && are_equal(configured(settings), peer)
             ? 2 * longest_dead_time(settings, router::interval(peer))
             : 0ns;
}

Duration most_apart(const router::Settings& settings, Duration longest_interval) {
  constexpr Duration until_reopened = 1200ms;
  constexpr Duration most_demotion = 1s;  // of CARP, 255/256; VRRP's is in the longest dead time
  const Duration dead = longest_dead_time(settings, longest_interval) + most_demotion;
  return settings.handover_bound(dead) + until_reopened;
}

}  // namespace failover::sim::formulas
