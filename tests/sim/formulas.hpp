#pragma once
// What the promises count with, said once more and apart from the program: ranks and times of CARP
// (CARP.md 3.1, 3.2) and VRRP (VRRP.md 2.1, 2.2; RFC 9568, 6.1).
//
//   CARP  dead     ratio * advbase + advskew/256, by a node's own settings
//         farewell is answered at once
//   VRRP  skew     (256 - priority)/256 of the active's interval; version 2: of a second
//         dead     ratio * the active's interval + skew; preemption takes as long
//         farewell costs a skew
//   Nobody is sure from outside whose interval a backup has learned, so what follows from it is
//   given as the least and the most that it can be.

#include <optional>

#include "protocol/router/events.hpp"

namespace failover::sim::formulas {

// By what the adverts say, the senders' addresses aside. A demotion count of CARP is of no concern
// to better(); who is worse must not be demoted less.
[[nodiscard]] bool is_better(const router::Rank& rank, const router::Rank& than);
[[nodiscard]] bool are_equal(const router::Rank& left, const router::Rank& right);
[[nodiscard]] bool is_worse(const router::Rank& rank, const router::Rank& than);
// CARP: lower wins, IPv4 as the raw word of a little-endian machine; VRRP: greater wins.
[[nodiscard]] bool wins_tie(router::Protocol protocol, const IpAddress& theirs,
                            const IpAddress& ours);

[[nodiscard]] router::Rank configured(const router::Settings& settings);
// Between two adverts, when send errors demote it.
[[nodiscard]] Duration longest_interval(const router::Settings& settings);

// Whether a backup of these settings waits anew for the sender's silence: VRRP ignores who is worse
// when it preempts.
enum class Yielded : std::uint8_t { no, yes };
[[nodiscard]] bool is_followed(const router::Settings& settings, Yielded yielded,
                               const router::Rank& rank);
// Of silence, before a backup may claim: the least after `followed`, and the most with actives of
// that interval.
[[nodiscard]] Duration least_dead_time(const router::Settings& settings,
                                       const std::optional<router::Rank>& followed);
[[nodiscard]] Duration longest_dead_time(const router::Settings& settings,
                                         Duration longest_interval);

// Between a farewell and the claim of a backup; the most: even if it is demoted.
[[nodiscard]] Duration least_after_farewell(const router::Settings& settings,
                                            const std::optional<router::Rank>& followed);
[[nodiscard]] Duration most_after_farewell(const router::Settings& settings,
                                           const std::optional<router::Rank>& followed);

// With both families, until one of two equal ranks yields: each may win the tie of one family, so
// IPv4 decides. Who does not hear the other one there lets IPv6 decide after a dead time; and when
// the other one does not yield though it loses there, the node yields itself after two.
[[nodiscard]] Duration tie_over_ipv6(const router::Settings& settings, const router::Rank& peer);

// The rank of a node in a group: a skew of CARP, and the priority that counts as much.
[[nodiscard]] constexpr int priority_of(int skew) { return 254 - skew; }

// How long the elements of a group may have two roles: one that gives the role up with the others
// waits for a successor as long as any hand-over does, and one whose capture has failed is waited
// for.
[[nodiscard]] Duration most_apart(const router::Settings& settings, Duration longest_interval);

}  // namespace failover::sim::formulas
