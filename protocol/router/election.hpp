#pragma once
// The election of either protocol, as the state machine asks for it: the one place where the two
// meet.

#include <optional>
#include <variant>

#include "protocol/carp/election.hpp"
#include "protocol/vrrp/election.hpp"

namespace failover::router {

using Election = std::variant<carp::Election, vrrp::Election>;
// What an advert says about its sender. One router only ever sees ranks of its own protocol.
using Rank = std::variant<carp::Rank, vrrp::Rank>;

enum class Protocol : std::uint8_t { carp, vrrp };
[[nodiscard]] inline Protocol protocol_of(const Election& election) {
  return std::holds_alternative<carp::Election>(election) ? Protocol::carp : Protocol::vrrp;
}

[[nodiscard]] Duration interval(const Rank& rank);
[[nodiscard]] bool is_farewell(const Rank& rank);

[[nodiscard]] Rank rank(const Election& election, const Demotion& demotion);
[[nodiscard]] Rank farewell(const Election& election);
// What nobody who is not an owner can be better than.
[[nodiscard]] Rank best(const Election& election);
// own: our rank now; followed: what the active said that we listen to.
[[nodiscard]] Duration dead_time(const Election& election, const Rank& own,
                                 const std::optional<Rank>& followed);
[[nodiscard]] bool is_owner(const Election& election);
[[nodiscard]] BackupVerdict in_backup(const Election& election, const Rank& own, const Rank& peer,
                                      const std::optional<Rank>& followed, Wish wish);
[[nodiscard]] ActiveVerdict in_active(const Election& election, const Rank& own, const Rank& peer,
                                      const IpAddress& theirs, const IpAddress& ours);

}  // namespace failover::router
