#include "protocol/router/election.hpp"

#include "protocol/assert.hpp"

namespace failover::router {
namespace {

template <class Wanted>
const Wanted& as(const Rank& rank) {
  const auto* wanted = std::get_if<Wanted>(&rank);
  promise(wanted != nullptr);
  return *wanted;
}

template <class Wanted>
std::optional<Wanted> as(const std::optional<Rank>& rank) {
  return rank ? std::optional(as<Wanted>(*rank)) : std::nullopt;
}

}  // namespace

Duration interval(const Rank& rank) {
  return std::visit([](const auto& content) { return content.interval(); }, rank);
}

bool is_farewell(const Rank& rank) {
  return std::visit([](const auto& content) { return content.is_farewell(); }, rank);
}

Rank rank(const Election& election, const Demotion& demotion) {
  return std::visit([&](const auto& content) { return Rank(content.rank(demotion)); }, election);
}

Rank farewell(const Election& election) {
  return std::visit([](const auto& content) { return Rank(content.farewell()); }, election);
}

Rank best(const Election& election) {
  return std::visit([](const auto& content) { return Rank(content.best()); }, election);
}

Duration dead_time(const Election& election, const Rank& own, const std::optional<Rank>& followed) {
  return std::visit(
      [&]<class Of>(const Of& content) {
        using Its = typename Of::Rank;
        return content.dead_time(as<Its>(own), as<Its>(followed));
      },
      election);
}

bool is_owner(const Election& election) {
  return std::visit([](const auto& content) { return content.is_owner(); }, election);
}

BackupVerdict in_backup(const Election& election, const Rank& own, const Rank& peer,
                        const std::optional<Rank>& followed, Wish wish) {
  return std::visit(
      [&]<class Of>(const Of& content) {
        using Its = typename Of::Rank;
        return content.in_backup(as<Its>(own), as<Its>(peer), as<Its>(followed), wish);
      },
      election);
}

ActiveVerdict in_active(const Election& election, const Rank& own, const Rank& peer,
                        const IpAddress& theirs, const IpAddress& ours) {
  return std::visit(
      [&]<class Of>(const Of& content) {
        using Its = typename Of::Rank;
        return content.in_active(as<Its>(own), as<Its>(peer), theirs, ours);
      },
      election);
}

}  // namespace failover::router
