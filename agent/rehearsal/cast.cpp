#include "agent/rehearsal/cast.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "agent/rehearsal/twins.hpp"
#include "agent/wire/configured.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"

namespace failover::rehearsal {
namespace {

// Of networks for documentation (RFC 5737) and link-local; the other node has the higher ones, so
// that it wins where the address decides.
const IpAddress& made_up_source(Side side, Family family) {
  static const std::array<IpAddress, 4> addresses{
      IpAddress::parse("192.0.2.1").value(), IpAddress::parse("192.0.2.2").value(),
      IpAddress::parse("fe80::1").value(), IpAddress::parse("fe80::2").value()};
  return addresses[(family == Family::ipv4 ? 0U : 2U) + (side == Side::here ? 0U : 1U)];
}

const IpAddress& destination_of(Family family) {
  return family == Family::ipv4 ? advert_group4 : advert_group6;
}

// What the codecs of both ends make of an advert.
std::optional<Rejection> rejection_of(const Cast::Router& listener, const Cast::Router& speaker,
                                      Family family) {
  if (listener.settings->peers.empty() != speaker.settings->peers.empty()) return Rejection::peer;
  constexpr RealTime now{std::chrono::hours(24 * 365)};
  const IpAddress source = sources_of(speaker)[family].value();
  Wire out = wire_of(*speaker.settings);
  Wire in = wire_of(*listener.settings);
  std::vector<std::uint8_t> bytes(limits::advert_frame_bytes);
  const auto rank = router::rank(election_of(*speaker.settings), {});
  const Outbound outbound{.source = source, .destination = destination_of(family), .now = now};
  const std::size_t size =
      std::visit([&](auto& wire) { return wire.write(rank, outbound, bytes); }, out);
  const Datagram datagram{.source = source,
                          .destination = outbound.destination,
                          .ttl = unrouted_ttl,
                          .protocol = protocol_carp,
                          .payload = std::span(bytes).first(size)};
  const IpAddress own = sources_of(listener)[family].value();
  return std::visit(
      [&](auto& wire) -> std::optional<Rejection> {
        if (const auto misfit = wire.misfit(datagram, unrouted_ttl)) return misfit;
        const auto heard = wire.read(datagram, own, now);
        return heard ? std::nullopt : std::optional(heard.error().reason);
      },
      in);
}

const config::GroupSettings* group_of(const config::RouterSettings& router,
                                      const config::Configuration& configuration) {
  const auto group =
      std::ranges::find(configuration.groups, router.group, &config::GroupSettings::name);
  return group == configuration.groups.end() ? nullptr : &*group;
}

// Which groups belong together, by twins: union by the lowest.
class Kinship {
 public:
  using Group = const config::GroupSettings*;
  void join(Group one, Group other) {
    const Group first = root(one);
    const Group second = root(other);
    if (first != second) parents_[std::max(first, second)] = std::min(first, second);
  }
  Group root(Group group) {
    parents_.try_emplace(group, group);
    while (parents_[group] != group) group = parents_[group];
    return group;
  }

 private:
  std::map<Group, Group> parents_;
};

// Fills the casts, router by router.
class Casting {
 public:
  Casting(const config::Configuration& ours, const config::Configuration& theirs)
      : ours_(ours), theirs_(theirs) {}

  std::vector<Cast> casts() {
    const auto twins = twins_of(ours_, theirs_);
    for (const auto& [router, twin] : twins)
      kinship_.join(group_of(*router, ours_), group_of(*twin, theirs_));
    for (const config::RouterSettings& router : ours_.routers) add(Side::here, router, ours_);
    for (const config::RouterSettings& router : theirs_.routers) add(Side::there, router, theirs_);
    for (const auto& [router, twin] : twins) pair(places_.at(router), places_.at(twin));
    return std::move(casts_);
  }

 private:
  struct Place {
    std::size_t cast = 0;
    std::size_t router = 0;
  };

  void add(Side side, const config::RouterSettings& router,
           const config::Configuration& configuration) {
    const config::GroupSettings* const group = group_of(router, configuration);
    const auto root = kinship_.root(group);
    if (!cast_of_.contains(root)) {
      if (side == Side::there) return;
      cast_of_[root] = casts_.size();
      casts_.emplace_back();
    }
    Cast& cast = casts_[cast_of_[root]];
    auto known = std::ranges::find(cast.groups, group, &Cast::Group::settings);
    if (known == cast.groups.end())
      known = cast.groups.insert(known, {.side = side, .settings = group});
    places_[&router] = {.cast = cast_of_[root], .router = cast.routers.size()};
    cast.routers.push_back({.side = side,
                            .settings = &router,
                            .group = static_cast<std::size_t>(known - cast.groups.begin())});
  }

  void pair(const Place& here, const Place& there) {
    Cast& cast = casts_[here.cast];
    cast.routers[here.router].twin = there.router;
    cast.routers[there.router].twin = here.router;
    listen(cast.routers[here.router], cast.routers[there.router]);
    listen(cast.routers[there.router], cast.routers[here.router]);
  }

  static void listen(Cast::Router& listener, const Cast::Router& speaker) {
    for (const Family family : families) {
      if (!listener.settings->has(family) || !speaker.settings->has(family)) continue;
      const auto rejection = rejection_of(listener, speaker, family);
      listener.hears_twin[family] = !rejection;
      if (rejection) listener.refusal = name(*rejection);
    }
  }

  const config::Configuration& ours_;
  const config::Configuration& theirs_;
  Kinship kinship_;
  std::map<Kinship::Group, std::size_t> cast_of_;
  std::map<const config::RouterSettings*, Place> places_;
  std::vector<Cast> casts_;
};

}  // namespace

PerFamily<std::optional<IpAddress>> sources_of(const Cast::Router& router) {
  PerFamily<std::optional<IpAddress>> sources;
  for (const Family family : families)
    if (router.settings->has(family)) sources[family] = made_up_source(router.side, family);
  for (const IpAddress& source : router.settings->sources)
    if (sources[source.family()]) sources[source.family()] = source;
  return sources;
}

std::vector<Cast> casts_of(const config::Configuration& ours, const config::Configuration& theirs) {
  return Casting(ours, theirs).casts();
}

}  // namespace failover::rehearsal
